/*
 * 6. Lost wake-up (fixed)
 *
 * The sleeper first says that it sleeps, and then looks. A wake-up that comes in between makes it
 * runnable again, and schedule() comes back at once. (wait_event() and all its relatives are made so.)
 *
 * Command: lockstep check 06_lost_wakeup/fixed.c
 * See:     holds.
 *
 * expect --cpus 1: holds
 * expect --cpus 2: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL: holds
 */
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/start_kernel.h>

static struct task_struct *sleeper;
static bool work;

static int sleep(void *unused)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
	while (!READ_ONCE(work)) {
		schedule();
		set_current_state(TASK_UNINTERRUPTIBLE);
	}
	set_current_state(TASK_RUNNING);
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
