/*
 * The scheduler's core: which task runs where, and how a sleeping one is woken up. Balancing is in
 * kernel/sched_fair.c, moving tasks in kernel/sched_migration.c; kernel/sched.h is theirs together.
 *
 * Modelled
 *   - A run queue for each CPU, under its lock; the classes stop > deadline > FIFO > fair > idle;
 *     need-resched, the reschedule interrupt, and the three preemption models.
 *   - __schedule() in the kernel's order: interrupts off, run queue lock, dequeue of a task that
 *     went to sleep, pick (which, where nothing is left to run, drops the lock to look for work on
 *     other CPUs), switch. The task that was switched away from stays `on_cpu` until the next one
 *     has finished the switch, hence during all of the pick.
 *   - try_to_wake_up() in its separate steps: pi_lock, state, on_rq, the wait for on_cpu, the
 *     choice of a CPU, the enqueue under that CPU's run queue lock; or, with the feature TTWU_QUEUE,
 *     the wake list of that CPU, which queues the task itself when it is interrupted.
 *
 * One step is what is done under one run queue's lock, the taking and releasing of the lock
 * included: what happens in between to the queue nobody else sees, so that the lock may as well be
 * taken at the last moment and released at the first (Lipton, "Reduction", CACM 1975). It stays a
 * step of its own where something is waited for while it is held, or while another lock is held
 * (pi_lock before the run queue's), so that who waits for whom is what it is in the kernel.
 * try_to_wake_up() looks at the state, on_rq and on_cpu without the run queue's lock, under the
 * task's pi_lock: each look is a step. Preemption count and need-resched flag: linux/preempt.h.
 *
 * Not in any particular order are fair tasks: whichever of them runs next, preempts the other when
 * woken up, or is pulled is a choice, so that a run queue keeps them as a set. What follows from
 * virtual run time, groups and load is covered by that, except that it is fair: nobody relies on
 * that here, since a task that may be picked has a continuation in which it is.
 *
 * The wake list is a list of its own, and comes with the reschedule interrupt, as it did until 5.8.
 * Since then it is a part of the list of cross calls (kernel/smp.c), and comes with their interrupt:
 * who is called and who is woken up may then share one. An idle CPU that polls is interrupted, too.
 *
 * Left out: priority inheritance, bandwidth control, changes of class at run time. A deadline task's
 * priority stands for its deadline.
 *
 * Run queues, wake-ups and the switch stay in one file, though a long one: each of them relies on
 * where the steps of the others end.
 *
 * Who calls: schedule(), cond_resched() and so on from tasks; preempt_schedule_irq() from
 * kernel/entry.c, on the way out of an interrupt and for preempt_enable(). The machine has a context
 * of its own for that, so that preemption may be enabled in functions that __schedule() itself calls.
 */
#include <linux/bug.h>
#include <linux/cpu.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/start_kernel.h>
#include <linux/stop_machine.h>
#include "sched.h"
#if defined(LS_HANG_TICKS)
#include <linux/silent_hang.h>
#endif

DEFINE_PER_CPU(int, __preempt_count);
DEFINE_PER_CPU(bool, __need_resched);
#if CONFIG_TRACE_IRQFLAGS
DEFINE_PER_CPU(bool, hardirqs_enabled) = true;
#endif

DEFINE_PER_CPU(struct rq, runqueues);

/* ---- Run queues: parts of atomic steps under the lock ---------------------------------------- */

static bool is_better(const struct task_struct *a, const struct task_struct *b)
{
	if (a->sched_class != b->sched_class)
		return a->sched_class < b->sched_class;
	return a->sched_class < fair_sched_class && a->prio < b->prio;
}

void enqueue_task(struct rq *rq, struct task_struct *p)
{
	struct task_struct **link = &rq->rt;

	p->on_rq = TASK_ON_RQ_QUEUED;
	if (p->sched_class == fair_sched_class) {
		BUG_ON(p->nr >= 64);	/* more fair tasks than cfs has bits */
		rq->cfs |= BIT_ULL(p->nr);
	}
	if (p->sched_class != dl_sched_class && p->sched_class != rt_sched_class)
		return;
	while (*link && !is_better(p, *link))
		link = &(*link)->rt_next;
	p->rt_next = *link;
	*link = p;
}

