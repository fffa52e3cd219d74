/*
 * Spinlocks for readers and writers: how many readers have it, or which CPU has it for writing.
 *
 * What is one step, and why, is as in kernel/spinlock.c: interrupts off (where the variant says
 * so), preemption off and the taking, where the lock can be had at once; else the wait is a step of
 * its own. Releasing it with all that goes with that is one step.
 *
 * There are two locks in the kernel's history. The older one is unfair: a reader gets in whenever
 * no writer is inside, so that readers who overlap keep a writer waiting for ever. On the other
 * hand a reader may always take the lock again.
 *
 * The newer one (qrwlock, on x86 since 3.16; here with CONFIG_QUEUED_SPINLOCKS) has a queue. Who
 * cannot get in at once waits for wait_lock, which is given in order, and who has got that is the
 * first. If that is a writer he says that he waits. From then on whoever comes goes to the queue,
 * even a reader who could share the lock with those inside, and even one who is inside already: he
 * waits for the writer, who waits for him. But for a reader in an interrupt. As the one it has
 * interrupted may be inside, it does not queue: it counts itself at once, and waits only for a
 * writer who holds the lock. Those who wait do so as they came, with interrupts on or off, and so
 * may be interrupted on their way through the queue.
 *
 * In the kernel a reader counts itself first, and takes that back if there is a writer about. Here
 * both are one step with the look at the writer: the count that is seen in between makes others
 * wait for a moment, or try in vain, as that of a reader who has been inside would. The last of a
 * wait and letting go of wait_lock are one step, since only the next in the queue looks for that.
 *
 * With CONFIG_DEBUG_SPINLOCK it is reported when a CPU takes a lock for writing that it holds for
 * writing, when it releases one that it does not hold, and when a reader releases one that nobody
 * reads (in the kernel that is lockdep's report). Of readers the kernel's debugging knows nothing
 * else: a reader who waits for its own CPU is locked up without a word.
 *
 * Left out: variants that turn off softirqs.
 */
#include <linux/bug.h>
#include <linux/smp.h>
#include <linux/spinlock.h>

/* As flags that are restored: turns interrupts on; leaves them as they are. */
enum { RELEASE_IRQS_ON = 0, RELEASE_IRQS_UNCHANGED = 1 };

/* ---- Parts of atomic steps ------------------------------------------------------------------- */

static bool is_taken(const rwlock_t *lock)
{
	return lock->writer != 0 || lock->readers != 0;
}

static void take_for_writing(rwlock_t *lock)
{
	ls_await(!is_taken(lock));
	lock->writer = smp_processor_id() + 1;
}

#if CONFIG_QUEUED_SPINLOCKS
#define a_writer_waits(lock) ((lock)->writer_waits)
#define counts_at_once() in_interrupt()
#else
#define a_writer_waits(lock) false
#define counts_at_once() false
#endif

/* False: there is a writer, inside or before us. */
static bool try_read(rwlock_t *lock)
{
	const bool free = lock->writer == 0 && !a_writer_waits(lock);

	if (free || counts_at_once())
		lock->readers++;
	return free;
}

static bool try_write(rwlock_t *lock)
{
	if (is_taken(lock) || a_writer_waits(lock))
		return false;
	take_for_writing(lock);
	return true;
}

static void release_read(rwlock_t *lock)
{
	if (CONFIG_DEBUG_SPINLOCK && lock->readers == 0)
		ls_fail("rwlock", "WARNING: bad unlock balance detected on CPU#%d, %pT", ls_cpu(),
			ls_self());
	lock->readers--;
}

static void release_write(rwlock_t *lock)
{
	if (CONFIG_DEBUG_SPINLOCK && lock->writer != smp_processor_id() + 1)
		ls_fail("rwlock", "BUG: rwlock wrong CPU or already unlocked on CPU#%d, %pT",
			ls_cpu(), ls_self());
	lock->writer = 0;
}

/* ---- Waiting --------------------------------------------------------------------------------- */

#if CONFIG_QUEUED_SPINLOCKS

LS_ATOMIC static void count_reader(rwlock_t *lock)
{
	lock->readers++;
}

LS_ATOMIC static void wait_for_writer_and_let_next(rwlock_t *lock)
{
	ls_await(lock->writer == 0);
	arch_spin_unlock(&lock->wait_lock);
}

/* The first in the queue. A writer who is inside leaves sooner or later, and no other gets in. */
static void wait_to_read(rwlock_t *lock)
{
	if (in_interrupt()) {
		ls_await(READ_ONCE(lock->writer) == 0);
		return;
	}
	arch_spin_lock(&lock->wait_lock);
	count_reader(lock);
	wait_for_writer_and_let_next(lock);
}

/* Everybody may have left in the meantime. */
LS_ATOMIC static bool take_or_say_so(rwlock_t *lock)
{
	if (is_taken(lock)) {
		lock->writer_waits = true;
		return false;
	}
	take_for_writing(lock);
	arch_spin_unlock(&lock->wait_lock);
	return true;
}

