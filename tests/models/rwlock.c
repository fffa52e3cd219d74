/*
 * Readers and writers exclude each other, readers do not exclude readers. Both may turn interrupts
 * off, and find them as they were. -D WRITER_READS: the writer takes the lock as a reader does. -D
 * READERS_ALONE: no two readers were ever inside at once; refuted.
 *
 * expect --cpus 2: holds
 * expect --cpus 3: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 2 -D CONFIG_QUEUED_SPINLOCKS: holds
 * expect --cpus 3 -D CONFIG_QUEUED_SPINLOCKS: holds
 * expect --cpus 2 -D CONFIG_QUEUED_SPINLOCKS -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 2 -D WRITER_READS: violated invariant exclusion
 * expect --cpus 2 -D WRITER_READS -D CONFIG_QUEUED_SPINLOCKS: violated invariant exclusion
 * expect --cpus 3 -D READERS_ALONE: violated invariant readers_alone
 * expect --cpus 3 -D READERS_ALONE -D CONFIG_QUEUED_SPINLOCKS: violated invariant readers_alone
 */
#include <linux/atomic.h>
#include <linux/kthread.h>
#include <linux/spinlock.h>
#include <linux/start_kernel.h>

static DEFINE_RWLOCK(lock);
static atomic_t readers, writers;

LS_INVARIANT(exclusion, writers.counter + (readers.counter > 0) <= 1);
#ifdef READERS_ALONE
LS_INVARIANT(readers_alone, readers.counter <= 1);
#endif


static int read(void *unused __maybe_unused)
{
	unsigned long flags;

	read_lock(&lock);
	atomic_inc(&readers);
	ls_assert(in_atomic() && !irqs_disabled());
	atomic_dec(&readers);
	read_unlock(&lock);

	read_lock_irqsave(&lock, flags);
	atomic_inc(&readers);
	ls_assert(in_atomic() && irqs_disabled());
	atomic_dec(&readers);
	read_unlock_irqrestore(&lock, flags);
	ls_assert(!in_atomic() && !irqs_disabled());
	return 0;
}

static int write(void *unused __maybe_unused)
{
	unsigned long flags;

#ifdef WRITER_READS
	read_lock_irqsave(&lock, flags);
#else
	write_lock_irqsave(&lock, flags);
#endif
	atomic_inc(&writers);
	ls_assert(in_atomic() && irqs_disabled());
	atomic_dec(&writers);
#ifdef WRITER_READS
	read_unlock_irqrestore(&lock, flags);
#else
	write_unlock_irqrestore(&lock, flags);
#endif
	ls_assert(!in_atomic() && !irqs_disabled());

	if (write_trylock(&lock)) {
		atomic_inc(&writers);
		ls_assert(in_atomic() && !irqs_disabled());
		atomic_dec(&writers);
		write_unlock(&lock);
	}
	ls_assert(!in_atomic() && !irqs_disabled());
	return 0;
}

void ls_boot(void)
{
	unsigned int cpu;

	start_kernel();
	start_task(kthread_create_on_cpu(write, NULL, 0, "writer/%d"), 0);
	for (cpu = 1; cpu < nr_cpu_ids; cpu++)
		start_task(kthread_create_on_cpu(read, NULL, cpu, "reader/%d"), cpu);
}