void dequeue_task(struct rq *rq, struct task_struct *p, int on_rq)
{
	struct task_struct **link = &rq->rt;

	p->on_rq = on_rq;
	if (p->sched_class == fair_sched_class)
		rq->cfs &= ~BIT_ULL(p->nr);
	if (p->sched_class != dl_sched_class && p->sched_class != rt_sched_class)
		return;
	while (*link != p)
		link = &(*link)->rt_next;
	*link = p->rt_next;
	p->rt_next = NULL;
}

/*
 * The interrupt is left out where it would do nothing: in kernel code that is not preemptible, which
 * looks at the flag by itself before it goes back to user code or lets the CPU sleep.
 */
static void resched_curr(struct rq *rq)
{
	const bool interruptible = CONFIG_PREEMPTION || rq->curr->in_user || rq->curr == rq->idle;

	if (per_cpu(__need_resched, rq->cpu))
		return;
	per_cpu(__need_resched, rq->cpu) = true;
	if (rq->cpu != smp_processor_id() && interruptible)
		smp_send_reschedule(rq->cpu);
}

/* p has become runnable. Of two fair tasks either may be the one that should run. */
void wakeup_preempt(struct rq *rq, struct task_struct *p)
{
	const struct task_struct *curr = rq->curr;

	if (is_better(p, curr))
		resched_curr(rq);
	else if (p->sched_class == fair_sched_class && curr->sched_class == fair_sched_class &&
		 p != curr && ls_choose(0, 1))
		resched_curr(rq);
}

void set_task_cpu(struct task_struct *p, int cpu)
{
	p->cpu = cpu;
	p->wake_cpu = cpu;
}

int nr_tasks(u64 set)
{
	int nr = 0;

	for (; set; set &= set - 1)
		nr++;
	return nr;
}

/* One of them, whichever. The set is not empty. */
struct task_struct *any_task(u64 set)
{
	long skip = ls_choose(0, nr_tasks(set) - 1);
	int nr = 0;

	for (; skip; skip--)
		set &= set - 1;
	while (!(set >> nr & 1))
		nr++;
	return ls_task_data(nr);
}

/* ---- Waking up ------------------------------------------------------------------------------- */

/* The task has not been dequeued yet: it need only be told that it should not sleep. */
LS_ATOMIC static bool ttwu_runnable(struct task_struct *p)
{
	struct rq *rq;
	bool queued;

	ls_await(p->on_rq != TASK_ON_RQ_MIGRATING);
	rq = cpu_rq(p->cpu);
	raw_spin_rq_lock(rq);
	queued = p->on_rq == TASK_ON_RQ_QUEUED;
	if (queued && !p->on_cpu)
		wakeup_preempt(rq, p);
	if (queued)
		p->__state = TASK_RUNNING;
	raw_spin_rq_unlock(rq);
	return queued;
}

#if CONFIG_DETECT_HUNG_TASK
/* Looked at without the lock. */
static bool available_idle_cpu(int cpu)
{
	const struct rq *rq = cpu_rq(cpu);

	return rq->curr == rq->idle && !rq->rt && !rq->cfs && !rq->stop->on_rq;
}

/*
 * Where khungtaskd finds a CPU decides whether it reports anything. So with it, a fair task that is
 * woken up goes to an idle CPU if its own is busy, as it does in the kernel.
 */
static int select_idle_sibling(const struct task_struct *p, int target)
{
	int i, cpu;

	for (i = 0; i < nr_cpu_ids && p->sched_class == fair_sched_class; i++) {
		cpu = (target + i) % nr_cpu_ids;
		if (is_cpu_allowed(p, cpu) && available_idle_cpu(cpu))
			return cpu;
	}
	return target;
}
#else
#define select_idle_sibling(p, target) (target)
#endif

#if !CONFIG_HOTPLUG_CPU
/* No mask is without an active CPU: set_cpus_allowed_ptr() refuses such, and CPUs do not go. */
static int select_fallback_rq(struct task_struct *p)
{
	return cpumask_first(&p->cpus_mask);
}
#endif

