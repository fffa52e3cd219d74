/*
 * 14. The wake_q chain (fixed)
 *
 * Queueing and waking up are one section without preemption: whoever notes down a stopper wakes it up
 * before anything else runs on his CPU (2610e8894663).
 *
 * Command: lockstep check 14_wake_q/fixed.c -D CONFIG_PREEMPT_FULL
 * See:     holds.
 *
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_NONE: holds
 */
#include <linux/kthread.h>
#include <linux/processor.h>
#include <linux/sched.h>
#include <linux/sched/wake_q.h>
#include <linux/spinlock.h>
#include <linux/start_kernel.h>

static struct task_struct *stoppers[2];
static DEFINE_SPINLOCK(queues);
static bool alone[2], together[2], arrived[2];	/* works for each CPU's stopper; who is at the meeting */

/* A thread that nothing on its CPU can preempt, and that has two kinds of work: one alone, one together. */
static int stopper(void *number)
{
	const int self = (long)number;

	for (;;) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		if (!READ_ONCE(alone[self]) && !READ_ONCE(together[self])) {
			schedule();
			continue;
		}
		__set_current_state(TASK_RUNNING);
		alone[self] = false;
		if (READ_ONCE(together[self])) {
			WRITE_ONCE(arrived[self], true);
			while (!READ_ONCE(arrived[!self]))
				cpu_relax();
			together[self] = false;
		}
	}
}

/* stop_two_cpus() */
static int pair(void *unused)
{
	DEFINE_WAKE_Q(wakeq);

	preempt_disable();
	spin_lock(&queues);
	together[0] = together[1] = true;
	wake_q_add(&wakeq, stoppers[1]);
	wake_q_add(&wakeq, stoppers[0]);
	spin_unlock(&queues);
	wake_up_q(&wakeq);
	preempt_enable();
	return 0;
}

/* stop_one_cpu() */
static int one(void *unused)
{
	DEFINE_WAKE_Q(wakeq);

	preempt_disable();
	spin_lock(&queues);
	alone[1] = true;
	wake_q_add(&wakeq, stoppers[1]);
	spin_unlock(&queues);
	wake_up_q(&wakeq);
	preempt_enable();
	return 0;
}

void ls_boot(void)
{
	const struct sched_param param = { .sched_priority = 99 };

	start_kernel();
	for (long cpu = 0; cpu < 2; cpu++) {
		stoppers[cpu] = kthread_create_daemon_on_cpu(stopper, (void *)cpu, cpu, "stopper/%d");
		sched_setscheduler(stoppers[cpu], SCHED_FIFO, &param);
	}
	start_task(kthread_create_on_cpu(pair, NULL, 1, "pair"), 1);
	start_task(kthread_create_on_cpu(one, NULL, 0, "one"), 0);
}
