/*
 * 8. Preemption in a critical section (buggy)
 *
 * Question: each CPU has a counter of its own, which only tasks on this CPU add to. So nobody needs a
 *           lock?
 * Command:  lockstep check 08_preemption/buggy.c --cpus 1 -D CONFIG_PREEMPT_FULL
 * See:      violated: assertion. An interrupt wakes up the urgent task between the read and the write;
 *           it preempts the other one, adds, and its addition is overwritten: lesson 1 on one CPU.
 *           Without CONFIG_PREEMPT_FULL it holds.
 *
 * expect --cpus 1 -D CONFIG_PREEMPT_FULL: violated assertion
 * expect --cpus 1 -D CONFIG_PREEMPT_NONE: holds
 */
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/start_kernel.h>

static DEFINE_PER_CPU(int, events);
static struct task_struct *urgent;
static int finished;

static void count_event(void)
{
	int seen = this_cpu_read(events);

	this_cpu_write(events, seen + 1);
}

static int task(void *unused)
{
	count_event();
	if (++finished == 2)
		ls_assert(per_cpu(events, 0) == 2);
	return 0;
}

static void device_interrupt(void)
{
	wake_up_process(urgent);
}

void ls_boot(void)
{
	const struct sched_param param = { .sched_priority = 50 };

	start_kernel();
	urgent = kthread_create_on_cpu(task, NULL, 0, "urgent");
	sched_setscheduler(urgent, SCHED_FIFO, &param);
	start_task(kthread_create_on_cpu(task, NULL, 0, "usual"), 0);
	ls_irq_handler(SCENARIO_VECTOR, device_interrupt);
	ls_irq_raise(0, SCENARIO_VECTOR);
}
