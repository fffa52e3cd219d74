/* Mutexes; kernel/mutex.c says how they behave. */
#ifndef _LINUX_MUTEX_H
#define _LINUX_MUTEX_H

#include <linux/list.h>
#include <linux/spinlock.h>

#ifndef LOCKSTEP_NO_SOURCES
#pragma lockstep source "kernel/mutex.c"
#endif

struct task_struct;

struct mutex {
	struct task_struct *owner;	/* NULL: free */
	raw_spinlock_t wait_lock;
	struct list_head wait_list;
};

#define __MUTEX_INITIALIZER(name)                                                              \
	{ NULL, __RAW_SPIN_LOCK_UNLOCKED(name), LIST_HEAD_INIT((name).wait_list) }
#define DEFINE_MUTEX(name) struct mutex name = __MUTEX_INITIALIZER(name)

void mutex_lock(struct mutex *lock);
int mutex_trylock(struct mutex *lock);
void mutex_unlock(struct mutex *lock);

static inline bool mutex_is_locked(struct mutex *lock)
{
	return READ_ONCE(lock->owner) != NULL;
}

#endif
