/*
 * Spinlocks: a word that says who has the lock.
 *
 * Taking one is, in the kernel's order: interrupts off (where the variant says so), preemption off,
 * then the wait, then the lock is ours. If the lock is free all of it is one step: turning
 * interrupts or preemption off is seen by nobody else, so that it may as well be done at the last
 * moment. If it is not, interrupts and preemption are turned off in a step of their own, and then
 * it waits: how it waits, with interrupts on or off, and never preemptible, is what decides who is
 * locked up with it. The wait's end and the taking are one atomic operation.
 *
 * Releasing the lock, turning interrupts on and lowering the count are one step, too: other CPUs
 * can see the release only, and on the own CPU nothing can happen before the last of the three.
 *
 * Who waits gets the lock in any order, and may be overtaken by one who has just come, even by the
 * CPU that released it. Any order includes every order. But before 2.6.25 (ticket spinlocks, later
 * queued ones) there was none, and since then who comes first gets the lock first. That matters
 * where a CPU releases a lock to take it again at once: -D CONFIG_QUEUED_SPINLOCKS keeps a queue.
 * It is joined in the step that finds the lock taken, or others waiting. (Locks that are taken
 * within an atomic step, as the scheduler's often are, are taken when free, whoever waits.)
 *
 * A lock belongs to a CPU, not to a task: the run queue's lock is taken by one task and released by
 * the next. With CONFIG_DEBUG_SPINLOCK it is reported when a CPU takes a lock that it holds, be it
 * in an interrupt (it then waits for itself, as it would in the kernel), and when it releases one
 * that it does not hold.
 */
#include <linux/bug.h>
#include <linux/smp.h>
#include <linux/spinlock.h>

/* Parts of atomic steps. */

static void spin_take(raw_spinlock_t *lock)
{
	ls_await(lock->owner == 0);
	lock->owner = smp_processor_id() + 1;
}

#if CONFIG_QUEUED_SPINLOCKS
/* The CPU, and whether it is its task or an interrupt: both may wait. */
static u64 spin_waiter(void)
{
	return 2 * smp_processor_id() + ls_in_irq() + 1;
}

static bool spin_is_free(const raw_spinlock_t *lock)
{
	return lock->owner == 0 && lock->queue == 0;
}

static void spin_join_queue(raw_spinlock_t *lock)
{
	int shift = 0;

	BUG_ON(lock->queue >> 56);	/* more than 8 wait */
	while (lock->queue >> shift)
		shift += 8;
	lock->queue |= spin_waiter() << shift;
}

static void spin_leave_queue(raw_spinlock_t *lock)
{
	ls_await(lock->owner == 0 && (lock->queue & 0xff) == spin_waiter());
	lock->queue >>= 8;
}
#else
#define spin_is_free(lock) ((lock)->owner == 0)
#define spin_join_queue(lock) do { } while (0)
#define spin_leave_queue(lock) do { } while (0)
#endif

static void spin_release(raw_spinlock_t *lock)
{
	if (CONFIG_DEBUG_SPINLOCK && lock->owner != smp_processor_id() + 1)
		ls_fail("spinlock", "BUG: spinlock wrong CPU or already unlocked on CPU#%d, %pT",
			ls_cpu(), ls_self());
	lock->owner = 0;
}

/* True where the current task should be preempted now. */
static bool preempt_count_lower(void)
{
	int count = --*this_cpu_ptr(&__preempt_count);

	return CONFIG_PREEMPTION && count == 0 && this_cpu_read(__need_resched);
}

/* Waiting. */

LS_ATOMIC static void spin_wait(raw_spinlock_t *lock)
{
	spin_leave_queue(lock);
	spin_take(lock);
}

static void spin_acquire_slow(raw_spinlock_t *lock)
{
	if (CONFIG_DEBUG_SPINLOCK && READ_ONCE(lock->owner) == smp_processor_id() + 1)
		ls_report("spinlock", ls_cpu(), ls_self(),
			  "BUG: spinlock recursion on CPU#%d, %pT", ls_cpu(), ls_self());
	spin_wait(lock);
}

/* True where the lock was free, and is ours. */

static bool spin_take_or_queue(raw_spinlock_t *lock)
{
	if (!spin_is_free(lock)) {
		spin_join_queue(lock);
		return false;
	}
	spin_take(lock);
	return true;
}

LS_ATOMIC static bool preempt_disable_and_try(raw_spinlock_t *lock)
{
	++*this_cpu_ptr(&__preempt_count);
	return spin_take_or_queue(lock);
}

LS_ATOMIC static bool irq_disable_and_try(raw_spinlock_t *lock)
{
	local_irq_disable();
	++*this_cpu_ptr(&__preempt_count);
	return spin_take_or_queue(lock);
}

void _raw_spin_lock(raw_spinlock_t *lock)
{
	if (!preempt_disable_and_try(lock))
		spin_acquire_slow(lock);
}

void _raw_spin_lock_irq(raw_spinlock_t *lock)
{
	if (!irq_disable_and_try(lock))
		spin_acquire_slow(lock);
}

unsigned long _raw_spin_lock_irqsave(raw_spinlock_t *lock)
{
	const unsigned long flags = irqs_disabled();

	if (!irq_disable_and_try(lock))
		spin_acquire_slow(lock);
	return flags;
}

LS_ATOMIC int _raw_spin_trylock(raw_spinlock_t *lock)
{
	if (!spin_is_free(lock))
		return 0;
	++*this_cpu_ptr(&__preempt_count);
	spin_take(lock);
	return 1;
}

/* Releasing. True where the current task should be preempted now. */

LS_ATOMIC static bool release_and_preempt_enable(raw_spinlock_t *lock)
{
	spin_release(lock);
	return preempt_count_lower();
}

LS_ATOMIC bool raw_spin_release_irqrestore(raw_spinlock_t *lock, unsigned long flags)
{
	spin_release(lock);
	local_irq_restore(flags);
	return preempt_count_lower();
}

void _raw_spin_unlock(raw_spinlock_t *lock)
{
	if (release_and_preempt_enable(lock))
		__preempt_schedule();
}

void _raw_spin_unlock_irq(raw_spinlock_t *lock)
{
	if (raw_spin_release_irqrestore(lock, 0))
		__preempt_schedule();
}

void _raw_spin_unlock_irqrestore(raw_spinlock_t *lock, unsigned long flags)
{
	if (raw_spin_release_irqrestore(lock, flags))
		__preempt_schedule();
}

/* With interrupts off, before and after: nobody is preempted. May be part of an atomic step. */

LS_ATOMIC void raw_spin_lock_noirq(raw_spinlock_t *lock)
{
	++*this_cpu_ptr(&__preempt_count);
	spin_take(lock);
}

LS_ATOMIC void raw_spin_unlock_noirq(raw_spinlock_t *lock)
{
	spin_release(lock);
	--*this_cpu_ptr(&__preempt_count);
}

/* For callers who are not preemptible, and see to the rest themselves. */

LS_ATOMIC static bool arch_spin_take_or_queue(arch_spinlock_t *lock)
{
	return spin_take_or_queue(lock);
}

void arch_spin_lock(arch_spinlock_t *lock)
{
	if (!arch_spin_take_or_queue(lock))
		spin_wait(lock);
}

LS_ATOMIC void arch_spin_unlock(arch_spinlock_t *lock)
{
	lock->owner = 0;
}
