/*
 * Moving tasks that do not move by themselves: migrate_swap(), in which two tasks change places
 * while the stoppers of both CPUs are in multi_cpu_stop().
 *
 * One step is what is done under the locks of both tasks and both run queues, since all four are
 * held. Taking them is a step each: who waits for whom is what it is in the kernel.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include "sched.h"

#if CONFIG_NUMA_BALANCING
struct migration_swap_arg {
	struct task_struct *src_task, *dst_task;
	int src_cpu, dst_cpu;
};

/* A sleeping task will wake up there. */
static void __migrate_swap_task(struct task_struct *p, int cpu)
{
	if (p->on_rq != TASK_ON_RQ_QUEUED) {
		p->wake_cpu = cpu;
		return;
	}
	dequeue_task(cpu_rq(p->cpu), p, TASK_ON_RQ_MIGRATING);
	set_task_cpu(p, cpu);
	enqueue_task(cpu_rq(cpu), p);
	wakeup_preempt(cpu_rq(cpu), p);
}

/* Under both tasks' pi_lock and both run queues' locks, while both CPUs are stopped. */
static int do_migrate_swap(struct migration_swap_arg *arg)
{
	struct task_struct *src = arg->src_task, *dst = arg->dst_task;

	if (is_inactive(arg->src_cpu) || is_inactive(arg->dst_cpu))
		return -EAGAIN;
	if (src->cpu != arg->src_cpu || dst->cpu != arg->dst_cpu)
		return -EAGAIN;
	if (!cpumask_test_cpu(arg->dst_cpu, &src->cpus_mask) ||
	    !cpumask_test_cpu(arg->src_cpu, &dst->cpus_mask))
		return -EAGAIN;
	__migrate_swap_task(src, arg->dst_cpu);
	__migrate_swap_task(dst, arg->src_cpu);
	return 0;
}

LS_ATOMIC static int do_migrate_swap_and_unlock(struct migration_swap_arg *arg)
{
	const int ret = do_migrate_swap(arg);

	raw_spin_rq_unlock(cpu_rq(arg->src_cpu));
	raw_spin_rq_unlock(cpu_rq(arg->dst_cpu));
	raw_spin_unlock_noirq(&arg->src_task->pi_lock);
	raw_spin_unlock_noirq(&arg->dst_task->pi_lock);
	return ret;
}

/* Locks are taken in one order everywhere: tasks by number, run queues by CPU. */
static int migrate_swap_stop(void *data)
{
	struct migration_swap_arg *arg = data;
	struct task_struct *src = arg->src_task, *dst = arg->dst_task;
	const bool swapped = src->nr > dst->nr;

	raw_spin_lock_noirq(swapped ? &dst->pi_lock : &src->pi_lock);
	raw_spin_lock_noirq(swapped ? &src->pi_lock : &dst->pi_lock);
	raw_spin_rq_lock(cpu_rq(min(arg->src_cpu, arg->dst_cpu)));
	raw_spin_rq_lock(cpu_rq(max(arg->src_cpu, arg->dst_cpu)));
	return do_migrate_swap_and_unlock(arg);
}

/* Makes two tasks change places; cur is the caller, on curr_cpu. */
int migrate_swap(struct task_struct *cur, struct task_struct *p, int target_cpu, int curr_cpu)
{
	struct migration_swap_arg arg = {
		.src_task = cur,
		.dst_task = p,
		.src_cpu = curr_cpu,
		.dst_cpu = target_cpu,
	};

	if (curr_cpu == target_cpu)
		return -EINVAL;
	/* Looked at again later, when nobody can change it. */
	if (is_inactive(curr_cpu) || is_inactive(target_cpu))
		return -EINVAL;
	if (!cpumask_test_cpu(target_cpu, &cur->cpus_mask) ||
	    !cpumask_test_cpu(curr_cpu, &p->cpus_mask))
		return -EINVAL;
	return stop_two_cpus(target_cpu, curr_cpu, migrate_swap_stop, &arg);
}
#endif
