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
 *   WATCHDOG_CPUMASK                 which CPUs are watched, a bit each (all)
 *   SOFTLOCKUP_PANIC                 the sysctl softlockup_panic: the first report ends the run
 *   WATCHDOG_THRESH                  the sysctl watchdog_thresh in seconds, 1 to 60 (10)
 *   CONFIG_SERIAL_8250_CONSOLE       the console touches the watchdog for every record (default)
 *   CONFIG_NUMA_BALANCING            migrate_swap() exists (default)
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
 *   CONFIG_TRACE_IRQFLAGS            per-CPU variable hardirqs_enabled, for properties
 */
#ifndef _LINUX_KCONFIG_H
#define _LINUX_KCONFIG_H

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

#ifndef WATCHDOG_THRESH
#define WATCHDOG_THRESH 10
#endif
#if WATCHDOG_THRESH < 0 || WATCHDOG_THRESH > 60
#error "WATCHDOG_THRESH: kernel.watchdog_thresh takes 0 to 60 seconds (EINVAL)"
#elif WATCHDOG_THRESH == 0
#error "WATCHDOG_THRESH: 0 turns the detectors off; leave lockup_detector_init() out instead"
#endif

#ifndef CONFIG_SERIAL_8250_CONSOLE
#define CONFIG_SERIAL_8250_CONSOLE 1
#endif
#ifndef CONFIG_NUMA_BALANCING
#define CONFIG_NUMA_BALANCING 1
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

#define IS_ENABLED(option) (option)

#ifndef NR_CPUS
#define NR_CPUS 1
#endif
#if NR_CPUS > 64
#error "a cpumask is one word here: at most 64 CPUs"
#endif

#endif
