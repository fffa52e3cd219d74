#ifndef _LINUX_RWLOCK_TYPES_H
#define _LINUX_RWLOCK_TYPES_H

#include <linux/spinlock_types.h>

typedef struct {
	int writer;	/* the CPU that holds it for writing plus 1; 0: none does */
	int readers;	/* how many hold it for reading, or will as soon as the writer has left */
#if CONFIG_QUEUED_SPINLOCKS
	bool writer_waits;		/* the first in the queue is a writer, and has said so */
	arch_spinlock_t wait_lock;	/* the first in the queue holds it, the others wait */
#endif
} rwlock_t;

#define __RW_LOCK_UNLOCKED(name) { 0 }
#define DEFINE_RWLOCK(name) rwlock_t name = __RW_LOCK_UNLOCKED(name)

#endif
