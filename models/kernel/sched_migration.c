/*
 * Moving tasks from CPU to CPU: because their affinity has changed, or because two of them are to
 * change places.
 *
 * set_cpus_allowed_ptr() sets the mask under the task's pi_lock and the lock of its run queue. If
 * the task may not be where it is, then who moves it depends on what it does. One that waits for a
 * CPU is moved by the caller. One that runs, or that somebody is just waking up, has to be taken off
 * by the stopper of its CPU: migration_cpu_stop(). The caller sleeps until it has been moved; others
 * who change the mask meanwhile wait for the same stopper, which moves it to where the last of them
 * wants it, and which goes after the task if that is on another CPU by then. A task that sleeps is
 * left alone, and finds its place when it wakes up.
 *
 * migrate_swap() makes two tasks change places while the stoppers of both CPUs are in
 * multi_cpu_stop().
 *
 * Left out: migrate_disable(). Without it, whoever finds a change pending knows that a stopper is on
 * its way (the kernel keeps a flag for that), and a change that no stopper is needed for is complete
 * at once, so that it is never made known. The special cases of kernel threads and of CPUs that go:
 * all CPUs are active. The queue in which the kernel has the first caller wait until all others have
 * seen that the change is complete is a pointer to it here.
 *
 * One step is what is done under the run queue's lock, as in kernel/sched.c, though pi_lock is held
 * around it; a task that changes its queue is taken off in one step and put on in another. Swapping
 * is one step, under the locks of both tasks and both run queues. Taking them is a step each: who
 * waits for whom is what it is in the kernel.
 */
#include <linux/bug.h>
#include <linux/completion.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include "sched.h"

/* ---- Affinity -------------------------------------------------------------------------------- */

struct migration_arg {
	struct task_struct *task;
	int dest_cpu;
	struct set_affinity_pending *pending;	/* what is complete when the task has been moved */
};

/*
 * A change of affinity that the stopper has to complete: on the stack of the first who asked, known
 * to all as p->migration_pending, and guarded by p->pi_lock; but for the count.
 */
struct set_affinity_pending {
	int refs;			/* who still looks at it */
	struct task_struct *owner;	/* waits until nobody else does */
	struct completion done;
	struct cpu_stop_work stop_work;
	struct migration_arg arg;
};

/* What remains to be done to a task when its run queue's lock has been released. */
enum {
	MOVE_NOTHING,
	MOVE_AGAIN,	/* it is between two run queues: wait, and look again */
	MOVE_ATTACH,	/* it has been taken off its queue: put it on that of p->cpu */
	MOVE_STOP,	/* have the stopper do it */
};

struct affine_move {
	struct set_affinity_pending *pending;	/* to be waited for; NULL: nothing */
	int cpu;				/* whose stopper it is, or would be */
};

/* One of the CPUs, whichever; nr_cpu_ids: there is none. */
static int cpumask_any_and_distribute(const struct cpumask *mask1, const struct cpumask *mask2)
{
	const unsigned long bits = mask1->bits[0] & mask2->bits[0];
	int cpu;

	if (!bits)
		return nr_cpu_ids;
	cpu = ls_choose(0, nr_cpu_ids - 1);
	ls_assume(bits >> cpu & 1);
	return cpu;
}

/* What was on this run queue goes to another one. */
static int move_queued_task(struct rq *rq, struct task_struct *p, int new_cpu)
{
	dequeue_task(rq, p, TASK_ON_RQ_MIGRATING);
	set_task_cpu(p, new_cpu);
	return MOVE_ATTACH;
}

static int __migrate_task(struct rq *rq, struct task_struct *p, int dest_cpu)
{
	if (!is_cpu_allowed(p, dest_cpu))
		return MOVE_NOTHING;
	return move_queued_task(rq, p, dest_cpu);
}

static void affinity_pending_init(struct set_affinity_pending *pending, struct task_struct *p,
				  int dest_cpu)
{
	pending->refs = 1;
	pending->owner = current;
	init_completion(&pending->done);
	pending->arg.task = p;
	pending->arg.dest_cpu = dest_cpu;
	pending->arg.pending = pending;
	p->migration_pending = pending;
}

/* The mask is set. */
static int affine_move_task(struct rq *rq, struct task_struct *p, int dest_cpu,
			    struct set_affinity_pending *my_pending, struct affine_move *move)
{
	const bool busy = p->on_cpu || p->__state == TASK_WAKING;
	struct set_affinity_pending *pending = p->migration_pending;

	if (cpumask_test_cpu(p->cpu, &p->cpus_mask))
		return MOVE_NOTHING;
	if (pending) {
		pending->refs++;
		pending->arg.dest_cpu = dest_cpu;
		move->pending = pending;
	} else if (busy) {
		affinity_pending_init(my_pending, p, dest_cpu);
		move->pending = my_pending;
		move->cpu = rq->cpu;
		return MOVE_STOP;
	}
	if (!busy && p->on_rq == TASK_ON_RQ_QUEUED)
		return move_queued_task(rq, p, dest_cpu);
	return MOVE_NOTHING;
}

