/*
 * Semaphores for many readers and, now and then, a writer (as of 5.7): a reader touches its own
 * CPU's count and nothing else, as long as there is no writer.
 *
 * Modelled
 *   - The counts. A reader may go up on another CPU than it went down, so that only their sum says
 *     something. The writer adds them up one after the other, while they change.
 *   - `block`. A reader counts itself first and looks at block afterwards; the writer sets it first
 *     and looks at the counts afterwards: so one of the two sees the other. A reader that finds
 *     it set takes back its count, on the same CPU, and wakes the writer, who may have seen the
 *     count. A reader that leaves wakes the writer, too.
 *   - The queue. Under its lock who comes tries once more and queues itself; the writer that leaves
 *     clears block, and then tries on behalf of those who wait, in order, up to the first that
 *     fails or is a writer. Whoever comes at that moment may overtake them.
 *   Each access of these is a step. With it goes, in the same step, what the own CPU alone can see:
 *   the preemption count.
 *
 * Left out: rcu_sync, by which readers know that there is no writer, so that they may leave out the
 * look at block and the wake-up. A writer first turns this off and waits for a grace period; only
 * then it sets block and looks at the counts. Hence a reader of the fast path has counted itself,
 * or has gone, before block is set or a writer waits: had it looked it would have found nothing,
 * and nobody to wake. Memory is sequentially consistent, so that the barriers which the grace
 * period stands in for are not missed. What is not seen is that the grace period takes time: a
 * writer waits, asleep, for each CPU to schedule once, readers or not.
 *
 * A count is kept modulo 16, as the kernel's is modulo 2^32, so that those of readers who wander
 * from CPU to CPU do not grow. The writer adds up while block keeps readers from coming, so that
 * the sum is that of less than 16 tasks, each of which adds or takes away at most one.
 */
#include <linux/bug.h>
#include <linux/percpu-rwsem.h>
#include <linux/sched.h>
#include <linux/smp.h>

struct percpu_rwsem_waiter {
	struct task_struct *task;	/* NULL: it has been let in; read without the lock */
	bool reader;
	struct list_head list;
};

/* Part of an atomic step. */
static void read_count_add(struct percpu_rw_semaphore *sem, int value)
{
	unsigned char *count = this_cpu_ptr(sem->read_count);

	*count = (unsigned int)(*count + value) % PERCPU_RWSEM_MODULUS;
}

LS_ATOMIC static void preempt_disable_and_count(struct percpu_rw_semaphore *sem, int value)
{
	++*this_cpu_ptr(&__preempt_count);
	read_count_add(sem, value);
}

LS_ATOMIC static void uncount(struct percpu_rw_semaphore *sem)
{
	read_count_add(sem, -1);
}

static bool __percpu_down_read_trylock(struct percpu_rw_semaphore *sem)
{
	bool blocked;

	preempt_disable_and_count(sem, 1);
	blocked = atomic_read(&sem->block);
	if (blocked) {
		uncount(sem);
		rcuwait_wake_up(&sem->writer);
	}
	preempt_enable();
	return !blocked;
}

static bool __percpu_down_write_trylock(struct percpu_rw_semaphore *sem)
{
	return atomic_xchg(&sem->block, 1) == 0;
}

static bool __percpu_rwsem_trylock(struct percpu_rw_semaphore *sem, bool reader)
{
	return reader ? __percpu_down_read_trylock(sem) : __percpu_down_write_trylock(sem);
}

static void percpu_rwsem_wait(struct percpu_rw_semaphore *sem, bool reader)
{
	struct percpu_rwsem_waiter waiter = { current, reader, LIST_HEAD_INIT(waiter.list) };
	bool wait;

	raw_spin_lock_irq(&sem->lock);
	wait = !__percpu_rwsem_trylock(sem, reader);
	if (wait)
		list_add_tail(&waiter.list, &sem->waiters);
	raw_spin_unlock_irq(&sem->lock);

	while (wait) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		if (!READ_ONCE(waiter.task))
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
}

void percpu_down_read(struct percpu_rw_semaphore *sem)
{
	might_sleep();
	if (!__percpu_down_read_trylock(sem))
		percpu_rwsem_wait(sem, true);
}

bool percpu_down_read_trylock(struct percpu_rw_semaphore *sem)
{
	return __percpu_down_read_trylock(sem);
}

void percpu_up_read(struct percpu_rw_semaphore *sem)
{
	preempt_disable_and_count(sem, -1);
	rcuwait_wake_up(&sem->writer);
	preempt_enable();
}

static bool readers_active_check(struct percpu_rw_semaphore *sem)
{
	int sum = 0;
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(*per_cpu_ptr(sem->read_count, cpu));
	return sum % PERCPU_RWSEM_MODULUS == 0;
}

void percpu_down_write(struct percpu_rw_semaphore *sem)
{
	might_sleep();
	if (!__percpu_down_write_trylock(sem))
		percpu_rwsem_wait(sem, false);
	rcuwait_wait_event(&sem->writer, readers_active_check(sem), TASK_UNINTERRUPTIBLE);
}

/*
 * Under the lock. The waiter is off the queue before it hears of it, and may return (with its place
 * on the stack) from then on.
 */
static void percpu_rwsem_grant(struct percpu_rwsem_waiter *waiter)
{
	struct task_struct *p = waiter->task;

	list_del_init(&waiter->list);
	WRITE_ONCE(waiter->task, NULL);
	wake_up_process(p);
}

/* Readers, up to and with the first writer. */
static void percpu_rwsem_wake(struct percpu_rw_semaphore *sem)
{
	struct percpu_rwsem_waiter *waiter;
	bool reader = true;

	while (reader && !list_empty(&sem->waiters)) {
		waiter = list_first_entry(&sem->waiters, struct percpu_rwsem_waiter, list);
		reader = waiter->reader;
		if (!__percpu_rwsem_trylock(sem, reader))
			return;
		percpu_rwsem_grant(waiter);
	}
}

void percpu_up_write(struct percpu_rw_semaphore *sem)
{
	unsigned long flags;

	atomic_set(&sem->block, 0);
	raw_spin_lock_irqsave(&sem->lock, flags);
	percpu_rwsem_wake(sem);
	raw_spin_unlock_irqrestore(&sem->lock, flags);
}

LS_ATOMIC bool percpu_rwsem_is_held(struct percpu_rw_semaphore *sem)
{
	return atomic_read(&sem->block) || !readers_active_check(sem);
}
