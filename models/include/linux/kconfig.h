/*
 * The configuration of the miniature kernel. Every symbol is set on the command line, -D NAME or
 * -D NAME=0, and is 0 or 1 after this file, so that it is asked by "#if CONFIG_..." and by
 * IS_ENABLED(). What cannot be is refused here.
 *
 *   CONFIG_PREEMPT_NONE              kernel code gives way only in schedule() and cond_resched(),
 *   CONFIG_PREEMPT_VOLUNTARY         in might_sleep() too (default),
 *   CONFIG_PREEMPT_FULL              or wherever preemption is not disabled
 *   CONFIG_LOCKUP_DETECTOR           a scenario that can do without the detectors starts them
 *   CONFIG_SOFTLOCKUP_GENERATION     which soft-lockup detector: 1 (until 2010), 2 (threads
 *                                    "watchdog/N", until 4.18; default), 3 (a work of the stopper)
 *   CONFIG_SOFTLOCKUP_ONE_STAMP      generation 3 as it began (4.19 to 5.12)
 *   CONFIG_HARDLOCKUP_DETECTOR_PERF  hard-lockup detector by NMI,
 *   CONFIG_HARDLOCKUP_DETECTOR_BUDDY or by the CPU before (6.5)
 *   WATCHDOG_CPUMASK                 which CPUs are watched, a bit each (all); sysctls may be given
 *                                    in small letters, as the kernel writes them
 *   SOFTLOCKUP_PANIC                 the sysctl softlockup_panic: the first report ends the run
 *   SOFTLOCKUP_ALL_CPU_BACKTRACE     the sysctl: one CPU reports at a time
 *   CONFIG_SYSFS                     reports are counted in softlockup_count (6.16), for properties
 *   WATCHDOG_THRESH                  the sysctl watchdog_thresh in seconds, 1 to 60 (10)
 *   CONFIG_DETECT_HUNG_TASK          khungtaskd, where a scenario starts it
 *   HUNG_TASK_TIMEOUT_SECS           the sysctl hung_task_timeout_secs (120)
 *   CONFIG_SERIAL_8250_CONSOLE       the console touches the watchdog for every record (default)
 *   CONFIG_NUMA_BALANCING            migrate_swap() exists (default)
 *   SCHED_FEAT_TTWU_QUEUE            the scheduler feature TTWU_QUEUE: a wake-up may leave the
 *                                    queueing to the other CPU, by its wake list and an interrupt
 *                                    (in the kernel on by default; here it costs states)
 *   CPUS_SHARE_CACHE                 with TTWU_QUEUE, 0: each CPU has a cache of its own, and every
 *                                    wake-up on another CPU is left to it; 1 (default): only those
 *                                    on a CPU that has nothing to run
 *   SCHED_SOFTIRQ                    each CPU balances at its tick, too, not only when it becomes
 *                                    idle
 *   CONFIG_HOTPLUG_CPU               CPUs come and go: cpu_up(), cpu_down(), maxcpus=;
 *                                    cpus_read_lock() takes a lock
 *   CONFIG_DEBUG_SPINLOCK            locks taken twice, or released by another CPU, are reported
 *   (default)
 *   CONFIG_DEBUG_SMP_CALL            cross calls with interrupts off, or from an interrupt, are
 *   reported (default)
 *   CONFIG_DEBUG_LIST                adding to a list what is its first or last node is reported
 *   CONFIG_LOCKDEP                   lockdep_assert_cpus_held() looks (default)
 *   CONFIG_QUEUED_SPINLOCKS          who waits for a spinlock (2.6.25 and later) or an rwlock (3.16
 *                                    and later) gets it in order
 *   CONFIG_DIE_OWNER_CHECK           an oops within an oops does not wait for die_lock (as on x86)
 *   CONFIG_DEBUG_ATOMIC_SLEEP        sleeping in atomic context is reported (default)
 *   CONFIG_RCU_CPU_STALL_TIMEOUT     seconds, 3 to 300, after which a grace period counts as stalled
 *                                    (21; grace periods: linux/rcupdate.h)
 *   RCU_KTHREAD_CPUMASK              where its thread may run, a bit for each CPU (all)
 *   CONFIG_CPUMASK_ANY_ORDER         for_each_cpu() takes the CPUs of a mask in every order, not only
 *                                    in that of their numbers, and those that come into it
 *                                    meanwhile too: more runs than the kernel's, but CPUs that only
 *                                    this order tells apart become interchangeable
 *                                    (--reduction cpu-symmetry)
 *   CONFIG_TRACE_IRQFLAGS            per-CPU variable hardirqs_enabled, for properties
 */