static int select_task_rq(struct task_struct *p)
{
	return is_cpu_allowed(p, p->wake_cpu) ? select_idle_sibling(p, p->wake_cpu) :
						select_fallback_rq(p);
}

/* Off every run queue and CPU, the task belongs to the holder of its pi_lock. */
LS_ATOMIC static void ttwu_queue(struct task_struct *p)
{
	const int cpu = select_task_rq(p);
	struct rq *rq = cpu_rq(cpu);

	set_task_cpu(p, cpu);
	raw_spin_rq_lock(rq);
	enqueue_task(rq, p);
	wakeup_preempt(rq, p);
	p->__state = TASK_RUNNING;
	raw_spin_rq_unlock(rq);
}

#if SCHED_FEAT_TTWU_QUEUE
static bool cpus_share_cache(int this_cpu, int that_cpu)
{
	return CPUS_SHARE_CACHE || this_cpu == that_cpu;
}

static bool has_nothing_to_run(const struct rq *rq)
{
	return !rq->cfs && !rq->rt && rq->stop->on_rq != TASK_ON_RQ_QUEUED;
}

/* Looked at without the run queue's lock. */
LS_ATOMIC static bool ttwu_queue_cond(struct task_struct *p, int cpu)
{
	/* Who has asked for a stopper relies on it being the next that runs there. */
	if (p->sched_class == stop_sched_class)
		return false;
	if (!is_cpu_allowed(p, cpu))
		return false;
	if (!cpus_share_cache(smp_processor_id(), cpu))
		return true;
	return cpu != smp_processor_id() && has_nothing_to_run(cpu_rq(cpu));
}

/* True: the other CPU queues the task, in an interrupt. Until then it is TASK_WAKING. */
static bool ttwu_queue_wakelist(struct task_struct *p, int cpu)
{
	if (!ttwu_queue_cond(p, cpu))
		return false;
	if (llist_add(&p->wake_entry, &cpu_rq(cpu)->wake_list))
		smp_send_reschedule(cpu);
	return true;
}

/* Oldest first. Nobody else sees the nodes once they are taken. */
LS_ATOMIC static struct llist_node *take_wake_list(struct rq *rq)
{
	struct llist_node *node, *next, *oldest = NULL;

	for (node = llist_del_all(&rq->wake_list); node; node = next) {
		next = node->next;
		node->next = oldest;
		oldest = node;
	}
	return oldest;
}

LS_ATOMIC static void ttwu_activate_all(struct rq *rq, struct llist_node *node)
{
	struct task_struct *p;

	raw_spin_rq_lock(rq);
	while (node) {
		p = llist_entry(node, struct task_struct, wake_entry);
		node = node->next;
		p->wake_entry.next = NULL;
		WARN_ON_ONCE(p->on_cpu);
		WARN_ON_ONCE(p->cpu != rq->cpu);
		enqueue_task(rq, p);
		wakeup_preempt(rq, p);
		p->__state = TASK_RUNNING;
	}
	raw_spin_rq_unlock(rq);
}

/* With interrupts off. */
void sched_ttwu_pending(void)
{
	struct rq *rq = this_rq();
	struct llist_node *tasks = take_wake_list(rq);

	if (tasks)
		ttwu_activate_all(rq, tasks);
}

LS_ATOMIC static int ttwu_select_cpu(struct task_struct *p)
{
	const int cpu = select_task_rq(p);

	set_task_cpu(p, cpu);
	return cpu;
}

/* The CPU on which it went to sleep, in the middle of switching away from it, may queue it there. */
static bool ttwu_queue_on_cpu(struct task_struct *p)
{
	return READ_ONCE(p->on_cpu) && ttwu_queue_wakelist(p, task_cpu(p));
}

static bool ttwu_queue_remote(struct task_struct *p)
{
	return ttwu_queue_wakelist(p, ttwu_select_cpu(p));
}
#else
#define ttwu_queue_on_cpu(p) false
#define ttwu_queue_remote(p) false
#endif

