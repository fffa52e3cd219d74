/* Tasks and the scheduler; kernel/sched.c says how it behaves. */
#ifndef _LINUX_SCHED_H
#define _LINUX_SCHED_H

#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/smp.h>
#include <linux/spinlock_types.h>
#if CONFIG_HOTPLUG_CPU
#include <linux/completion.h>
#endif

#ifndef LOCKSTEP_NO_SOURCES
#pragma lockstep source "kernel/sched.c"
#endif

#define TASK_RUNNING 0x0000
#define TASK_INTERRUPTIBLE 0x0001
#define TASK_UNINTERRUPTIBLE 0x0002
#define TASK_PARKED 0x0040
#define TASK_DEAD 0x0080
#define TASK_WAKEKILL 0x0100
#define TASK_WAKING 0x0200
#define TASK_NOLOAD 0x0400
#define TASK_KILLABLE (TASK_WAKEKILL | TASK_UNINTERRUPTIBLE)
#define TASK_IDLE (TASK_UNINTERRUPTIBLE | TASK_NOLOAD)
#define TASK_NORMAL (TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE)

#define TASK_ON_RQ_QUEUED 1
#define TASK_ON_RQ_MIGRATING 2

#define SCHED_NORMAL 0
#define SCHED_FIFO 1
#define SCHED_DEADLINE 6

#define MAX_RT_PRIO 100
#define DEFAULT_PRIO 120

struct sched_param {
	int sched_priority;
};

/* From the one that beats all others to the one that runs when nobody else wants to. */
enum sched_class {
	stop_sched_class,
	dl_sched_class,
	rt_sched_class,
	fair_sched_class,
	idle_sched_class,
};

struct wake_q_node {
	struct wake_q_node *next;	/* NULL: in nobody's wake_q */
};

struct set_affinity_pending;

struct task_struct {
	unsigned int __state;
	int on_rq;			/* 0, TASK_ON_RQ_QUEUED or TASK_ON_RQ_MIGRATING */
	int on_cpu;			/* a CPU runs it, or has not finished switching away */
	int cpu;			/* whose run queue it is on, or was on last */
	int wake_cpu;			/* where it wants to wake up */
	raw_spinlock_t pi_lock;
	cpumask_t cpus_mask;		/* written under pi_lock and the run queue's lock */
	struct set_affinity_pending *migration_pending;
	enum sched_class sched_class;
	int prio;			/* within the class; less is better */
	struct task_struct *rt_next;	/* behind it on the run queue (not of fair tasks) */
	struct wake_q_node wake_q;
#if SCHED_FEAT_TTWU_QUEUE
	struct llist_node wake_entry;	/* on a CPU's wake list, while TASK_WAKING */
#endif
	bool in_user;			/* runs user code; else kernel code */
#if CONFIG_DETECT_HUNG_TASK
	bool switched;			/* out, since khungtaskd last saw it asleep */
#endif
#if CONFIG_HOTPLUG_CPU
	bool is_per_cpu;		/* belongs to a CPU's own threads, and stays when it goes */
	bool should_park;		/* kthread_park(): asked to sleep until unparked */
	bool created_parked;		/* has slept so since it was made, or its CPU has (idle task) */
	struct completion parked;	/* it does */
#endif
#if CONFIG_PREEMPTION
	int rcu_read_lock_nesting;	/* RCU readers within each other; counted after rcu_init() */
#endif
	int nr;				/* its number, as ls_task() gave it */
	pid_t pid;
};

#if CONFIG_DETECT_HUNG_TASK
extern int nr_threads;			/* there are tasks 0 to nr_threads - 1 */
#endif

#define current ((struct task_struct *)ls_task_data(ls_self()))

#define set_current_state(state) WRITE_ONCE(current->__state, state)
#define __set_current_state(state) set_current_state(state)

static inline int task_cpu(const struct task_struct *p)
{
	return READ_ONCE(p->cpu);
}

LS_ATOMIC static inline bool need_resched(void)
{
	return this_cpu_read(__need_resched);
}

void schedule(void);
void schedule_preempt_disabled(void);
int cond_resched(void);
void might_sleep(void);
void preempt_schedule_irq(void);

int try_to_wake_up(struct task_struct *p, unsigned int state, int wake_flags);
int wake_up_process(struct task_struct *p);
void wake_up_bound_thread(struct task_struct *p);
int wake_up_state(struct task_struct *p, unsigned int state);

int sched_setscheduler(struct task_struct *p, int policy, const struct sched_param *param);
void sched_set_stop_task(int cpu, struct task_struct *stop);
void set_special_state(unsigned int state);
unsigned long wait_task_inactive(struct task_struct *p, unsigned int match_state);
int set_cpus_allowed_ptr(struct task_struct *p, const struct cpumask *new_mask);
int migrate_swap(struct task_struct *cur, struct task_struct *p, int target_cpu, int curr_cpu);

#endif
