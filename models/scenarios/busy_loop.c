/*
 * A module whose init function never returns (a field report: PREEMPT_NONE, watchdog_thresh 2,
 * "insmod busyloop.ko", "watchdog: BUG: soft lockup - CPU#1 stuck for 6s! [insmod:137]").
 *
 * In a kernel that is not preemptible nothing but interrupts gets the CPU from insmod. One that
 * is preemptible lets others run whenever they want to, and there is nothing to report; nor is
 * there where the loop calls cond_resched() (-D COND_RESCHED).
 *
 * That the loop goes on for ever is what it is for: insmod is made a daemon, which need not end.
 * -D MUST_END takes this back, and says that the preemptible kernel's silence is not all there is
 * to say about the loop.
 *
 * With watchdog_thresh 2 a CPU that is not touched is reported after "5s"; the "6s" of the field
 * report take a touch in between, or a timer that came late.
 *
 * expect --cpus 1: violated soft_lockup permanent cpu=0 task=insmod message=watchdog:*soft*lockup*CPU#0*stuck*for*22s!*[insmod:*]
 * expect --cpus 1 --all -D CONFIG_PREEMPT_NONE: violated soft_lockup permanent cpu=0 task=insmod message=*stuck*for*22s!*
 * expect --cpus 1 --all -D CONFIG_PREEMPT_NONE -D WATCHDOG_THRESH=2: violated soft_lockup permanent cpu=0 task=insmod message=*stuck*for*5s!*
 * expect --cpus 1 --all -D CONFIG_PREEMPT_NONE -D CONFIG_HARDLOCKUP_DETECTOR_PERF: violated soft_lockup permanent cpu=0 task=insmod
 * expect --cpus 1 -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 1 -D CONFIG_PREEMPT_FULL -D WATCHDOG_THRESH=2: holds
 * expect --cpus 1 -D CONFIG_PREEMPT_FULL -D MUST_END: violated deadlock permanent cpu=0 task=insmod
 * expect --cpus 1 -D CONFIG_PREEMPT_NONE -D COND_RESCHED: holds
 * expect --cpus 1 -D CONFIG_PREEMPT_VOLUNTARY -D COND_RESCHED: holds
 * expect --cpus 1 -D CONFIG_PREEMPT_NONE -D COND_RESCHED -D WATCHDOG_THRESH=2: holds
 */
#include <linux/kthread.h>
#include <linux/nmi.h>
#include <linux/processor.h>
#include <linux/sched.h>
#include <linux/start_kernel.h>

static int busyloop_init(void *unused __maybe_unused)
{
	for (;;) {
#ifdef COND_RESCHED
		cond_resched();
#endif
		cpu_relax();
	}
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	lockup_detector_init();
#ifdef MUST_END
	start_task(kthread_create_on_cpu(busyloop_init, NULL, 0, "insmod"), 0);
#else
	start_task(kthread_create_daemon_on_cpu(busyloop_init, NULL, 0, "insmod"), 0);
#endif
}
