/*
 * A task in one wake_q cannot be added to a second one: the second owner wakes nobody. Here the
 * first owner wakes it late, but does; with -D NEVER it does not, and the task sleeps for ever
 * though the second one "woke" it.
 *
 * expect --cpus 2: holds
 * expect --cpus 2 -D NEVER: violated deadlock permanent
 */
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/sched/wake_q.h>
#include <linux/start_kernel.h>

static struct task_struct *sleeper;

static int sleep(void *unused __maybe_unused)
{
	return 0;
}

static int first(void *unused __maybe_unused)
{
	DEFINE_WAKE_Q(wakeq);

	wake_q_add(&wakeq, sleeper);
#ifndef NEVER
	wake_up_q(&wakeq);
#endif
	return 0;
}

static int second(void *unused __maybe_unused)
{
	DEFINE_WAKE_Q(wakeq);

	wake_q_add(&wakeq, sleeper);
	wake_up_q(&wakeq);
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	sleeper = kthread_create_on_cpu(sleep, NULL, 0, "sleeper");
	start_task(kthread_create_on_cpu(first, NULL, 0, "first"), 0);
	start_task(kthread_create_on_cpu(second, NULL, 1, "second"), 1);
}
