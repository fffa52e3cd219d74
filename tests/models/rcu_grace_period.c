/*
 * What synchronize_rcu() has waited for may be freed: no reader that could have found it is left.
 * Without the wait one may be (-D NO_WAIT). A grace period that was in progress at the call (-D
 * IN_PROGRESS) is not enough: the reader may have begun after its own CPU was through with that. Of
 * two who wait (-D TWO_UPDATERS) both get what they ask for. On one CPU the updater comes between
 * where the reader can be preempted; it is woken up by an interrupt. No reader takes long, and so
 * does no grace period.
 *
 * expect --cpus 2 -D RCU_KTHREAD_CPUMASK=2: holds
 * expect --cpus 2: holds
 * expect --cpus 2 -D NO_WAIT: violated assertion cpu=0 task=reader
 * expect --cpus 2 -D RCU_KTHREAD_CPUMASK=2 -D IN_PROGRESS: holds
 * expect-long --cpus 2 -D RCU_KTHREAD_CPUMASK=2 -D TWO_UPDATERS: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL -D RCU_KTHREAD_CPUMASK=2: holds
 * expect-long --cpus 2 -D CONFIG_PREEMPT_FULL -D RCU_KTHREAD_CPUMASK=2 -D IN_PROGRESS: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL -D NO_WAIT: violated assertion task=reader
 * expect --cpus 1: holds
 * expect --cpus 1 -D NO_WAIT: holds
 * expect --cpus 1 -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 1 -D CONFIG_PREEMPT_FULL -D IN_PROGRESS: holds
 * expect --cpus 1 -D CONFIG_PREEMPT_FULL -D TWO_UPDATERS: holds
 * expect --cpus 1 -D CONFIG_PREEMPT_FULL -D NO_WAIT: violated assertion cpu=0 task=reader
 */
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/rcupdate.h>
#include <linux/start_kernel.h>

struct thing {
	bool freed;
};

static struct thing old, new;
static struct thing *shared = &old;
static struct task_struct *updater_task;

static int reader(void *unused __maybe_unused)
{
	struct thing *found;

	cond_resched();
	rcu_read_lock();
	found = READ_ONCE(shared);
	rcu_read_lock();
	ls_assert(!found->freed);
	rcu_read_unlock();
	ls_assert(!found->freed);
	rcu_read_unlock();
	return 0;
}

static int updater(void *unused __maybe_unused)
{
#ifndef NO_WAIT
	const ls_time_t called = ls_now();
#endif

	WRITE_ONCE(shared, &new);
#ifndef NO_WAIT
	synchronize_rcu();
	ls_assert(ls_now() == called);
#endif
	old.freed = true;
	return 0;
}

static void start_updater(void)
{
	wake_up_process(updater_task);
}

#ifdef TWO_UPDATERS
static int second_updater(void *unused __maybe_unused)
{
	synchronize_rcu();
	return 0;
}
#endif

void ls_boot(void)
{
	const struct sched_param param = { .sched_priority = 50 };

	start_kernel();
	rcu_init();
#ifdef IN_PROGRESS
	rcu_gp_start();
#endif
	start_task(kthread_create_on_cpu(reader, NULL, 0, "reader"), 0);
	updater_task = kthread_create_on_cpu(updater, NULL, nr_cpu_ids - 1, "updater");
	if (NR_CPUS > 1) {
		start_task(updater_task, nr_cpu_ids - 1);
	} else {
		sched_setscheduler(updater_task, SCHED_FIFO, &param);
		ls_irq_handler(SCENARIO_VECTOR, start_updater);
		ls_irq_raise(0, SCENARIO_VECTOR);
	}
#ifdef TWO_UPDATERS
	start_task(kthread_create_on_cpu(second_updater, NULL, 0, "second"), 0);
#endif
}
