/*
 * A FIFO task that is woken up by a fair one on the same CPU runs at once if kernel code can be
 * preempted; otherwise at the next point where the waker gives way: might_sleep() in
 * CONFIG_PREEMPT_VOLUNTARY, cond_resched() in both.
 *
 * expect --cpus 1 -D CONFIG_PREEMPT_FULL -D AT_ONCE: holds
 * expect --cpus 1 -D CONFIG_PREEMPT_VOLUNTARY -D AT_ONCE: violated assertion
 * expect --cpus 1 -D CONFIG_PREEMPT_NONE -D AT_ONCE: violated assertion
 * expect --cpus 1 -D CONFIG_PREEMPT_VOLUNTARY -D AT_MIGHT_SLEEP: holds
 * expect --cpus 1 -D CONFIG_PREEMPT_NONE -D AT_MIGHT_SLEEP: violated assertion
 * expect --cpus 1 -D CONFIG_PREEMPT_NONE: holds
 * expect --cpus 1 -D CONFIG_PREEMPT_VOLUNTARY: holds
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
	wake_up_process(urgent);
#if defined(AT_ONCE)
	;
#elif defined(AT_MIGHT_SLEEP)
	might_sleep();
#else
	cond_resched();
#endif
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
