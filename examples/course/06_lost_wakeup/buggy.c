/*
 * 6. Lost wake-up (buggy)
 *
 * Question: the sleeper looks whether there is something to do, and sleeps if not. The waker writes
 *           down what there is to do, and wakes the sleeper up. Can the sleeper sleep on?
 * Command:  lockstep check 06_lost_wakeup/buggy.c
 * See:      violated: deadlock. The waker comes after the look and before the sleep: it wakes up a
 *           task that is still awake, which changes nothing, and then the task falls asleep.
 *
 * From here on some lessons run on the miniature kernel: start_kernel() boots it,
 * kthread_create_on_cpu() makes a task that stays on one CPU, start_task() puts it there, and the
 * scheduler does the rest.
 *
 * expect --cpus 1: holds
 * expect --cpus 2: violated deadlock permanent
 */
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/start_kernel.h>

static struct task_struct *sleeper;
static bool work;

static int sleep(void *unused)
{
	while (!READ_ONCE(work)) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		schedule();
	}
	return 0;
}

static int wake(void *unused)
{
	WRITE_ONCE(work, true);
	wake_up_process(sleeper);
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	sleeper = kthread_create_on_cpu(sleep, NULL, 0, "sleeper");
	start_task(sleeper, 0);
	start_task(kthread_create_on_cpu(wake, NULL, NR_CPUS - 1, "waker"), NR_CPUS - 1);
}