#ifndef _LINUX_KCONFIG_H
#define _LINUX_KCONFIG_H

#ifndef NR_CPUS
#define NR_CPUS 1
#endif

#ifdef watchdog_cpumask
#define WATCHDOG_CPUMASK watchdog_cpumask
#endif
#ifdef watchdog_thresh
#define WATCHDOG_THRESH watchdog_thresh
#endif
#ifdef softlockup_panic
#define SOFTLOCKUP_PANIC softlockup_panic
#endif
#ifdef softlockup_all_cpu_backtrace
#define SOFTLOCKUP_ALL_CPU_BACKTRACE softlockup_all_cpu_backtrace
#endif
#ifdef hung_task_timeout_secs
#define HUNG_TASK_TIMEOUT_SECS hung_task_timeout_secs
#endif

#if !defined(CONFIG_PREEMPT_NONE) && !defined(CONFIG_PREEMPT_VOLUNTARY) && \
	!defined(CONFIG_PREEMPT_FULL)
#define CONFIG_PREEMPT_VOLUNTARY 1
#endif
#ifndef CONFIG_PREEMPT_NONE
#define CONFIG_PREEMPT_NONE 0
#endif
#ifndef CONFIG_PREEMPT_VOLUNTARY
#define CONFIG_PREEMPT_VOLUNTARY 0
#endif
#ifndef CONFIG_PREEMPT_FULL
#define CONFIG_PREEMPT_FULL 0
#endif
#if CONFIG_PREEMPT_NONE + CONFIG_PREEMPT_VOLUNTARY + CONFIG_PREEMPT_FULL != 1
#error "choose one of CONFIG_PREEMPT_NONE, CONFIG_PREEMPT_VOLUNTARY and CONFIG_PREEMPT_FULL"
#endif
/* The kernel's own name for "kernel code can be preempted". */
#define CONFIG_PREEMPTION CONFIG_PREEMPT_FULL

#ifndef CONFIG_HARDLOCKUP_DETECTOR_PERF
#define CONFIG_HARDLOCKUP_DETECTOR_PERF 0
#endif
#ifndef CONFIG_HARDLOCKUP_DETECTOR_BUDDY
#define CONFIG_HARDLOCKUP_DETECTOR_BUDDY 0
#endif
#if CONFIG_HARDLOCKUP_DETECTOR_PERF && CONFIG_HARDLOCKUP_DETECTOR_BUDDY
#error "choose one of CONFIG_HARDLOCKUP_DETECTOR_PERF and CONFIG_HARDLOCKUP_DETECTOR_BUDDY"
#endif
#if CONFIG_HARDLOCKUP_DETECTOR_BUDDY && NR_CPUS < 2
#error "CONFIG_HARDLOCKUP_DETECTOR_BUDDY: a CPU is watched by another one, at least --cpus 2"
#endif
#ifndef CONFIG_CPUMASK_ANY_ORDER
#define CONFIG_CPUMASK_ANY_ORDER 0
#endif
#ifndef CONFIG_LOCKUP_DETECTOR
#define CONFIG_LOCKUP_DETECTOR                                                                 \
	(CONFIG_HARDLOCKUP_DETECTOR_PERF || CONFIG_HARDLOCKUP_DETECTOR_BUDDY)
