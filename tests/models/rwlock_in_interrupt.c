/*
 * An rwlock that an interrupt takes, too. One side has to turn interrupts off, unless both only
 * read.
 *
 * Without more: the task writes, the interrupt reads. -D TASK_READS, -D INTERRUPT_WRITES: the other
 * ways. -D IRQS_OFF: the task turns interrupts off. A writer that waits for its own CPU is reported
 * where it is the CPU that writes; a reader never is.
 *
 * expect --cpus 1: violated deadlock permanent cpu=0 task=task/0
 * expect --cpus 1 -D CONFIG_QUEUED_SPINLOCKS: violated deadlock permanent cpu=0 task=task/0
 * expect --cpus 1 --all -D CONFIG_HARDLOCKUP_DETECTOR_PERF: violated deadlock permanent cpu=0 task=task/0; hard_lockup permanent cpu=0 task=task/0
 * expect --cpus 1 -D IRQS_OFF: holds
 * expect --cpus 1 -D IRQS_OFF -D CONFIG_QUEUED_SPINLOCKS: holds
 * expect --cpus 2 -D IRQS_OFF -D CONFIG_QUEUED_SPINLOCKS: holds
 * expect --cpus 1 -D TASK_READS -D INTERRUPT_WRITES: violated deadlock permanent cpu=0 task=task/0
 * expect --cpus 1 -D TASK_READS -D INTERRUPT_WRITES -D CONFIG_QUEUED_SPINLOCKS: violated deadlock permanent cpu=0 task=task/0
 * expect --cpus 1 -D TASK_READS -D INTERRUPT_WRITES -D IRQS_OFF: holds
 * expect --cpus 2 -D TASK_READS -D INTERRUPT_WRITES -D IRQS_OFF -D CONFIG_QUEUED_SPINLOCKS: holds
 * expect --cpus 1 -D TASK_READS: holds
 * expect --cpus 2 -D TASK_READS -D CONFIG_QUEUED_SPINLOCKS: holds
 * expect --cpus 1 -D INTERRUPT_WRITES: violated rwlock cpu=0 task=task/0
 * expect --cpus 1 -D INTERRUPT_WRITES -D CONFIG_QUEUED_SPINLOCKS: violated rwlock cpu=0 task=task/0
 * expect --cpus 1 -D INTERRUPT_WRITES -D CONFIG_DEBUG_SPINLOCK=0: violated deadlock permanent cpu=0 task=task/0
 * expect --cpus 2 -D INTERRUPT_WRITES -D IRQS_OFF: holds
 */
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/nmi.h>
#include <linux/spinlock.h>
#include <linux/start_kernel.h>

static DEFINE_RWLOCK(lock);

static void handler(void)
{
#ifdef INTERRUPT_WRITES
	write_lock(&lock);
	write_unlock(&lock);
#else
	read_lock(&lock);
	read_unlock(&lock);
#endif
	ls_assert(irqs_disabled());
}

static int task(void *unused __maybe_unused)
{
#if defined(TASK_READS) && defined(IRQS_OFF)
	read_lock_irq(&lock);
	read_unlock_irq(&lock);
#elif defined(TASK_READS)
	read_lock(&lock);
	read_unlock(&lock);
#elif defined(IRQS_OFF)
	write_lock_irq(&lock);
	write_unlock_irq(&lock);
#else
	write_lock(&lock);
	write_unlock(&lock);
#endif
	ls_assert(!irqs_disabled());
	return 0;
}

/* The interrupt is pending from the beginning: it comes at any time. */
void ls_boot(void)
{
	unsigned int cpu;

	start_kernel();
#if CONFIG_LOCKUP_DETECTOR
	lockup_detector_init();
#endif
	ls_irq_handler(SCENARIO_VECTOR, handler);
	for_each_online_cpu(cpu) {
		ls_irq_raise(cpu, SCENARIO_VECTOR);
		start_task(kthread_create_on_cpu(task, NULL, cpu, "task/%d"), cpu);
	}
}
