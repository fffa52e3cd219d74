/*
 * Spinlocks: a word that says who has the lock.
 *
 * Taking one is, in the kernel's order: interrupts off (where the variant says so), preemption off,
 * then the wait, then the lock is ours. The wait and the taking are one atomic operation. What
 * comes before is a step of its own where it decides how the waiter waits: with interrupts on or
 * off, and never preemptible. With interrupts off nobody can preempt the waiter anyway, so that the
 * count rises in the same step as the lock is taken. Releasing the lock, turning interrupts on and
 * lowering the count are one step: only the release can be seen by other CPUs, and on the own CPU
 * nothing can happen before the last of the three.
 *
 * Who waits gets the lock in any order (queued spinlocks have an order; any order includes it).
 *
 * A lock belongs to a CPU, not to a task: the run queue's lock is taken by one task and released by
 * the next. With CONFIG_DEBUG_SPINLOCK it is reported when a CPU takes a lock that it holds, be it
 * in an interrupt (it then waits for itself, as it would in the kernel), and when it releases one
 * that it does not hold.
 */
#include <linux/bug.h>
#include <linux/smp.h>
#include <linux/spinlock.h>

/* Part of an atomic step. `count`: how much to add to the preemption count. */
static void spin_take(raw_spinlock_t *lock, int count)
{
	ls_await(lock->owner == 0);
	lock->owner = smp_processor_id() + 1;
	*this_cpu_ptr(&__preempt_count) += count;
}

LS_ATOMIC static void spin_wait_and_take(raw_spinlock_t *lock, int count)
{
	spin_take(lock, count);
}

#if CONFIG_DEBUG_SPINLOCK
/* False where this CPU has the lock already; then there is nothing to wait for. */
LS_ATOMIC static bool spin_take_unless_owner(raw_spinlock_t *lock, int count)
{
	if (lock->owner == smp_processor_id() + 1)
		return false;
	spin_take(lock, count);
	return true;
}

static void spin_acquire(raw_spinlock_t *lock, int count)
{
	if (spin_take_unless_owner(lock, count))
		return;
	ls_report("spinlock", ls_cpu(), ls_self(), "BUG: spinlock recursion on CPU#%d, %pT",
		  ls_cpu(), ls_self());
	spin_wait_and_take(lock, count);
}
#else
#define spin_acquire(lock, count) spin_wait_and_take(lock, count)
#endif

/* Part of an atomic step. */
static void spin_release(raw_spinlock_t *lock)
{
	if (CONFIG_DEBUG_SPINLOCK && lock->owner != smp_processor_id() + 1)
		ls_fail("spinlock", "BUG: spinlock wrong CPU or already unlocked on CPU#%d, %pT",
			ls_cpu(), ls_self());
	lock->owner = 0;
}

/* True where the current task should be preempted now. Part of an atomic step. */
static bool preempt_count_lower(void)
{
	int count = --*this_cpu_ptr(&__preempt_count);

	return CONFIG_PREEMPTION && count == 0 && this_cpu_read(__need_resched);
}

LS_ATOMIC static bool release_and_preempt_enable(raw_spinlock_t *lock)
{
	spin_release(lock);
	return preempt_count_lower();
}

LS_ATOMIC static bool release_and_irq_restore(raw_spinlock_t *lock, unsigned long flags)
{
	spin_release(lock);
	local_irq_restore(flags);
	return preempt_count_lower();
}

void _raw_spin_lock(raw_spinlock_t *lock)
{
	const int count = irqs_disabled();

	if (!count)
		preempt_disable();
	spin_acquire(lock, count);
}

void _raw_spin_lock_irq(raw_spinlock_t *lock)
{
	local_irq_disable();
	spin_acquire(lock, 1);
}

unsigned long _raw_spin_lock_irqsave(raw_spinlock_t *lock)
{
	unsigned long flags;

	local_irq_save(flags);
	spin_acquire(lock, 1);
	return flags;
}

LS_ATOMIC int _raw_spin_trylock(raw_spinlock_t *lock)
{
	if (lock->owner != 0)
		return 0;
	++*this_cpu_ptr(&__preempt_count);
	lock->owner = smp_processor_id() + 1;
	return 1;
}

void _raw_spin_unlock(raw_spinlock_t *lock)
{
	if (release_and_preempt_enable(lock))
		__preempt_schedule();
}

void _raw_spin_unlock_irq(raw_spinlock_t *lock)
{
	if (release_and_irq_restore(lock, 0))
		__preempt_schedule();
}

void _raw_spin_unlock_irqrestore(raw_spinlock_t *lock, unsigned long flags)
{
	if (release_and_irq_restore(lock, flags))
		__preempt_schedule();
}