LS_ATOMIC static bool ttwu_queue_and_unlock(struct task_struct *p, unsigned long flags)
{
	ttwu_queue(p);
	return raw_spin_release_irqrestore(&p->pi_lock, flags);
}

/* Whether it is asleep for good; then it is ours to wake up, and nobody looks at its state. */
LS_ATOMIC static bool ttwu_claim_dequeued(struct task_struct *p)
{
	if (p->on_rq)
		return false;
	p->__state = TASK_WAKING;
	return true;
}

/*
 * True if the task sleeps in such a state. If it is the current one it need only stop saying so.
 */
int try_to_wake_up(struct task_struct *p, unsigned int state, int wake_flags __maybe_unused)
{
	unsigned long flags;
	int success = 0;

	if (p == current) {
		if (!(READ_ONCE(p->__state) & state))
			return 0;
		WRITE_ONCE(p->__state, TASK_RUNNING);
		return 1;
	}

	raw_spin_lock_irqsave(&p->pi_lock, flags);
	if (!(READ_ONCE(p->__state) & state))
		goto unlock;
	success = 1;
	while (!ttwu_claim_dequeued(p))
		if (ttwu_runnable(p))
			goto unlock;

	/* It went to sleep, but its CPU may still be in the middle of switching away from it. */
	if (ttwu_queue_on_cpu(p))
		goto unlock;
	ls_await(!READ_ONCE(p->on_cpu));
	if (ttwu_queue_remote(p))
		goto unlock;
	if (ttwu_queue_and_unlock(p, flags))
		__preempt_schedule();
	return 1;
unlock:
	raw_spin_unlock_irqrestore(&p->pi_lock, flags);
	return success;
}

/*
 * For an interrupt on the CPU to which the task is bound, and where nobody else wakes it up. All
 * that the wake-up looks at then changes on this CPU only, which is here; but for the run queue,
 * whose lock it waits for. So it is one step.
 */
LS_ATOMIC void wake_up_bound_thread(struct task_struct *p)
{
	if (!(p->__state & TASK_NORMAL))
		return;
	if (p == current) {
		p->__state = TASK_RUNNING;
		return;
	}
	raw_spin_lock_noirq(&p->pi_lock);
	if (!ttwu_runnable(p)) {
		ls_await(!p->on_cpu);
		ttwu_queue(p);
	}
	raw_spin_unlock_noirq(&p->pi_lock);
}

int wake_up_process(struct task_struct *p)
{
	return try_to_wake_up(p, TASK_NORMAL, 0);
}

int wake_up_state(struct task_struct *p, unsigned int state)
{
	return try_to_wake_up(p, state, 0);
}

/* ---- __schedule() ---------------------------------------------------------------------------- */

#define SM_NONE 0	/* the task itself asks, and may have gone to sleep */
#define SM_PREEMPT 1	/* it is preempted, and stays runnable whatever its state says */

/* Who is next, where it is not the number of a task to switch to. */
enum {
	NEXT_IS_CURR = -1,
	NEXT_IS_NONE = -2,	/* nothing but the idle task */
	NEXT_IS_UNKNOWN = -3,	/* the run queue's lock has to be waited for */
	NO_SCHEDULE = -4,	/* it was not asked for */
	CPU_IS_DEAD = -5,	/* nor will it be */
};

/* NULL: nothing but the idle task. The current task stays queued while it runs. */
static struct task_struct *pick_task(struct rq *rq)
{
	if (rq->stop && rq->stop->on_rq == TASK_ON_RQ_QUEUED)
		return rq->stop;
	if (rq->rt)
		return rq->rt;
	return rq->cfs ? any_task(rq->cfs) : NULL;
}

static void scheduled(void)
{
#if defined(LS_HANG_TICKS)
	this_cpu_write(silent_hang_alive, true);
#endif
}

static int prepare_task_switch(struct rq *rq, struct task_struct *next)
{
	this_cpu_write(__need_resched, false);
	if (next == rq->curr)
		return NEXT_IS_CURR;
	scheduled();
#if CONFIG_DETECT_HUNG_TASK
	rq->curr->switched = true;
#endif
	rq->prev = rq->curr;
	rq->curr = next;
	next->on_cpu = 1;
	return next->nr;
}

