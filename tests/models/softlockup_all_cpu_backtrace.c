/*
 * softlockup_all_cpu_backtrace=1: while one CPU reports (CPU 0, for two ticks), another one that
 * finds itself stuck, a tick later, does not. If it is stuck for longer it is reported after all:
 * with two time stamps at one of its next timers, with one only when the time has passed once more.
 *
 * So of all CPUs that are stuck for 32 s at the same time, one reports or all do (-D AT_ONCE).
 *
 * expect --cpus 2 --all -D SOFTLOCKUP_REPORT_TICKS=2 -D WORK=12: violated soft_lockup cpu=0; soft_lockup cpu=1
 * expect --cpus 2 --all -D SOFTLOCKUP_REPORT_TICKS=2 -D WORK=12 -D SOFTLOCKUP_ALL_CPU_BACKTRACE: violated soft_lockup cpu=0
 * expect --cpus 2 --all -D SOFTLOCKUP_REPORT_TICKS=2 -D WORK=15 -D SOFTLOCKUP_ALL_CPU_BACKTRACE: violated soft_lockup cpu=0; soft_lockup cpu=1
 * expect --cpus 2 --all -D SOFTLOCKUP_REPORT_TICKS=2 -D WORK=12 -D SOFTLOCKUP_ALL_CPU_BACKTRACE -D CONFIG_SOFTLOCKUP_GENERATION=3 -D CONFIG_SOFTLOCKUP_ONE_STAMP: violated soft_lockup cpu=0
 * expect --cpus 2 --all -D SOFTLOCKUP_REPORT_TICKS=2 -D WORK=12 -D SOFTLOCKUP_ALL_CPU_BACKTRACE -D CONFIG_SOFTLOCKUP_GENERATION=3: violated soft_lockup cpu=0; soft_lockup cpu=1
 * expect --cpus 2 --all -D SOFTLOCKUP_REPORT_TICKS=2 -D AT_ONCE -D CONFIG_SYSFS: violated soft_lockup cpu=0; soft_lockup cpu=1; invariant one_report
 * expect --cpus 2 --all -D SOFTLOCKUP_REPORT_TICKS=2 -D AT_ONCE -D CONFIG_SYSFS -D SOFTLOCKUP_ALL_CPU_BACKTRACE: violated soft_lockup cpu=0; soft_lockup cpu=1
 * expect --cpus 2 --all -D SOFTLOCKUP_REPORT_TICKS=2 -D AT_ONCE -D CONFIG_SYSFS -D SOFTLOCKUP_ALL_CPU_BACKTRACE -D CONFIG_SOFTLOCKUP_GENERATION=3: violated soft_lockup cpu=0; soft_lockup cpu=1; invariant one_report
 * expect-long --cpus 3 --all -D SOFTLOCKUP_REPORT_TICKS=2 -D AT_ONCE -D CONFIG_SYSFS: violated soft_lockup cpu=0; soft_lockup cpu=1; soft_lockup cpu=2; invariant one_report
 * expect-long --cpus 3 --all -D SOFTLOCKUP_REPORT_TICKS=2 -D AT_ONCE -D CONFIG_SYSFS -D SOFTLOCKUP_ALL_CPU_BACKTRACE: violated soft_lockup cpu=0; soft_lockup cpu=1; soft_lockup cpu=2
 */
#include <linux/kthread.h>
#include <linux/nmi.h>
#include <linux/start_kernel.h>

#if CONFIG_SYSFS
LS_INVARIANT(one_report, softlockup_count <= 1);
#endif

static int hog(void *unused __maybe_unused)
{
#ifdef AT_ONCE
	ls_delay(8);
#else
	if (smp_processor_id() == 0) {
		ls_delay(7);
	} else {
		touch_softlockup_watchdog();
		ls_delay(WORK);
	}
#endif
	return 0;
}

void ls_boot(void)
{
	unsigned int cpu;

	start_kernel();
	lockup_detector_init();
	for_each_possible_cpu(cpu)
		start_task(kthread_create_on_cpu(hog, NULL, cpu, "hog/%d"), cpu);
}