#endif
#if (CONFIG_HARDLOCKUP_DETECTOR_PERF || CONFIG_HARDLOCKUP_DETECTOR_BUDDY) && !CONFIG_LOCKUP_DETECTOR
#error "CONFIG_HARDLOCKUP_DETECTOR_...: needs CONFIG_LOCKUP_DETECTOR, at whose timer it looks"
#endif
#ifndef CONFIG_SOFTLOCKUP_GENERATION
#define CONFIG_SOFTLOCKUP_GENERATION 2
#endif
#if CONFIG_SOFTLOCKUP_GENERATION < 1 || CONFIG_SOFTLOCKUP_GENERATION > 3
#error "CONFIG_SOFTLOCKUP_GENERATION: 1 (until 2010), 2 (watchdog/N, until 4.18) or 3 (the stopper)"
#endif
#ifndef CONFIG_SOFTLOCKUP_ONE_STAMP
#define CONFIG_SOFTLOCKUP_ONE_STAMP 0
#endif
#if CONFIG_SOFTLOCKUP_ONE_STAMP && CONFIG_SOFTLOCKUP_GENERATION != 3
#error "CONFIG_SOFTLOCKUP_ONE_STAMP: says how generation 3 began (-D CONFIG_SOFTLOCKUP_GENERATION=3)"
#endif
#if CONFIG_SOFTLOCKUP_GENERATION == 1 &&                                                       \
	(CONFIG_HARDLOCKUP_DETECTOR_PERF || CONFIG_HARDLOCKUP_DETECTOR_BUDDY)
#error "CONFIG_SOFTLOCKUP_GENERATION 1 has no timer at which a hard-lockup detector could look"
#endif

#ifndef SOFTLOCKUP_ALL_CPU_BACKTRACE
#define SOFTLOCKUP_ALL_CPU_BACKTRACE 0
#endif
#if SOFTLOCKUP_ALL_CPU_BACKTRACE < 0 || SOFTLOCKUP_ALL_CPU_BACKTRACE > 1
#error "SOFTLOCKUP_ALL_CPU_BACKTRACE: kernel.softlockup_all_cpu_backtrace takes 0 or 1 (EINVAL)"
#elif SOFTLOCKUP_ALL_CPU_BACKTRACE && CONFIG_SOFTLOCKUP_GENERATION == 1
#error "SOFTLOCKUP_ALL_CPU_BACKTRACE: came with 3.16; needs CONFIG_SOFTLOCKUP_GENERATION 2 or 3"
#elif SOFTLOCKUP_ALL_CPU_BACKTRACE && NR_CPUS < 2
#error "SOFTLOCKUP_ALL_CPU_BACKTRACE: there are no other CPUs to show; at least --cpus 2"
#endif
#ifndef CONFIG_SYSFS
#define CONFIG_SYSFS 0
#endif

#ifndef WATCHDOG_THRESH
#define WATCHDOG_THRESH 10
#endif
#if WATCHDOG_THRESH < 0 || WATCHDOG_THRESH > 60
#error "WATCHDOG_THRESH: kernel.watchdog_thresh takes 0 to 60 seconds (EINVAL)"
#elif WATCHDOG_THRESH == 0
#error "WATCHDOG_THRESH: 0 turns the detectors off; leave lockup_detector_init() out instead"
#endif

#ifndef CONFIG_DETECT_HUNG_TASK
#define CONFIG_DETECT_HUNG_TASK 0
#endif
#ifndef HUNG_TASK_TIMEOUT_SECS
#define HUNG_TASK_TIMEOUT_SECS 120
#endif
#if HUNG_TASK_TIMEOUT_SECS < 0
#error "HUNG_TASK_TIMEOUT_SECS: kernel.hung_task_timeout_secs takes no negative numbers (EINVAL)"
#elif HUNG_TASK_TIMEOUT_SECS == 0
#error "HUNG_TASK_TIMEOUT_SECS: 0 turns khungtaskd off; leave CONFIG_DETECT_HUNG_TASK out instead"
#elif HUNG_TASK_TIMEOUT_SECS > 3600
#error "HUNG_TASK_TIMEOUT_SECS: each tick until then is a state; at most 3600 here"
#endif

#if defined(SOFTLOCKUP_PANIC) && (SOFTLOCKUP_PANIC & ~1)
#error "SOFTLOCKUP_PANIC: kernel.softlockup_panic takes 0 or 1 (EINVAL)"
#endif
#if defined(SOFTLOCKUP_REPORT_TICKS) && SOFTLOCKUP_REPORT_TICKS < 0
#error "SOFTLOCKUP_REPORT_TICKS: a report takes 0 ticks or more"
#endif
#if defined(WATCHDOG_CPUMASK) && WATCHDOG_CPUMASK & ~(~0UL >> (64 - NR_CPUS))
#error "WATCHDOG_CPUMASK: kernel.watchdog_cpumask takes bits of possible CPUs, 0 to NR_CPUS - 1 (EINVAL)"
#endif

