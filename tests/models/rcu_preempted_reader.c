/*
 * In a preemptible kernel a reader that was preempted holds up the grace period by itself: the
 * stall detector lists the task (its CPU switches tasks, and owes nothing), after 21 s, and again
 * after three times that. A task of a better class keeps it from running for WAIT ticks of 4 s. -D
 * OUTSIDE: it was preempted behind its reader. -D BLOCK_FIRST: it is listed first as a CPU that
 * owes a quiescent state, since it does not let itself be preempted for 28 s, and as a task when
 * the second report comes. (The thread has another CPU for itself; else it is starved, which is
 * said when the reader is through.)
 *
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL -D RCU_KTHREAD_CPUMASK=2 -D WAIT=7 --all: violated rcu_stall transient task=reader message=rcu:*rcu_preempt*detected*stalls*on*CPUs/tasks:*P1002*[reader]
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL -D RCU_KTHREAD_CPUMASK=2 -D WAIT=5: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL -D RCU_KTHREAD_CPUMASK=2 -D WAIT=7 -D OUTSIDE: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL -D RCU_KTHREAD_CPUMASK=2 -D WAIT=16 -D BLOCK_FIRST --all: violated rcu_stall transient cpu=0 task=reader; rcu_stall transient task=reader message=*P1002*
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL -D RCU_KTHREAD_CPUMASK=2 -D WAIT=14 -D BLOCK_FIRST --all: violated rcu_stall transient cpu=0 task=reader
 */
#include <linux/kthread.h>
#include <linux/rcupdate.h>
#include <linux/start_kernel.h>

static struct task_struct *hog_task;

static int hog(void *unused __maybe_unused)
{
	ls_delay(WAIT);
	return 0;
}

static int reader(void *unused __maybe_unused)
{
#ifdef BLOCK_FIRST
	preempt_disable();
	rcu_read_lock();
	ls_delay(7);
	preempt_enable();
#else
	rcu_read_lock();
#endif
#ifdef OUTSIDE
	rcu_read_unlock();
#endif
	wake_up_process(hog_task);
#ifndef OUTSIDE
	rcu_read_unlock();
#endif
	return 0;
}

void ls_boot(void)
{
	const struct sched_param param = { .sched_priority = 50 };

	start_kernel();
	rcu_init();
	rcu_gp_start();
	start_task(kthread_create_on_cpu(reader, NULL, 0, "reader"), 0);
	hog_task = kthread_create_on_cpu(hog, NULL, 0, "hog");
	sched_setscheduler(hog_task, SCHED_FIFO, &param);
}
