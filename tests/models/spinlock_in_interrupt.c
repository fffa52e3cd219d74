/*
 * A lock that is also taken in an interrupt: without interrupts off around it the CPU waits for
 * itself. Another CPU's interrupt only waits a little.
 *
 * expect --cpus 1 -D IRQS_OFF: holds
 * expect --cpus 1: violated spinlock cpu=0 task=plain/0
 * expect --cpus 1 -D CONFIG_DEBUG_SPINLOCK=0: violated deadlock permanent
 * expect --cpus 2 -D CONFIG_DEBUG_SPINLOCK=0 -D OTHER_CPU: holds
 */
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/spinlock.h>
#include <linux/start_kernel.h>

static DEFINE_SPINLOCK(lock);
static int in_section;

static void handler(void)
{
	spin_lock(&lock);
	in_section++;
	ls_assert(in_section == 1);
	in_section--;
	spin_unlock(&lock);
}

static int plain(void *unused __maybe_unused)
{
#ifdef IRQS_OFF
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
#else
	spin_lock(&lock);
#endif
	in_section++;
	ls_assert(in_section == 1);
	in_section--;
#ifdef IRQS_OFF
	spin_unlock_irqrestore(&lock, flags);
	ls_assert(!irqs_disabled());
#else
	spin_unlock(&lock);
#endif
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	ls_irq_handler(SCENARIO_VECTOR, handler);
#ifdef OTHER_CPU
	ls_irq_raise(1, SCENARIO_VECTOR);
#else
	ls_irq_raise(0, SCENARIO_VECTOR);
#endif
	start_task(kthread_create_on_cpu(plain, NULL, 0, "plain/%d"), 0);
}
