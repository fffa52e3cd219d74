/*
 * Sleeping with a spinlock held, or with interrupts off.
 *
 * expect --cpus 1: violated atomic_sleep cpu=0 task=sleeper
 * expect --cpus 1 -D CONFIG_PREEMPT_FULL: violated atomic_sleep cpu=0 task=sleeper
 * expect --cpus 1 -D WITH_IRQS_OFF: violated atomic_sleep cpu=0 task=sleeper
 * expect --cpus 1 -D OUTSIDE: holds
 */
#include <linux/kthread.h>
#include <linux/spinlock.h>
#include <linux/start_kernel.h>

static DEFINE_SPINLOCK(lock);

static int sleeper(void *unused __maybe_unused)
{
#if defined(WITH_IRQS_OFF)
	local_irq_disable();
	cond_resched();
	local_irq_enable();
#elif defined(OUTSIDE)
	spin_lock(&lock);
	spin_unlock(&lock);
	cond_resched();
#else
	spin_lock(&lock);
	cond_resched();
	spin_unlock(&lock);
#endif
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	start_task(kthread_create(sleeper, NULL, "sleeper"), 0);
}