LS_ATOMIC static void wait_for_all_and_let_next(rwlock_t *lock)
{
	take_for_writing(lock);
	lock->writer_waits = false;
	arch_spin_unlock(&lock->wait_lock);
}

static void wait_to_write(rwlock_t *lock)
{
	arch_spin_lock(&lock->wait_lock);
	if (!take_or_say_so(lock))
		wait_for_all_and_let_next(lock);
}

#else

LS_ATOMIC static void wait_to_read(rwlock_t *lock)
{
	ls_await(lock->writer == 0);
	lock->readers++;
}

LS_ATOMIC static void wait_to_write(rwlock_t *lock)
{
	take_for_writing(lock);
}

#endif

static void write_acquire_slow(rwlock_t *lock)
{
	if (CONFIG_DEBUG_SPINLOCK && READ_ONCE(lock->writer) == smp_processor_id() + 1)
		ls_report("rwlock", ls_cpu(), ls_self(), "BUG: rwlock recursion on CPU#%d, %pT",
			  ls_cpu(), ls_self());
	wait_to_write(lock);
}

/* ---- Readers --------------------------------------------------------------------------------- */

LS_ATOMIC static bool preempt_disable_and_try_read(rwlock_t *lock)
{
	preempt_disable();
	return try_read(lock);
}

LS_ATOMIC static bool irq_disable_and_try_read(rwlock_t *lock)
{
	local_irq_disable();
	return preempt_disable_and_try_read(lock);
}

void _raw_read_lock(rwlock_t *lock)
{
	if (!preempt_disable_and_try_read(lock))
		wait_to_read(lock);
}

void _raw_read_lock_irq(rwlock_t *lock)
{
	if (!irq_disable_and_try_read(lock))
		wait_to_read(lock);
}

unsigned long _raw_read_lock_irqsave(rwlock_t *lock)
{
	const unsigned long flags = irqs_disabled();

	_raw_read_lock_irq(lock);
	return flags;
}

LS_ATOMIC int _raw_read_trylock(rwlock_t *lock)
{
	if (lock->writer != 0 || a_writer_waits(lock))
		return 0;
	preempt_disable();
	lock->readers++;
	return 1;
}

/* True where the current task should be preempted now. */
LS_ATOMIC static bool read_release_irqrestore(rwlock_t *lock, unsigned long flags)
{
	release_read(lock);
	local_irq_restore(flags);
	return preempt_count_dec_and_test();
}

void _raw_read_unlock_irqrestore(rwlock_t *lock, unsigned long flags)
{
	if (read_release_irqrestore(lock, flags))
		__preempt_schedule();
}

void _raw_read_unlock(rwlock_t *lock)
{
	_raw_read_unlock_irqrestore(lock, RELEASE_IRQS_UNCHANGED);
}

void _raw_read_unlock_irq(rwlock_t *lock)
{
	_raw_read_unlock_irqrestore(lock, RELEASE_IRQS_ON);
}

/* ---- Writers --------------------------------------------------------------------------------- */

LS_ATOMIC static bool preempt_disable_and_try_write(rwlock_t *lock)
{
	preempt_disable();
	return try_write(lock);
}

LS_ATOMIC static bool irq_disable_and_try_write(rwlock_t *lock)
{
	local_irq_disable();
	return preempt_disable_and_try_write(lock);
}

void _raw_write_lock(rwlock_t *lock)
{
	if (!preempt_disable_and_try_write(lock))
		write_acquire_slow(lock);
}

void _raw_write_lock_irq(rwlock_t *lock)
{
	if (!irq_disable_and_try_write(lock))
		write_acquire_slow(lock);
}

unsigned long _raw_write_lock_irqsave(rwlock_t *lock)
{
	const unsigned long flags = irqs_disabled();

	_raw_write_lock_irq(lock);
	return flags;
}

LS_ATOMIC int _raw_write_trylock(rwlock_t *lock)
{
	if (!try_write(lock))
		return 0;
	preempt_disable();
	return 1;
}

/* True where the current task should be preempted now. */
LS_ATOMIC static bool write_release_irqrestore(rwlock_t *lock, unsigned long flags)
{
	release_write(lock);
	local_irq_restore(flags);
	return preempt_count_dec_and_test();
}

void _raw_write_unlock_irqrestore(rwlock_t *lock, unsigned long flags)
{
	if (write_release_irqrestore(lock, flags))
		__preempt_schedule();
}

void _raw_write_unlock(rwlock_t *lock)
{
	_raw_write_unlock_irqrestore(lock, RELEASE_IRQS_UNCHANGED);
}

void _raw_write_unlock_irq(rwlock_t *lock)
{
	_raw_write_unlock_irqrestore(lock, RELEASE_IRQS_ON);
}
