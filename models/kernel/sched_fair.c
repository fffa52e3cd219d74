/*
 * Balancing of fair tasks, by a CPU that becomes idle: it pulls a task that is runnable and not
 * running and may run here; failing that it asks the busiest CPU's stopper to push the one that
 * runs there (active balance). A CPU is busy if it has at least BUSIEST_NR_RUNNING fair tasks.
 *
 * With -D SCHED_SOFTIRQ each CPU does the same at its tick, whatever it runs: so a CPU whose stopper
 * waits in multi_cpu_stop(), with interrupts on, may still pull tasks. It is an option since time
 * costs states, and CPUs that become idle suffice for most. In the kernel that is a softirq, with
 * interrupts on; here it is a part of the interrupt, so that it is not interrupted itself.
 *
 * Left out: no-hz balancing; load and groups, for which any choice of a task stands.
 *
 * One step is what is done under one run queue's lock, as in kernel/sched.c. Taking a task off one
 * queue and putting it on the other are two.
 */
#include "sched.h"

/* Takes a task off the queue that waits there and may run on `cpu`. Under the lock. */
static struct task_struct *detach_one_task(struct rq *rq, int cpu)
{
	u64 candidates = 0;
	struct task_struct *p;
	int nr;

	for (nr = 0; rq->cfs >> nr; nr++) {
		if (!(rq->cfs >> nr & 1))
			continue;
		p = ls_task_data(nr);
		if (!p->on_cpu && cpumask_test_cpu(cpu, &p->cpus_mask))
			candidates |= BIT_ULL(nr);
	}
	if (!candidates)
		return NULL;
	p = any_task(candidates);
	dequeue_task(rq, p, TASK_ON_RQ_MIGRATING);
	set_task_cpu(p, cpu);
	return p;
}

LS_ATOMIC void attach_one_task(struct rq *rq, struct task_struct *p)
{
	raw_spin_rq_lock(rq);
	enqueue_task(rq, p);
	wakeup_preempt(rq, p);
	raw_spin_rq_unlock(rq);
}

LS_ATOMIC static struct task_struct *pull_from(struct rq *busiest, int this_cpu)
{
	struct task_struct *p;

	raw_spin_rq_lock(busiest);
	p = detach_one_task(busiest, this_cpu);
	raw_spin_rq_unlock(busiest);
	return p;
}

LS_ATOMIC static struct task_struct *push_from(struct rq *busiest)
{
	struct task_struct *p;

	raw_spin_rq_lock(busiest);
	busiest->active_balance = false;
	p = is_inactive(busiest->cpu) ? NULL : detach_one_task(busiest, busiest->push_cpu);
	raw_spin_rq_unlock(busiest);
	return p;
}

/* Run by the busiest CPU's stopper: what ran there when it came now waits, and can be moved. */
static int active_load_balance_cpu_stop(void *data)
{
	struct task_struct *p;

	local_irq_disable();
	p = push_from(data);
	if (p)
		attach_one_task(cpu_rq(task_cpu(p)), p);
	local_irq_enable();
	return 0;
}

/*
 * What runs on the busiest CPU is to be pushed here, if it may run here and nobody else has asked
 * for it. A stopper that is just going to sleep there is still the current task, and may not: so
 * nobody waits for such a CPU in the wake-up of its stopper.
 */
LS_ATOMIC static bool claim_active_balance(struct rq *busiest, int this_cpu)
{
	bool claimed = false;

	raw_spin_rq_lock(busiest);
	if (cpumask_test_cpu(this_cpu, &busiest->curr->cpus_mask) && !busiest->active_balance) {
		busiest->active_balance = true;
		busiest->push_cpu = this_cpu;
		claimed = true;
	}
	raw_spin_rq_unlock(busiest);
	return claimed;
}

/* Looked at without the lock. */
LS_ATOMIC static int cfs_nr_running(const struct rq *rq)
{
	return nr_tasks(READ_ONCE(rq->cfs));
}

/* The CPU with most fair tasks; -1: none has enough of them. */
static int find_busiest_cpu(int this_cpu)
{
	int i, cpu, nr, busiest_cpu = -1, most = BUSIEST_NR_RUNNING - 1;

	for (i = 1; i < nr_cpu_ids; i++) {
		cpu = (this_cpu + i) % nr_cpu_ids;
		if (is_inactive(cpu))
			continue;
		nr = cfs_nr_running(cpu_rq(cpu));
		if (nr > most) {
			most = nr;
			busiest_cpu = cpu;
		}
	}
	return busiest_cpu;
}

static void load_balance(int this_cpu, int busiest_cpu)
{
	struct rq *busiest = cpu_rq(busiest_cpu);
	struct task_struct *p = pull_from(busiest, this_cpu);

	if (p)
		attach_one_task(cpu_rq(this_cpu), p);
	else if (claim_active_balance(busiest, this_cpu))
		stop_one_cpu_nowait(busiest_cpu, active_load_balance_cpu_stop, busiest,
				    &busiest->active_balance_work);
}

/*
 * This CPU is about to become idle, and has interrupts off; the task that went to sleep is still
 * `curr` and on_cpu. The own queue's lock is let go meanwhile, and somebody may queue a task.
 */
void newidle_balance(struct rq *this_rq)
{
	const int this_cpu = smp_processor_id();
	int busiest_cpu;

	if (is_inactive(this_cpu))
		return;
	raw_spin_rq_unlock(this_rq);
	busiest_cpu = find_busiest_cpu(this_cpu);
	if (busiest_cpu >= 0)
		load_balance(this_cpu, busiest_cpu);
	raw_spin_rq_lock(this_rq);
}

#if SCHED_SOFTIRQ
static void sched_tick(void)
{
	const int this_cpu = smp_processor_id();
	const int busiest_cpu = find_busiest_cpu(this_cpu);

	ls_timer_start(this_cpu, SCHED_TICK_VECTOR, 1);
	if (busiest_cpu >= 0)
		load_balance(this_cpu, busiest_cpu);
}

void init_sched_fair_class(void)
{
	unsigned int cpu;

	ls_irq_handler(SCHED_TICK_VECTOR, sched_tick);
	for_each_possible_cpu(cpu)
		ls_timer_start(cpu, SCHED_TICK_VECTOR, 1);
}
#else
void init_sched_fair_class(void)
{
}
#endif
