/*
 * 9. Priority and starvation (buggy)
 *
 * Question: a task of low priority holds a lock that one of high priority wants. Both run on the same
 *           CPU. The second spins for the lock, and whoever has it will release it, will he not?
 * Command:  lockstep check 09_priority/buggy.c --cpus 1 -D CONFIG_PREEMPT_FULL
 * See:      violated: deadlock. The one who waits keeps the owner from the CPU.
 *
 * expect --cpus 1 -D CONFIG_PREEMPT_FULL: violated deadlock permanent cpu=0
 * expect --cpus 1 -D CONFIG_PREEMPT_NONE: holds
 */
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/processor.h>
#include <linux/sched.h>
#include <linux/start_kernel.h>

static struct task_struct *high;
static bool locked;

LS_ATOMIC static bool test_and_set(bool *flag)
{
	bool old = *flag;

	*flag = true;
	return old;
}

static void lock(void)
{
	while (test_and_set(&locked))
		cpu_relax();
}

static void unlock(void)
{
	locked = false;
}

static int task(void *unused)
{
	lock();
	unlock();
	return 0;
}

static void device_interrupt(void)
{
	wake_up_process(high);
}

void ls_boot(void)
{
	const struct sched_param param = { .sched_priority = 50 };

	start_kernel();
	high = kthread_create_on_cpu(task, NULL, 0, "high");
	sched_setscheduler(high, SCHED_FIFO, &param);
	start_task(kthread_create_on_cpu(task, NULL, 0, "low"), 0);
	ls_irq_handler(SCENARIO_VECTOR, device_interrupt);
	ls_irq_raise(0, SCENARIO_VECTOR);
}
