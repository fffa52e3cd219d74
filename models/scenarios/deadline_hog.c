/*
 * A task of a high class that has the CPU for itself, in user code, which may be preempted: what
 * does "locked up" mean? (9cf57731b63e, "watchdog/softlockup: Replace "watchdog/%u" threads with
 * cpu_stop_work".)
 *
 * Generation 2 of the detector asks whether a thread of FIFO priority 99 can run. A deadline task
 * (or another FIFO-99 one, -D FIFO_HOG) keeps it from running, and is reported, although the CPU
 * does what it was told. Generation 3 asks whether the stopper can run: nothing but kernel code that
 * is not preempted, or another stopper work, keeps it waiting. So a hog of priority 99 is not
 * reported any more, wanted or not. -D KERNEL_HOG: the same in the kernel, not preemptible: reported
 * by both. -D CONFIG_PREEMPT_FULL: only by the one whose thread it beats.
 *
 * expect --cpus 1: violated soft_lockup transient cpu=0 task=hog message=*stuck*for*22s!*
 * expect --cpus 1 -D CONFIG_SOFTLOCKUP_GENERATION=3: holds
 * expect --cpus 1 -D CONFIG_SOFTLOCKUP_GENERATION=3 -D CONFIG_SOFTLOCKUP_ONE_STAMP: holds
 * expect --cpus 1 -D FIFO_HOG: violated soft_lockup transient cpu=0 task=hog
 * expect --cpus 1 -D FIFO_HOG -D CONFIG_SOFTLOCKUP_GENERATION=3: holds
 * expect --cpus 1 -D KERNEL_HOG: violated soft_lockup transient
 * expect --cpus 1 -D KERNEL_HOG -D CONFIG_SOFTLOCKUP_GENERATION=3: violated soft_lockup transient cpu=0 task=hog message=*stuck*for*22s!*
 * expect --cpus 1 -D KERNEL_HOG -D CONFIG_SOFTLOCKUP_GENERATION=3 -D CONFIG_SOFTLOCKUP_ONE_STAMP: violated soft_lockup transient
 * expect --cpus 1 -D KERNEL_HOG -D CONFIG_PREEMPT_FULL: violated soft_lockup transient
 * expect --cpus 1 -D KERNEL_HOG -D CONFIG_PREEMPT_FULL -D CONFIG_SOFTLOCKUP_GENERATION=3: holds
 */
#include <linux/entry-common.h>
#include <linux/kthread.h>
#include <linux/nmi.h>
#include <linux/start_kernel.h>

/* Ticks of 4 s. */
#ifndef HOG_TICKS
#define HOG_TICKS 8
#endif

static int hog(void *unused __maybe_unused)
{
#ifdef KERNEL_HOG
	ls_delay(HOG_TICKS);
#else
	exit_to_user_mode();
	ls_delay(HOG_TICKS);
	enter_from_user_mode();
#endif
	return 0;
}

void ls_boot(void)
{
	const struct sched_param param = { .sched_priority = MAX_RT_PRIO - 1 };
	struct task_struct *p;

	start_kernel();
	lockup_detector_init();
	p = kthread_create_on_cpu(hog, NULL, 0, "hog");
#ifdef FIFO_HOG
	sched_setscheduler(p, SCHED_FIFO, &param);
#else
	sched_setscheduler(p, SCHED_DEADLINE, &param);
#endif
	start_task(p, 0);
}