#ifndef CONFIG_SERIAL_8250_CONSOLE
#define CONFIG_SERIAL_8250_CONSOLE 1
#endif
#ifndef CONFIG_NUMA_BALANCING
#define CONFIG_NUMA_BALANCING 1
#endif
#ifndef SCHED_FEAT_TTWU_QUEUE
#define SCHED_FEAT_TTWU_QUEUE 0
#endif
#ifndef CPUS_SHARE_CACHE
#define CPUS_SHARE_CACHE 1
#endif
#if !CPUS_SHARE_CACHE && !SCHED_FEAT_TTWU_QUEUE
#error "CPUS_SHARE_CACHE=0 makes a difference with -D SCHED_FEAT_TTWU_QUEUE only"
#endif
#ifndef SCHED_SOFTIRQ
#define SCHED_SOFTIRQ 0
#endif
#if SCHED_SOFTIRQ && NR_CPUS < 2
#error "SCHED_SOFTIRQ: there is no other CPU to take work from, at least --cpus 2"
#endif
#ifndef CONFIG_HOTPLUG_CPU
#define CONFIG_HOTPLUG_CPU 0
#endif
#if CONFIG_HOTPLUG_CPU && CONFIG_SOFTLOCKUP_GENERATION == 1
#error "CONFIG_HOTPLUG_CPU: detector generation 1 knows no CPUs that come and go; take 2 or 3"
#endif
#ifndef CONFIG_DEBUG_SPINLOCK
#define CONFIG_DEBUG_SPINLOCK 1
#endif
#ifndef CONFIG_DEBUG_SMP_CALL
#define CONFIG_DEBUG_SMP_CALL 1
#endif
#ifndef CONFIG_DEBUG_LIST
#define CONFIG_DEBUG_LIST 0
#endif
#ifndef CONFIG_LOCKDEP
#define CONFIG_LOCKDEP 1
#endif
#ifndef CONFIG_QUEUED_SPINLOCKS
#define CONFIG_QUEUED_SPINLOCKS 0
#endif
#ifndef CONFIG_DIE_OWNER_CHECK
#define CONFIG_DIE_OWNER_CHECK 0
#endif
#ifndef CONFIG_DEBUG_ATOMIC_SLEEP
#define CONFIG_DEBUG_ATOMIC_SLEEP 1
#endif
#ifndef CONFIG_TRACE_IRQFLAGS
#define CONFIG_TRACE_IRQFLAGS 0
#endif

#ifndef CONFIG_RCU_CPU_STALL_TIMEOUT
#define CONFIG_RCU_CPU_STALL_TIMEOUT 21
#endif
#if CONFIG_RCU_CPU_STALL_TIMEOUT < 3 || CONFIG_RCU_CPU_STALL_TIMEOUT > 300
#error "CONFIG_RCU_CPU_STALL_TIMEOUT: the kernel takes 3 to 300 seconds"
#endif

/* All that are 0 or 1. */
#if (CONFIG_PREEMPT_NONE | CONFIG_PREEMPT_VOLUNTARY | CONFIG_PREEMPT_FULL |                    \
     CONFIG_LOCKUP_DETECTOR | CONFIG_HARDLOCKUP_DETECTOR_PERF |                                \
     CONFIG_HARDLOCKUP_DETECTOR_BUDDY | CONFIG_SOFTLOCKUP_ONE_STAMP | CONFIG_SYSFS |           \
     CONFIG_DETECT_HUNG_TASK | CONFIG_SERIAL_8250_CONSOLE | CONFIG_NUMA_BALANCING |            \
     CONFIG_HOTPLUG_CPU | CONFIG_DEBUG_SPINLOCK | CONFIG_DEBUG_SMP_CALL | CONFIG_LOCKDEP |     \
     CONFIG_QUEUED_SPINLOCKS | CONFIG_DIE_OWNER_CHECK | CONFIG_DEBUG_ATOMIC_SLEEP |            \
     CONFIG_TRACE_IRQFLAGS | SCHED_FEAT_TTWU_QUEUE | CPUS_SHARE_CACHE | SCHED_SOFTIRQ) & ~1
#error "a CONFIG_ symbol or a feature is 0 or 1; one of them has another value"
#endif

#define IS_ENABLED(option) (option)

#endif