/* Takes a task that sleeps off the queue, and says who is next. */
static int pick_next_task(struct rq *rq, int sched_mode)
{
	struct task_struct *next;

	if (sched_mode != SM_PREEMPT && rq->curr->__state != TASK_RUNNING)
		dequeue_task(rq, rq->curr, 0);
	next = pick_task(rq);
	return next ? prepare_task_switch(rq, next) : NEXT_IS_NONE;
}

/*
 * How each call of the scheduler begins: interrupts go off, the run queue is locked, who is next is
 * picked. If the lock is free that is one step; else the wait for it comes in between.
 */
static int schedule_begin(int sched_mode)
{
	struct rq *rq = this_rq();

	local_irq_disable();
	rcu_note_context_switch(sched_mode == SM_PREEMPT);
	return raw_spin_trylock(&rq->lock) ? pick_next_task(rq, sched_mode) : NEXT_IS_UNKNOWN;
}

LS_ATOMIC static int lock_and_pick_next_task(struct rq *rq, int sched_mode)
{
	raw_spin_rq_lock(rq);
	return pick_next_task(rq, sched_mode);
}

/*
 * The idle task, unless some CPU is busy: then look there for work first. (In the kernel a flag of
 * all CPUs together says whether one is, set by the one that becomes busy.)
 */
LS_ATOMIC static int pick_idle_unless_overload(struct rq *rq)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		if (nr_tasks(cpu_rq(cpu)->cfs) >= BUSIEST_NR_RUNNING)
			return NEXT_IS_NONE;
	return prepare_task_switch(rq, rq->idle);
}

/* What has come meanwhile, or the idle task. */
LS_ATOMIC static int pick_next_task_or_idle(struct rq *rq)
{
	struct task_struct *next = pick_task(rq);

	return prepare_task_switch(rq, next ? next : rq->idle);
}

/* Part of an atomic step. A CPU that goes has yet to push its new task away, with interrupts off. */
static void finish_lock_switch(struct rq *rq)
{
#if CONFIG_HOTPLUG_CPU
	const bool pushes = has_to_push(rq);
#else
	const bool pushes = false;
#endif

	raw_spin_rq_unlock(rq);
	if (!pushes)
		local_irq_enable();
}

/*
 * The last of the switch, done by the task that was switched to: now the one before can be woken up
 * elsewhere. Interrupts are on after it. False where no switch is under way: the task was put on
 * its CPU by boot.
 */
LS_ATOMIC static bool finish_task_switch(void)
{
	struct rq *rq = this_rq();

	if (!rq->prev)
		return false;
	rq->prev->on_cpu = 0;
	rq->prev = NULL;
	finish_lock_switch(rq);
	return true;
}

LS_ATOMIC static void finish_without_switch(struct rq *rq)
{
	finish_lock_switch(rq);
}

/* Interrupts were left off for that. */
static void balance_callbacks(void)
{
#if CONFIG_HOTPLUG_CPU
	if (irqs_disabled())
		balance_push(this_rq());
#endif
}

/*
 * After schedule_begin(), with a preemption count of 1 but for the lock's; returns with interrupts
 * on, perhaps on another CPU.
 */
static void __schedule(int sched_mode, int next)
{
	struct rq *rq = this_rq();

	if (next == NEXT_IS_UNKNOWN)
		next = lock_and_pick_next_task(rq, sched_mode);
	if (next == NEXT_IS_NONE)
		next = pick_idle_unless_overload(rq);
	if (next == NEXT_IS_NONE) {
		newidle_balance(rq);
		next = pick_next_task_or_idle(rq);
	}
	if (next == NEXT_IS_CURR) {
		finish_without_switch(rq);
	} else {
		ls_switch_to(next);
		finish_task_switch();
	}
	balance_callbacks();
}

/* A new task finishes the switch to it. The idle task stays unpreemptible. */
static void schedule_tail(void)
{
	const bool switched = finish_task_switch();

	balance_callbacks();
	if (switched && current->sched_class != idle_sched_class)
		preempt_enable();
}

