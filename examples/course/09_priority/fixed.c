/*
 * 9. Priority and starvation (fixed)
 *
 * Who waits sleeps, and so gives the CPU to whoever has what he waits for: a mutex.
 *
 * Command: lockstep check 09_priority/fixed.c --cpus 1 -D CONFIG_PREEMPT_FULL
 * See:     holds.
 *
 * expect --cpus 1 -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 1 -D CONFIG_PREEMPT_NONE: holds
 */
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/start_kernel.h>

static struct task_struct *high;
static DEFINE_MUTEX(lock);

static int task(void *unused)
{
	mutex_lock(&lock);
	mutex_unlock(&lock);
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
