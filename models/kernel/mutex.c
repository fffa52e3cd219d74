/*
 * Mutexes: the owner, and those who sleep until they get it, in order.
 *
 * Trying to take it is one atomic operation, as in the kernel, and so is releasing it if nobody
 * waits. A task that fails queues itself and tries again each time it is woken up. Left out: spinning while the owner runs, and handing over
 * to a waiter that has tried in vain; both decide how soon somebody gets the lock, not whether.
 */
#include <linux/bug.h>
#include <linux/mutex.h>
#include <linux/sched.h>

struct mutex_waiter {
	struct task_struct *task;
	struct list_head list;
};

LS_ATOMIC int mutex_trylock(struct mutex *lock)
{
	if (lock->owner)
		return 0;
	lock->owner = current;
	return 1;
}

/* Under wait_lock: takes the mutex, or leaves the task queued and about to sleep. */
LS_ATOMIC static bool take_or_prepare_to_wait(struct mutex *lock, struct mutex_waiter *waiter)
{
	if (!lock->owner) {
		lock->owner = current;
		if (!list_empty(&waiter->list))
			list_del_init(&waiter->list);
		return true;
	}
	if (list_empty(&waiter->list))
		list_add_tail(&waiter->list, &lock->wait_list);
	current->__state = TASK_UNINTERRUPTIBLE;
	return false;
}

static void mutex_lock_slowpath(struct mutex *lock)
{
	struct mutex_waiter waiter = { current, LIST_HEAD_INIT(waiter.list) };

	raw_spin_lock_irq(&lock->wait_lock);
	while (!take_or_prepare_to_wait(lock, &waiter)) {
		raw_spin_unlock_irq(&lock->wait_lock);
		schedule();
		raw_spin_lock_irq(&lock->wait_lock);
	}
	raw_spin_unlock_irq(&lock->wait_lock);
}

void mutex_lock(struct mutex *lock)
{
	might_sleep();
	if (!mutex_trylock(lock))
		mutex_lock_slowpath(lock);
}

LS_ATOMIC static bool mutex_unlock_fast(struct mutex *lock)
{
	if (lock->owner != current)
		ls_fail("mutex", "BUG: mutex released by %pT, who does not hold it", ls_self());
	if (!list_empty(&lock->wait_list))
		return false;
	lock->owner = NULL;
	return true;
}

LS_ATOMIC static struct task_struct *release_and_find_waiter(struct mutex *lock)
{
	lock->owner = NULL;
	if (list_empty(&lock->wait_list))
		return NULL;
	return list_first_entry(&lock->wait_list, struct mutex_waiter, list)->task;
}

void mutex_unlock(struct mutex *lock)
{
	struct task_struct *waiter;

	if (mutex_unlock_fast(lock))
		return;
	raw_spin_lock_irq(&lock->wait_lock);
	waiter = release_and_find_waiter(lock);
	if (waiter)
		wake_up_process(waiter);
	raw_spin_unlock_irq(&lock->wait_lock);
}
