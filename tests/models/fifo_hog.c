/*
 * What keeps the watchdog's thread from running: a deadline task (the detector's generation 2
 * reports a CPU that does schedule); a FIFO task of a lower priority does not.
 *
 * expect --cpus 1 -D CONFIG_PREEMPT_FULL: violated soft_lockup transient cpu=0 task=hog
 * expect --cpus 1 -D CONFIG_PREEMPT_FULL -D LOWER: holds
 */
#include <linux/kthread.h>
#include <linux/nmi.h>
#include <linux/start_kernel.h>

static int hog(void *unused __maybe_unused)
{
	ls_delay(7);
	return 0;
}

void ls_boot(void)
{
	const struct sched_param param = { .sched_priority = 98 };
	struct task_struct *p;

	start_kernel();
	lockup_detector_init();
	p = kthread_create_on_cpu(hog, NULL, 0, "hog");
#ifdef LOWER
	sched_setscheduler(p, SCHED_FIFO, &param);
#else
	sched_setscheduler(p, SCHED_DEADLINE, &param);
#endif
	start_task(p, 0);
}
