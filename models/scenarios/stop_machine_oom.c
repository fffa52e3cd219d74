/*
 * Stopping CPUs while one of them dumps its tasks for the out-of-memory killer (a field report from
 * a 128-CPU machine with a 4.18 kernel: "watchdog: BUG: soft lockup - CPU#85 stuck for 22s!
 * [migration/85:537]", a dozen a day).
 *
 * CPU 0 prints a record for each task and lets nobody else run meanwhile. A task on CPU 1 stops the
 * machine (or, with
 * -D STOP_TWO_CPUS, CPUs 0 and 1, as NUMA balancing does). The stoppers that arrive wait in
 * multi_cpu_stop() for that of CPU 0, for longer than the soft-lockup detector allows: each of
 * their CPUs is reported, not the one that is to blame, whose serial console touches its watchdog
 * for every record. When the dump is over all goes on.
 *
 * -D CONFIG_SERIAL_8250_CONSOLE=0: nobody touches, and CPU 0 is reported too.
 * -D CONFIG_OOM_DUMP_COND_RESCHED: the dump lets others run after each record.
 * --patch models/patches/proposed/multi-stop-prepare-touch.patch: those who wait for the last CPU
 * touch as well, and then nobody says anything (--no-silent-hang). multi-stop-name-the-late.patch: the
 * report names the CPU that keeps the others waiting; only so it blames nobody who is innocent
 * (--no-false-blame), and comes. -D WATCHDOG_CPUMASK=2: CPU 0 is not watched (nohz_full), and only
 * those that wait for it can tell.
 *
 * How many reports come is counted with -D CONFIG_SYSFS: one from each CPU that waits; with
 * -D SOFTLOCKUP_ALL_CPU_BACKTRACE one in all, whichever is first, if the others' timers expire while
 * it is printed (SOFTLOCKUP_REPORT_TICKS).
 *
 * -D CONFIG_RCU_STALL_COMMON -D GRACE_PERIOD: a grace period of RCU is in progress, which CPU 0 holds
 * up, be it only because its kernel code is not preemptible, be it as a reader (-D GLOBAL_OOM: the list
 * of all tasks is made under rcu_read_lock()). Then the stall detector names it after 21 s, whoever
 * touches what. CPU 1 has switched to its stopper, and is not listed. Without a grace period nobody is:
 * none can begin while the machine is stopped.
 *
 * expect --cpus 2: violated soft_lockup transient cpu=1 task=migration/1
 * expect --cpus 2 --all: violated soft_lockup transient cpu=1 task=migration/1 message=watchdog:*soft*lockup*-*CPU#1*stuck*for*22s!*[migration/1:18]
 * expect-long --cpus 3 --all: violated soft_lockup transient cpu=1 task=migration/1; soft_lockup transient cpu=2 task=migration/2
 * expect-long --cpus 3 --all -D STOP_TWO_CPUS: violated soft_lockup transient cpu=1 task=migration/1
 * expect --cpus 2 --all -D CONFIG_PREEMPT_NONE: violated soft_lockup transient cpu=1 task=migration/1
 * expect --cpus 2 --all -D CONFIG_SERIAL_8250_CONSOLE=0: violated soft_lockup transient cpu=0 task=mysqld; soft_lockup transient cpu=1 task=migration/1
 * expect --cpus 2 -D CONFIG_OOM_DUMP_COND_RESCHED: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 2 --patch models/patches/proposed/multi-stop-prepare-touch.patch: holds
 * expect-long --cpus 3 --patch models/patches/proposed/multi-stop-prepare-touch.patch: holds
 * expect --cpus 2 --no-false-blame: violated soft_lockup transient cpu=1 task=migration/1
 * expect --cpus 2 --no-silent-hang 7: holds
 * expect --cpus 2 --no-false-blame --patch models/patches/proposed/multi-stop-prepare-touch.patch: holds
 * expect --cpus 2 --no-silent-hang 7 --patch models/patches/proposed/multi-stop-prepare-touch.patch: violated silent_hang transient cpu=0 task=mysqld
 * expect --cpus 2 --no-false-blame --no-silent-hang 7 --patch models/patches/proposed/multi-stop-name-the-late.patch: holds
 * expect --cpus 2 --no-false-blame --no-silent-hang 7 --patch models/patches/proposed/oom-dump-cond-resched.patch: holds
 * expect --cpus 2 --no-silent-hang 7 -D CONFIG_SERIAL_8250_CONSOLE=0 --patch models/patches/proposed/multi-stop-prepare-touch.patch: holds
 * expect --cpus 2 --no-silent-hang 7 -D CONFIG_SERIAL_8250_CONSOLE=0 -D WATCHDOG_CPUMASK=2: holds
 * expect --cpus 2 --no-silent-hang 7 -D CONFIG_SERIAL_8250_CONSOLE=0 -D WATCHDOG_CPUMASK=2 --patch models/patches/proposed/multi-stop-prepare-touch.patch: violated silent_hang transient cpu=0 task=mysqld
 * expect-long --cpus 3 --all -D CONFIG_SYSFS -D SOFTLOCKUP_REPORT_TICKS=1 -D WATCHDOG_CPUMASK=6 -D CONFIG_PREEMPT_NONE: violated soft_lockup transient cpu=1 task=migration/1; soft_lockup transient cpu=2 task=migration/2; invariant one_report
 * expect-long --cpus 3 --all -D CONFIG_SYSFS -D SOFTLOCKUP_REPORT_TICKS=1 -D WATCHDOG_CPUMASK=6 -D CONFIG_PREEMPT_NONE -D SOFTLOCKUP_ALL_CPU_BACKTRACE: violated soft_lockup transient cpu=1 task=migration/1; soft_lockup transient cpu=2 task=migration/2
 * expect --cpus 2 --all -D CONFIG_RCU_STALL_COMMON -D GRACE_PERIOD --patch models/patches/proposed/multi-stop-prepare-touch.patch: violated rcu_stall transient cpu=0 task=mysqld
 * expect --cpus 2 --all -D CONFIG_RCU_STALL_COMMON -D GRACE_PERIOD: violated soft_lockup transient cpu=1 task=migration/1; rcu_stall transient cpu=0 task=mysqld
 * expect --cpus 2 --no-silent-hang 7 -D CONFIG_RCU_STALL_COMMON -D GRACE_PERIOD --patch models/patches/proposed/multi-stop-prepare-touch.patch: holds
 * expect --cpus 2 --no-silent-hang 7 -D CONFIG_RCU_STALL_COMMON -D GRACE_PERIOD -D GLOBAL_OOM --patch models/patches/proposed/multi-stop-prepare-touch.patch: holds
 * expect --cpus 2 --no-silent-hang 7 -D CONFIG_RCU_STALL_COMMON -D GLOBAL_OOM --patch models/patches/proposed/multi-stop-prepare-touch.patch: violated silent_hang transient cpu=0 task=mysqld
 * expect --cpus 2 --no-silent-hang 7 -D CONFIG_RCU_STALL_COMMON -D GRACE_PERIOD -D CONFIG_SERIAL_8250_CONSOLE=0 -D WATCHDOG_CPUMASK=2 --patch models/patches/proposed/multi-stop-prepare-touch.patch: holds
 * expect --cpus 2 --no-silent-hang 7 -D CONFIG_RCU_STALL_COMMON -D CONFIG_SERIAL_8250_CONSOLE=0 -D WATCHDOG_CPUMASK=2 --patch models/patches/proposed/multi-stop-prepare-touch.patch: violated silent_hang transient cpu=0 task=mysqld
 */