LS_ATOMIC static int schedule_enter(int sched_mode)
{
	if (CONFIG_DEBUG_ATOMIC_SLEEP && (preempt_count() != 0 || irqs_disabled() || ls_in_irq()))
		ls_fail("atomic_sleep", "BUG: scheduling while atomic: %pT", ls_self());
	preempt_count_inc();
	return schedule_begin(sched_mode);
}

LS_ATOMIC static bool schedule_leave(void)
{
	preempt_count_dec();
	return need_resched();
}

void schedule(void)
{
	do {
		__schedule(SM_NONE, schedule_enter(SM_NONE));
	} while (schedule_leave());
}

/* For callers with a preemption count of 1, which they have again afterwards. */
void schedule_preempt_disabled(void)
{
	preempt_count_dec();
	schedule();
	preempt_count_inc();
}

static void preempt_schedule_common(void)
{
	do {
		__schedule(SM_PREEMPT, schedule_enter(SM_PREEMPT));
	} while (schedule_leave());
}

/* Where the caller may sleep. True: it has to give way here, in a kernel that is not preemptible. */
LS_ATOMIC static bool should_resched(void)
{
	if (CONFIG_DEBUG_ATOMIC_SLEEP && (preempt_count() != 0 || rcu_preempt_depth() != 0 ||
					  irqs_disabled() || ls_in_irq()))
		ls_report("atomic_sleep", ls_cpu(), ls_self(),
			  "BUG: sleeping function called from invalid context: %pT", ls_self());
	else
		scheduled();
	return !CONFIG_PREEMPTION && preempt_count() == 0 && !irqs_disabled() && need_resched();
}

int cond_resched(void)
{
	if (!should_resched()) {
		rcu_all_qs();
		return 0;
	}
	preempt_schedule_common();
	return 1;
}

void might_sleep(void)
{
	if (CONFIG_PREEMPT_VOLUNTARY)
		cond_resched();
	else
		should_resched();
}

/* ---- Preemption by an interrupt -------------------------------------------------------------- */

LS_ATOMIC static int preempt_schedule_irq_enter(void)
{
	if (preempt_count() != 0 || !need_resched())
		return NO_SCHEDULE;
	if (!CONFIG_PREEMPTION && !current->in_user)
		return NO_SCHEDULE;
	preempt_count_inc();
	return schedule_begin(SM_PREEMPT);
}

LS_ATOMIC static void preempt_schedule_irq_leave(void)
{
	preempt_count_dec();
	local_irq_disable();
}

void preempt_schedule_irq(void)
{
	int next;

	while ((next = preempt_schedule_irq_enter()) != NO_SCHEDULE) {
		__schedule(SM_PREEMPT, next);
		preempt_schedule_irq_leave();
	}
}

/* ---- The idle task, and how each task begins and ends ---------------------------------------- */

/* The idle task has a preemption count of 1 all the time. */
LS_ATOMIC static int idle_enter(void)
{
	local_irq_disable();
	rcu_idle_enter();
	if (need_resched())
		return schedule_begin(SM_NONE);
	return cpu_is_offline(smp_processor_id()) ? CPU_IS_DEAD : NO_SCHEDULE;
}

static void play_dead(void)
{
#if CONFIG_HOTPLUG_CPU
	cpuhp_report_idle_dead();
	start_secondary();
#endif
}

static int cpu_idle(void *unused __maybe_unused)
{
#if CONFIG_HOTPLUG_CPU
	/* It may also be that the CPU goes before it has ever been idle. */
	if (current->created_parked)
		start_secondary();
#endif
	for (;;) {
		const int next = idle_enter();

		if (next == NO_SCHEDULE)
			ls_halt();
		else if (next == CPU_IS_DEAD)
			play_dead();
		else
			__schedule(SM_NONE, next);
	}
	return 0;
}

/* Else it was sent for what happens on the way out of the interrupt. */
static void scheduler_ipi(void)
{
	sched_ttwu_pending();
}

void ls_task_start(void)
{
	schedule_tail();
}

