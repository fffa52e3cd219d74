/*
 * What the scheduler's files share: the run queue, and what is done to it under its lock.
 *
 *   sched.c            run queues, classes, wake-ups, __schedule(), preemption, boot
 *   sched_fair.c       balancing of fair tasks
 *   sched_migration.c  affinity, and moving tasks to where they may run; migrate_swap()
 *   sched_hotplug.c    CPUs that come and go (CONFIG_HOTPLUG_CPU)
 */
#ifndef _KERNEL_SCHED_H
#define _KERNEL_SCHED_H

#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/stop_machine.h>
#if CONFIG_HOTPLUG_CPU
#include <linux/rcuwait.h>
#endif

#ifndef LOCKSTEP_NO_SOURCES
#pragma lockstep source "kernel/sched_fair.c"
#pragma lockstep source "kernel/sched_migration.c"
#if CONFIG_HOTPLUG_CPU
#pragma lockstep source "kernel/sched_hotplug.c"
#endif
#endif

/* How many fair tasks make a CPU a busy one, from which an idle CPU takes work. */
#ifndef BUSIEST_NR_RUNNING
#define BUSIEST_NR_RUNNING 2
#endif

struct rq {
	raw_spinlock_t lock;		/* of all that follows */
	int cpu;
	struct task_struct *curr;	/* never NULL */
	struct task_struct *prev;	/* being switched away from; NULL: no switch under way */
	struct task_struct *idle;
	struct task_struct *stop;	/* the stopper; runnable if its on_rq says so */
	struct task_struct *rt;		/* deadline and FIFO tasks, the best first */
	u64 cfs;			/* fair tasks: bit n stands for task n */

#if SCHED_FEAT_TTWU_QUEUE
	struct llist_head wake_list;	/* tasks that this CPU is to queue; not under the lock */
#endif
	bool active_balance;		/* active_balance_work is queued */
	int push_cpu;
	struct cpu_stop_work active_balance_work;
#if CONFIG_HOTPLUG_CPU
	bool balance_push;		/* while the CPU goes: balance_push() after each schedule */
	struct rcuwait hotplug_wait;	/* waits until nothing but itself runs here */
#endif
};

DECLARE_PER_CPU(struct rq, runqueues);

#define cpu_rq(cpu) per_cpu_ptr(&runqueues, cpu)
#define this_rq() this_cpu_ptr(&runqueues)

/* About to go, or not quite there yet. */
#define is_inactive(cpu) (CONFIG_HOTPLUG_CPU && !cpu_active(cpu))

/* With interrupts off, also as parts of an atomic step. */
#define raw_spin_rq_lock(rq) raw_spin_lock_noirq(&(rq)->lock)
#define raw_spin_rq_unlock(rq) raw_spin_unlock_noirq(&(rq)->lock)

/* kernel/sched.c: parts of atomic steps under the lock. */
void enqueue_task(struct rq *rq, struct task_struct *p);
void dequeue_task(struct rq *rq, struct task_struct *p, int on_rq);
void wakeup_preempt(struct rq *rq, struct task_struct *p);
void set_task_cpu(struct task_struct *p, int cpu);
int nr_tasks(u64 set);
struct task_struct *any_task(u64 set);

/* Parts of atomic steps; and where a task goes that may not be where it wants to be. */
#if CONFIG_HOTPLUG_CPU
bool is_cpu_allowed(const struct task_struct *p, int cpu);
int select_fallback_rq(struct task_struct *p);
#else
static inline bool is_cpu_allowed(const struct task_struct *p, int cpu)
{
	return cpumask_test_cpu(cpu, &p->cpus_mask);
}
#endif

#if SCHED_FEAT_TTWU_QUEUE
void sched_ttwu_pending(void);
#else
#define sched_ttwu_pending() do { } while (0)
#endif

/* kernel/sched_fair.c */
void attach_one_task(struct rq *rq, struct task_struct *p);
void newidle_balance(struct rq *this_rq);
void init_sched_fair_class(void);

/* kernel/sched_hotplug.c: the first is a part of an atomic step. */
#if CONFIG_HOTPLUG_CPU
bool has_to_push(struct rq *rq);
void balance_push(struct rq *rq);
#endif

#endif
