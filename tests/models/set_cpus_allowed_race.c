/*
 * Two tasks change the affinity of a third one, which sleeps and is woken up meanwhile. When both
 * have returned it is where the second one wants it.
 *
 * The second caller waits for the stopper that the first one has sent. If the task has moved before
 * that stopper gets to it, and may not stay where it is now, the stopper has to go after it. With
 * the patch it does not, and the task runs on where it should not be.
 *
 * expect-long --cpus 3: holds
 * expect --cpus 3 --patch models/patches/mutants/affinity-no-chase.patch: violated assertion
 */
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/start_kernel.h>

static struct task_struct *moved;
static bool go, settled;

LS_ATOMIC static void check(void)
{
	ls_assert(!settled || smp_processor_id() == 0);
}

static int sleep_and_run(void *unused __maybe_unused)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
	if (!READ_ONCE(go))
		schedule();
	__set_current_state(TASK_RUNNING);
	cond_resched();
	check();
	return 0;
}

static int first(void *unused __maybe_unused)
{
	set_cpus_allowed_ptr(moved, cpumask_of(1));
	return 0;
}

static int second(void *unused __maybe_unused)
{
	go = true;
	wake_up_process(moved);
	if (task_cpu(moved) == 0)
		return 0;		/* the first one has not asked yet */
	set_cpus_allowed_ptr(moved, cpumask_of(0));
	settled = true;
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	moved = kthread_create_on_cpu(sleep_and_run, NULL, 0, "moved");
	start_task(moved, 0);
	start_task(kthread_create_on_cpu(second, NULL, 0, "second"), 0);
	start_task(kthread_create_on_cpu(first, NULL, 2, "first"), 2);
}