/* Under pi_lock, so that no wake-up for an earlier sleep is under way. */
LS_ATOMIC void set_special_state(unsigned int state)
{
	ls_await(current->pi_lock.owner == 0);
	current->__state = state;
}

/* What a function that forgets to give back leaves behind shows at the latest here. */
static void exit_check_context(void)
{
	if (preempt_count() == 0 && !irqs_disabled())
		return;
	ls_report("preempt_leak", ls_cpu(), ls_self(), "note: %pT exited with %s", ls_self(),
		  irqs_disabled() ? "irqs disabled" : "preempt_count");
	local_irq_enable();
	this_cpu_write(__preempt_count, 0);
}

void ls_task_exit(void)
{
	exit_check_context();
	set_special_state(TASK_DEAD);
	__schedule(SM_NONE, schedule_enter(SM_NONE));
	BUG();
}

/* ---- Boot ------------------------------------------------------------------------------------ */

int sched_setscheduler(struct task_struct *p, int policy, const struct sched_param *param)
{
	BUG_ON(p->on_rq);
	if (policy == SCHED_NORMAL) {
		p->sched_class = fair_sched_class;
		p->prio = DEFAULT_PRIO;
	} else {
		p->sched_class = policy == SCHED_DEADLINE ? dl_sched_class : rt_sched_class;
		p->prio = MAX_RT_PRIO - 1 - param->sched_priority;
	}
	return 0;
}

void sched_set_stop_task(int cpu, struct task_struct *stop)
{
	stop->sched_class = stop_sched_class;
	stop->prio = 0;
	cpu_rq(cpu)->stop = stop;
}

struct task_struct *stop_task(int cpu)
{
	return cpu_rq(cpu)->stop;
}

static void init_idle(int cpu)
{
	static DEFINE_PER_CPU(struct task_struct, idle_tasks);
	struct task_struct *idle = per_cpu_ptr(&idle_tasks, cpu);
	struct rq *rq = cpu_rq(cpu);

	kthread_init_task(idle, cpu_idle, NULL, cpu, 1UL << cpu, 0, LS_DAEMON, "swapper/%d");
	idle->sched_class = idle_sched_class;
	idle->__state = TASK_RUNNING;
	idle->on_rq = TASK_ON_RQ_QUEUED;
	idle->on_cpu = 1;
#if CONFIG_HOTPLUG_CPU
	idle->is_per_cpu = true;
	idle->created_parked = !cpu_online(cpu);
	rq->balance_push = !cpu_online(cpu);
#endif
	rq->cpu = cpu;
	rq->idle = idle;
	rq->curr = idle;
	per_cpu(__preempt_count, cpu) = 1;
	ls_run(cpu, idle->nr);
}

void start_task(struct task_struct *p, int cpu)
{
	struct rq *rq = cpu_rq(cpu);

	BUG_ON(!cpumask_test_cpu(cpu, &p->cpus_mask));
	p->__state = TASK_RUNNING;
	set_task_cpu(p, cpu);
	enqueue_task(rq, p);
	if (rq->curr != rq->idle) {
		BUG_ON(is_better(p, rq->curr));	/* the best class is to be started first */
		return;
	}
	rq->idle->on_cpu = 0;
	rq->curr = p;
	p->on_cpu = 1;
	per_cpu(__preempt_count, cpu) = 0;
	ls_run(cpu, p->nr);
}

int early_initcall_cpu_stop_init(void);

void start_kernel_maxcpus(unsigned int max_cpus)
{
	unsigned int cpu;

	boot_cpu_init(max_cpus);
	ls_irq_handler(RESCHEDULE_VECTOR, scheduler_ipi);
	for_each_possible_cpu(cpu)
		init_idle(cpu);
	init_sched_fair_class();
	early_initcall_cpu_stop_init();
#if CONFIG_HOTPLUG_CPU
	cpuhp_threads_init();
#endif
	for (cpu = 0; cpu < max_cpus; cpu++)
		stop_machine_unpark(cpu);
}

void start_kernel(void)
{
	start_kernel_maxcpus(nr_cpu_ids);
}
