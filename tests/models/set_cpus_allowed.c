/*
 * set_cpus_allowed_ptr(): on return the task runs, or waits, where it may; one that sleeps wakes up
 * there.
 *
 *   -D OTHER      another task changes it, which runs, waits for the CPU or sleeps meanwhile
 *   -D WAKE_FIRST and wakes it up before: it may be on the wake list of the CPU that it slept on
 *   -D NOT_MOVED  only the mask is set, and nobody moves the task
 *
 * expect --cpus 2: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 2 -D NOT_MOVED: violated assertion
 * expect --cpus 2 -D OTHER: holds
 * expect --cpus 2 -D OTHER -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 2 -D OTHER -D NOT_MOVED: violated assertion
 * expect --cpus 3 -D OTHER: holds
 * expect --cpus 2 -D OTHER -D WAKE_FIRST -D SCHED_FEAT_TTWU_QUEUE -D CPUS_SHARE_CACHE=0: holds
 * expect --cpus 2 -D OTHER -D WAKE_FIRST -D SCHED_FEAT_TTWU_QUEUE -D CPUS_SHARE_CACHE=0 --before cfd355145c32: holds
 * expect --cpus 2 -D OTHER -D WAKE_FIRST -D SCHED_FEAT_TTWU_QUEUE -D CPUS_SHARE_CACHE=0 --patch models/patches/mutants/affinity-ignores-wake-list.patch: violated assertion
 */
#include <linux/errno.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/start_kernel.h>

static struct task_struct *mover;
static bool moved;

static int move(struct task_struct *p)
{
#ifdef NOT_MOVED
	p->cpus_mask = *cpumask_of(1);
	return 0;
#else
	return set_cpus_allowed_ptr(p, cpumask_of(1));
#endif
}

#ifdef OTHER
LS_ATOMIC static void check(void)
{
	ls_assert(!moved || smp_processor_id() == 1);
}

static int move_itself(void *unused __maybe_unused)
{
	check();
	set_current_state(TASK_UNINTERRUPTIBLE);
	if (!READ_ONCE(moved))
		schedule();
	__set_current_state(TASK_RUNNING);
	check();
	return 0;
}

static int move_other(void *unused __maybe_unused)
{
	int ret;

#ifdef WAKE_FIRST
	wake_up_process(mover);
#endif
	ret = move(mover);
	ls_assert(ret == 0);
	moved = true;
	wake_up_process(mover);
	return 0;
}
#else
static int move_itself(void *unused __maybe_unused)
{
	const struct cpumask none = { { 0 } };
	int ret = set_cpus_allowed_ptr(current, &none);

	ls_assert(ret == -EINVAL);
	ret = move(current);
	ls_assert(ret == 0);
	ls_assert(smp_processor_id() == 1);
	return 0;
}
#endif

static int nothing(void *unused __maybe_unused)
{
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	mover = kthread_create(move_itself, NULL, "mover");
#ifdef OTHER
	start_task(kthread_create_on_cpu(move_other, NULL, 1, "other"), 1);
#endif
	start_task(kthread_create_on_cpu(nothing, NULL, 0, "first"), 0);
	start_task(mover, 0);
}
