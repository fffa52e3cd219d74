/*
 * No preemption while it is disabled; at once when it is enabled again.
 *
 * expect --cpus 1 -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL: holds
 */
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/start_kernel.h>

static struct task_struct *urgent;
static bool has_run;

static int urgent_fn(void *unused __maybe_unused)
{
	has_run = true;
	return 0;
}

static int waker(void *unused __maybe_unused)
{
	preempt_disable();
	wake_up_process(urgent);
	ls_assert(!has_run);
	preempt_enable();
	ls_assert(has_run);
	return 0;
}

void ls_boot(void)
{
	const struct sched_param param = { .sched_priority = 50 };

	start_kernel();
	urgent = kthread_create_on_cpu(urgent_fn, NULL, 0, "urgent");
	sched_setscheduler(urgent, SCHED_FIFO, &param);
	start_task(kthread_create_on_cpu(waker, NULL, 0, "waker"), 0);
}