/* Under both locks. Less than 0: an error. */
static int __set_cpus_allowed_ptr_locked(struct rq *rq, struct task_struct *p,
					 const struct cpumask *new_mask,
					 struct set_affinity_pending *my_pending,
					 struct affine_move *move)
{
	int dest_cpu;

	if (p->on_rq == TASK_ON_RQ_MIGRATING)
		return MOVE_AGAIN;
	if (p->cpus_mask.bits[0] == new_mask->bits[0])
		return MOVE_NOTHING;
	dest_cpu = cpumask_any_and_distribute(cpu_active_mask, new_mask);
	if (dest_cpu >= nr_cpu_ids)
		return -EINVAL;
	p->cpus_mask.bits[0] = new_mask->bits[0];
	return affine_move_task(rq, p, dest_cpu, my_pending, move);
}

/* Under p->pi_lock. */
LS_ATOMIC static int __set_cpus_allowed_ptr(struct task_struct *p, const struct cpumask *new_mask,
					    struct set_affinity_pending *my_pending,
					    struct affine_move *move)
{
	struct rq *rq = cpu_rq(p->cpu);
	int todo;

	raw_spin_rq_lock(rq);
	todo = __set_cpus_allowed_ptr_locked(rq, p, new_mask, my_pending, move);
	raw_spin_rq_unlock(rq);
	return todo;
}

/*
 * Under p->pi_lock, so that the mask does not change; by the stopper, so that a task of this queue
 * does not run.
 */
LS_ATOMIC static int migrate_here(const struct migration_arg *arg)
{
	struct rq *rq = this_rq();
	struct task_struct *p = arg->task;
	const bool may_stay = cpumask_test_cpu(p->cpu, &p->cpus_mask);
	int todo = MOVE_NOTHING;

	raw_spin_rq_lock(rq);
	if (p->cpu != rq->cpu && !may_stay)
		todo = MOVE_STOP;
	else if (!may_stay && p->on_rq == TASK_ON_RQ_QUEUED)
		todo = __migrate_task(rq, p, arg->dest_cpu);
	else if (!may_stay)
		p->wake_cpu = arg->dest_cpu;
	if (todo != MOVE_STOP)
		p->migration_pending = NULL;
	raw_spin_rq_unlock(rq);
	return todo;
}

/*
 * Run by the stopper of the CPU that the task was on. If it is on another one by now, and may not be
 * there either, it is that one's stopper's turn.
 */
static int migration_cpu_stop(void *data)
{
	struct migration_arg *arg = data;
	struct set_affinity_pending *pending = arg->pending;
	struct task_struct *p = arg->task;
	unsigned long flags;
	int todo;

	local_irq_save(flags);
	sched_ttwu_pending();	/* the task may be on the wake list */
	raw_spin_lock_noirq(&p->pi_lock);
	todo = migrate_here(arg);
	if (todo == MOVE_ATTACH)
		attach_one_task(cpu_rq(p->cpu), p);
	raw_spin_unlock_noirq(&p->pi_lock);
	local_irq_restore(flags);

	if (todo == MOVE_STOP)
		stop_one_cpu_nowait(task_cpu(p), migration_cpu_stop, arg, &pending->stop_work);
	else
		complete_all(&pending->done);
	return 0;
}

LS_ATOMIC static bool put_affinity_pending(struct set_affinity_pending *pending)
{
	return --pending->refs == 0;
}

/* Nobody looks at what is on the owner's stack when the owner returns. */
static void wait_for_affinity(struct set_affinity_pending *pending)
{
	struct task_struct *owner = pending->owner;

	wait_for_completion(&pending->done);
	if (put_affinity_pending(pending) && owner != current)
		wake_up_process(owner);
	if (owner != current)
		return;
	for (;;) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		if (READ_ONCE(pending->refs) == 0)
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
}

/*
 * Where a task may run from now on; on return it is there, or will be when it wakes up. Sleeps, if
 * it has to be taken off its CPU.
 */
int set_cpus_allowed_ptr(struct task_struct *p, const struct cpumask *new_mask)
{
	struct set_affinity_pending my_pending;
	struct affine_move move = { NULL, 0 };
	unsigned long flags;
	int todo;

	for (;;) {
		raw_spin_lock_irqsave(&p->pi_lock, flags);
		todo = __set_cpus_allowed_ptr(p, new_mask, &my_pending, &move);
		if (todo != MOVE_AGAIN)
			break;
		raw_spin_unlock_irqrestore(&p->pi_lock, flags);
		ls_await(READ_ONCE(p->on_rq) != TASK_ON_RQ_MIGRATING);
	}
	if (todo == MOVE_ATTACH)
		attach_one_task(cpu_rq(p->cpu), p);
	preempt_disable();
	raw_spin_unlock_irqrestore(&p->pi_lock, flags);
	if (todo == MOVE_STOP)
		stop_one_cpu_nowait(move.cpu, migration_cpu_stop, &move.pending->arg,
				    &move.pending->stop_work);
	preempt_enable();

	if (move.pending)
		wait_for_affinity(move.pending);
	return todo < 0 ? todo : 0;
}

/* ---- migrate_swap() -------------------------------------------------------------------------- */

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
