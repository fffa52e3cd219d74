/*
 * A task says that it sleeps before it looks whether it has to: the wake-up is not lost, wherever
 * it comes. The other way round (-D LOOK_FIRST) it is.
 *
 * expect --cpus 1: holds
 * expect --cpus 2: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 1 -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 2 -D LOOK_FIRST: violated deadlock permanent
 * expect --cpus 1 -D LOOK_FIRST: holds
 */
#include <linux/kthread.h>
#include <linux/start_kernel.h>

static struct task_struct *sleeper;
static bool condition;

static int sleep(void *unused __maybe_unused)
{
	for (;;) {
#ifdef LOOK_FIRST
		if (READ_ONCE(condition))
			break;
		set_current_state(TASK_UNINTERRUPTIBLE);
#else
		set_current_state(TASK_UNINTERRUPTIBLE);
		if (READ_ONCE(condition))
			break;
#endif
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

static int wake(void *unused __maybe_unused)
{
	WRITE_ONCE(condition, true);
	wake_up_process(sleeper);
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	sleeper = kthread_create_on_cpu(sleep, NULL, 0, "sleeper");
	start_task(sleeper, 0);
	start_task(kthread_create_on_cpu(wake, NULL, nr_cpu_ids - 1, "waker"), nr_cpu_ids - 1);
}
