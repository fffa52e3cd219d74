/* Semaphores that are cheap for readers; kernel/percpu_rwsem.c says how they behave. */
#ifndef _LINUX_PERCPU_RWSEM_H
#define _LINUX_PERCPU_RWSEM_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/percpu.h>
#include <linux/rcuwait.h>
#include <linux/spinlock.h>

#ifndef LOCKSTEP_NO_SOURCES
#pragma lockstep source "kernel/percpu_rwsem.c"
#endif

struct percpu_rw_semaphore {
	unsigned char __percpu *read_count;	/* modulo PERCPU_RWSEM_MODULUS; their sum counts */
	struct rcuwait writer;			/* has set block, and waits for the readers */
	raw_spinlock_t lock;			/* of waiters */
	struct list_head waiters;		/* wait for block to be cleared, in order */
	atomic_t block;				/* a writer is inside, or waits for the readers */
};

#define PERCPU_RWSEM_MODULUS 16

#define __PERCPU_RWSEM_INITIALIZER(name)                                                       \
	{ &__percpu_rwsem_rc_##name, __RCUWAIT_INITIALIZER(name), __RAW_SPIN_LOCK_UNLOCKED(),  \
	  LIST_HEAD_INIT((name).waiters), ATOMIC_INIT(0) }
#define __DEFINE_PERCPU_RWSEM(name, is_static)                                                 \
	static DEFINE_PER_CPU(unsigned char, __percpu_rwsem_rc_##name);                        \
	is_static struct percpu_rw_semaphore name = __PERCPU_RWSEM_INITIALIZER(name)
#define DEFINE_PERCPU_RWSEM(name) __DEFINE_PERCPU_RWSEM(name, )
#define DEFINE_STATIC_PERCPU_RWSEM(name) __DEFINE_PERCPU_RWSEM(name, static)

void percpu_down_read(struct percpu_rw_semaphore *sem);
bool percpu_down_read_trylock(struct percpu_rw_semaphore *sem);
void percpu_up_read(struct percpu_rw_semaphore *sem);
void percpu_down_write(struct percpu_rw_semaphore *sem);
void percpu_up_write(struct percpu_rw_semaphore *sem);

/* Somebody holds it. (lockdep asks whether the current task does.) */
bool percpu_rwsem_is_held(struct percpu_rw_semaphore *sem);
#define percpu_rwsem_assert_held(sem) WARN_ON(!percpu_rwsem_is_held(sem))

#endif
