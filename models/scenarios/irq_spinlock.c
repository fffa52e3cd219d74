/*
 * A spinlock that is taken in an interrupt, too. A task on CPU 0 holds it when the interrupt
 * comes to the same CPU: the interrupt waits for the task, which does not run before the
 * interrupt is over. With two CPUs another task waits on the other one, and is stuck with it.
 *
 * -D IRQSAVE: the tasks turn interrupts off around the section. -D OTHER_CPU: the interrupt comes
 * to the other CPU only, where nobody holds the lock; it waits a little.
 *
 * CONFIG_DEBUG_SPINLOCK reports the lock that is taken twice; without it there is the lock-up
 * alone. CPU 0 has interrupts off, and is reported by NMI if at all; CPU 1 by its timer.
 *
 * expect --cpus 1: violated spinlock cpu=0 task=reader/0
 * expect --cpus 1 --all: violated spinlock cpu=0 task=reader/0; deadlock permanent cpu=0 task=reader/0
 * expect --cpus 1 -D CONFIG_DEBUG_SPINLOCK=0: violated deadlock permanent cpu=0 task=reader/0
 * expect --cpus 1 --all -D CONFIG_DEBUG_SPINLOCK=0 -D CONFIG_LOCKUP_DETECTOR: violated deadlock permanent cpu=0 task=reader/0
 * expect --cpus 1 --all -D CONFIG_DEBUG_SPINLOCK=0 -D CONFIG_HARDLOCKUP_DETECTOR_PERF: violated deadlock permanent cpu=0 task=reader/0; hard_lockup permanent cpu=0 task=reader/0
 * expect --cpus 1 -D CONFIG_DEBUG_SPINLOCK=0 -D CONFIG_PREEMPT_FULL: violated deadlock permanent cpu=0 task=reader/0
 * expect --cpus 2 -D CONFIG_DEBUG_SPINLOCK=0: violated deadlock permanent
 * expect --cpus 2 --all -D CONFIG_DEBUG_SPINLOCK=0 -D CONFIG_HARDLOCKUP_DETECTOR_PERF: violated deadlock permanent; hard_lockup permanent cpu=0 task=reader/0; soft_lockup permanent cpu=1 task=reader/1
 * expect --cpus 1 -D IRQSAVE: holds
 * expect --cpus 2 -D IRQSAVE: holds
 * expect --cpus 2 -D IRQSAVE -D CONFIG_HARDLOCKUP_DETECTOR_PERF: holds
 * expect --cpus 2 -D IRQSAVE -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 2 -D OTHER_CPU: holds
 */
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/nmi.h>
#include <linux/spinlock.h>
#include <linux/start_kernel.h>

#if defined(OTHER_CPU) && NR_CPUS < 2
#error "there is no other CPU: at least --cpus 2"
#endif

static DEFINE_SPINLOCK(ring_lock);
static int received;

static void device_irq(void)
{
	spin_lock(&ring_lock);
	received++;
	spin_unlock(&ring_lock);
}

static int reader(void *unused __maybe_unused)
{
#ifdef IRQSAVE
	unsigned long flags;

	spin_lock_irqsave(&ring_lock, flags);
	received = 0;
	spin_unlock_irqrestore(&ring_lock, flags);
#else
	spin_lock(&ring_lock);
	received = 0;
	spin_unlock(&ring_lock);
#endif
	return 0;
}

/* The interrupt is pending from the beginning: it comes at any time. */
void ls_boot(void)
{
	start_kernel();
#if CONFIG_LOCKUP_DETECTOR
	lockup_detector_init();
#endif
	ls_irq_handler(SCENARIO_VECTOR, device_irq);
	start_task(kthread_create_on_cpu(reader, NULL, 0, "reader/%d"), 0);
#ifdef OTHER_CPU
	ls_irq_raise(1, SCENARIO_VECTOR);
#else
	ls_irq_raise(0, SCENARIO_VECTOR);
#if NR_CPUS > 1
	start_task(kthread_create_on_cpu(reader, NULL, 1, "reader/%d"), 1);
#endif
#endif
}
