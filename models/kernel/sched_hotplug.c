/*
 * The scheduler on a CPU that comes or goes.
 *
 * From the moment on that it is not active any more, the CPU pushes away what it has just switched
 * to (balance_push), unless that is one of its own threads: its stopper gets a work, and since it
 * is of the highest class it is what the CPU switches to next. Who waits for the CPU to be empty is
 * woken up when the idle task comes. A task that may run on no CPU that is left may from then on
 * run everywhere.
 *
 * A CPU's own threads may be woken up on it as long as it is online, all others as long as it is
 * not going. (The kernel wants a task that has a user side to wait for an active CPU, too.)
 *
 * Left out: the grace period that the kernel waits for after balance_push is set, so that whoever
 * has chosen the CPU with preemption off, before, has his task there when the waiting begins. Here
 * the choice of a CPU and the queueing there are one step. Since nobody is waited for, what a CPU
 * that goes does may come sooner than in the kernel. Domains; migrate_disable().
 *
 * One step is what is done under one run queue's lock, as in kernel/sched.c; moving a task is two,
 * under its pi_lock.
 */
#include <linux/bug.h>
#include <linux/cpu.h>
#include <linux/percpu.h>
#include "sched.h"

static DEFINE_PER_CPU(struct cpu_stop_work, push_work);

/* ---- Where a task may run: parts of atomic steps --------------------------------------------- */

static unsigned long allowed_cpus(const struct task_struct *p)
{
	const unsigned long going = p->is_per_cpu ? 0 : __cpu_dying_mask.bits[0];

	return p->cpus_mask.bits[0] & __cpu_online_mask.bits[0] & ~going;
}

bool is_cpu_allowed(const struct task_struct *p, int cpu)
{
	return allowed_cpus(p) >> cpu & 1;
}

/* The first where it may run; as a last resort it may run everywhere. */
int select_fallback_rq(struct task_struct *p)
{
	unsigned long allowed = allowed_cpus(p);
	int cpu;

	if (!allowed) {
		p->cpus_mask = __cpu_possible_mask;
		allowed = allowed_cpus(p);
		BUG_ON(!allowed);
	}
	for (cpu = 0; !(allowed >> cpu & 1); cpu++)
		;
	return cpu;
}

/* ---- Pushing away ---------------------------------------------------------------------------- */

/* Takes the task off the queue that it is still on, and chooses where it goes. */
LS_ATOMIC static bool detach_pushed(struct rq *rq, struct task_struct *p)
{
	bool detached = false;

	raw_spin_rq_lock(rq);
	if (p->cpu == rq->cpu && p->on_rq == TASK_ON_RQ_QUEUED) {
		dequeue_task(rq, p, TASK_ON_RQ_MIGRATING);
		set_task_cpu(p, select_fallback_rq(p));
		detached = true;
	}
	raw_spin_rq_unlock(rq);
	return detached;
}

static int __balance_push_cpu_stop(void *arg)
{
	struct task_struct *p = arg;

	raw_spin_lock_irq(&p->pi_lock);
	if (detach_pushed(this_rq(), p))
		attach_one_task(cpu_rq(task_cpu(p)), p);
	raw_spin_unlock_irq(&p->pi_lock);
	return 0;
}

static int rq_nr_running(const struct rq *rq)
{
	const struct task_struct *p;
	int nr = nr_tasks(rq->cfs) + (rq->stop->on_rq == TASK_ON_RQ_QUEUED);

	for (p = rq->rt; p; p = p->rt_next)
		nr++;
	return nr;
}

/* Under the lock. */
bool has_to_push(struct rq *rq)
{
	if (!rq->balance_push || !cpu_dying(rq->cpu))
		return false;
	if (!rq->curr->is_per_cpu)
		return true;
	return rq_nr_running(rq) == 0 && rq->hotplug_wait.task;
}

/*
 * Where has_to_push() was found when the lock was let go. With interrupts off and preemption
 * disabled, so that `curr` is the same, and need-resched is set afterwards. Turns interrupts on.
 * Who waits for the CPU to be empty is bound to it, and woken up from nowhere else.
 */
void balance_push(struct rq *rq)
{
	struct task_struct *push_task = current;

	if (push_task->is_per_cpu)
		wake_up_bound_thread(rq->hotplug_wait.task);
	else
		stop_one_cpu_nowait(rq->cpu, __balance_push_cpu_stop, push_task,
				    this_cpu_ptr(&push_work));
	local_irq_enable();
}

LS_ATOMIC static void balance_push_set(unsigned int cpu, bool on)
{
	struct rq *rq = cpu_rq(cpu);

	raw_spin_rq_lock(rq);
	rq->balance_push = on;
	raw_spin_rq_unlock(rq);
}

/* ---- The phases ------------------------------------------------------------------------------ */

void sched_cpu_activate(unsigned int cpu)
{
	balance_push_set(cpu, false);
	set_cpu_active(cpu, true);
}

void sched_cpu_deactivate(unsigned int cpu)
{
	set_cpu_active(cpu, false);
	balance_push_set(cpu, true);
}

/* On the own queue, which others add to. */
LS_ATOMIC static bool nothing_but_curr_runs(struct rq *rq)
{
	return rq_nr_running(rq) == 1;
}

void sched_cpu_wait_empty(unsigned int cpu)
{
	struct rq *rq = cpu_rq(cpu);

	rcuwait_wait_event(&rq->hotplug_wait, nothing_but_curr_runs(rq), TASK_UNINTERRUPTIBLE);
}

/* The stopper is what runs. */
void sched_cpu_dying(unsigned int cpu)
{
	WARN(!nothing_but_curr_runs(cpu_rq(cpu)), "Dying CPU not properly vacated!");
}

/*
 * Until a task that says it will not be woken up by others is off its CPU. The kernel polls, with
 * preemption enabled; but the task has turned preemption off to get there, so that nothing comes
 * in between.
 */
LS_ATOMIC unsigned long wait_task_inactive(struct task_struct *p, unsigned int match_state)
{
	ls_await(!p->on_cpu && !p->on_rq);
	return p->__state == match_state;
}
