#ifndef _LINUX_SPINLOCK_TYPES_H
#define _LINUX_SPINLOCK_TYPES_H

#include <linux/types.h>

typedef struct raw_spinlock {
	int owner;	/* the CPU that holds it plus 1; 0: free */
#if CONFIG_QUEUED_SPINLOCKS
	u64 queue;	/* who waits, the first in the lowest byte; 0: nobody (kernel/spinlock.c) */
#endif
} raw_spinlock_t;
typedef raw_spinlock_t arch_spinlock_t;	/* without the preemption count, and without reports */

typedef struct spinlock {
	struct raw_spinlock rlock;
} spinlock_t;

#define __RAW_SPIN_LOCK_UNLOCKED(name) { 0 }
#define DEFINE_RAW_SPINLOCK(name) raw_spinlock_t name = __RAW_SPIN_LOCK_UNLOCKED(name)
#define __SPIN_LOCK_UNLOCKED(name) { { 0 } }
#define DEFINE_SPINLOCK(name) spinlock_t name = __SPIN_LOCK_UNLOCKED(name)

#endif
