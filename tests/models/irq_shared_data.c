/*
 * A counter that a task and an interrupt's handler increment. On one CPU the task has to turn
 * interrupts off; with two CPUs there has to be a lock, too.
 *
 * expect --cpus 1: violated assertion
 * expect --cpus 1 -D IRQSAVE: holds
 * expect --cpus 2 -D IRQSAVE: violated assertion
 * expect --cpus 2 -D LOCK: holds
 * expect --cpus 1 -D LOCK: holds
 * expect --cpus 1 -D DISABLE_IRQ: holds
 * expect --cpus 2 -D DISABLE_IRQ: holds
 */
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/spinlock.h>
#include <linux/start_kernel.h>

#define DEVICE_IRQ (SCENARIO_VECTOR + 1)

static DEFINE_SPINLOCK(lock);
static int packets;
static bool handled;

static void count(void)
{
	const int seen = READ_ONCE(packets);

	WRITE_ONCE(packets, seen + 1);
}

static irqreturn_t device_interrupt(int irq __maybe_unused, void *dev_id __maybe_unused)
{
#ifdef LOCK
	spin_lock(&lock);
#endif
	count();
#ifdef LOCK
	spin_unlock(&lock);
#endif
	WRITE_ONCE(handled, true);
	return IRQ_HANDLED;
}

static int driver(void *unused __maybe_unused)
{
	unsigned long flags __maybe_unused;

	irq_inject_interrupt(DEVICE_IRQ);
#if defined(IRQSAVE)
	local_irq_save(flags);
	count();
	local_irq_restore(flags);
#elif defined(LOCK)
	spin_lock_irqsave(&lock, flags);
	count();
	spin_unlock_irqrestore(&lock, flags);
#elif defined(DISABLE_IRQ)
	disable_irq(DEVICE_IRQ);
	count();
	enable_irq(DEVICE_IRQ);
#else
	count();
#endif
	while (!READ_ONCE(handled))
		cpu_relax();
	ls_assert(packets == 2);
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	request_irq(DEVICE_IRQ, device_interrupt, 0, "device", NULL);
	irq_set_affinity(DEVICE_IRQ, cpumask_of(nr_cpu_ids - 1));
	start_task(kthread_create_on_cpu(driver, NULL, 0, "driver"), 0);
}
