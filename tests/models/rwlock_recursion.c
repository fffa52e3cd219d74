/*
 * A reader that takes the lock again, inside. With the unfair lock it may, always. With the fair
 * one (-D CONFIG_QUEUED_SPINLOCKS) it queues behind a writer that waits for it: both are stuck, the
 * writer with interrupts off. Only in an interrupt (-D IN_INTERRUPT) it gets in. -D ONCE: the
 * reader takes it but once. -D TRY: the second time it only tries.
 *
 * expect --cpus 2: holds
 * expect --cpus 2 -D IN_INTERRUPT: holds
 * expect --cpus 1 -D CONFIG_QUEUED_SPINLOCKS: holds
 * expect --cpus 2 -D CONFIG_QUEUED_SPINLOCKS: violated deadlock permanent
 * expect --cpus 2 --all -D CONFIG_QUEUED_SPINLOCKS -D CONFIG_HARDLOCKUP_DETECTOR_PERF: violated deadlock permanent; soft_lockup permanent cpu=0 task=reader; hard_lockup permanent cpu=1 task=writer
 * expect --cpus 2 -D CONFIG_QUEUED_SPINLOCKS -D IN_INTERRUPT: holds
 * expect --cpus 2 -D CONFIG_QUEUED_SPINLOCKS -D ONCE: holds
 * expect --cpus 2 -D CONFIG_QUEUED_SPINLOCKS -D TRY: holds
 */
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/nmi.h>
#include <linux/spinlock.h>
#include <linux/start_kernel.h>

static DEFINE_RWLOCK(lock);

static void inner(void)
{
	read_lock(&lock);
	read_unlock(&lock);
}

static int reader(void *unused __maybe_unused)
{
	read_lock(&lock);
#if defined(TRY)
	if (read_trylock(&lock))
		read_unlock(&lock);
#elif !defined(IN_INTERRUPT) && !defined(ONCE)
	inner();
#endif
	read_unlock(&lock);
	return 0;
}

static int writer(void *unused __maybe_unused)
{
	unsigned long flags;

	write_lock_irqsave(&lock, flags);
	write_unlock_irqrestore(&lock, flags);
	return 0;
}

void ls_boot(void)
{
	start_kernel();
#if CONFIG_LOCKUP_DETECTOR
	lockup_detector_init();
#endif
#ifdef IN_INTERRUPT
	ls_irq_handler(SCENARIO_VECTOR, inner);
	ls_irq_raise(0, SCENARIO_VECTOR);
#endif
	start_task(kthread_create_on_cpu(reader, NULL, 0, "reader"), 0);
	start_task(kthread_create_on_cpu(writer, NULL, nr_cpu_ids - 1, "writer"), nr_cpu_ids - 1);
}