#include <linux/kthread.h>
#include <linux/nmi.h>
#include <linux/oom.h>
#include <linux/rcupdate.h>
#include <linux/start_kernel.h>
#include <linux/stop_machine.h>

#if CONFIG_SYSFS
/* How many CPUs report: all that wait, or one. */
LS_INVARIANT(one_report, softlockup_count <= 1);
#endif

/* A tick of 4 s each: longer than the 24 s after which the detector reports. */
#ifndef OOM_DUMP_RECORDS
#define OOM_DUMP_RECORDS 7
#endif

#if NR_CPUS < 2
#error "one CPU dumps, another stops the machine: at least --cpus 2"
#endif

/* A page fault in a memory cgroup that has reached its limit (or the machine has, -D GLOBAL_OOM). */
static int page_fault(void *unused __maybe_unused)
{
	struct oom_control oc = {
#ifdef GLOBAL_OOM
		.memcg = false,
#else
		.memcg = true,
#endif
		.nr_tasks = OOM_DUMP_RECORDS,
	};

	out_of_memory(&oc);
	return 0;
}

static int update_topology(void *unused __maybe_unused)
{
	return 0;
}

static int stop(void *unused __maybe_unused)
{
#ifdef STOP_TWO_CPUS
	return stop_two_cpus(0, 1, update_topology, NULL);
#else
	return stop_machine(update_topology, NULL, NULL);
#endif
}

void ls_boot(void)
{
	start_kernel();
	lockup_detector_init();
#ifdef CONFIG_RCU_STALL_COMMON
	rcu_init();
#ifdef GRACE_PERIOD
	rcu_gp_start();
#endif
#endif
	start_task(kthread_create_on_cpu(page_fault, NULL, 0, "mysqld"), 0);
	start_task(kthread_create_on_cpu(stop, NULL, 1, "kworker/%d:1"), 1);
}
