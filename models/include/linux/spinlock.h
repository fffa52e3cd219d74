/* Spinlocks; kernel/spinlock.c says how they behave. */
#ifndef _LINUX_SPINLOCK_H
#define _LINUX_SPINLOCK_H

#include <linux/irqflags.h>
#include <linux/preempt.h>
#include <linux/spinlock_types.h>

#ifndef LOCKSTEP_NO_SOURCES
#pragma lockstep source "kernel/spinlock.c"
#endif

void _raw_spin_lock(raw_spinlock_t *lock);
void _raw_spin_lock_irq(raw_spinlock_t *lock);
unsigned long _raw_spin_lock_irqsave(raw_spinlock_t *lock);
int _raw_spin_trylock(raw_spinlock_t *lock);
void _raw_spin_unlock(raw_spinlock_t *lock);
void _raw_spin_unlock_irq(raw_spinlock_t *lock);
void _raw_spin_unlock_irqrestore(raw_spinlock_t *lock, unsigned long flags);

/*
 * raw_spin_unlock_irqrestore() as a part of an atomic step. True: to be followed by
 * __preempt_schedule().
 */
bool raw_spin_release_irqrestore(raw_spinlock_t *lock, unsigned long flags);

/* For callers with interrupts off, which may take and release it within one atomic step. */
void raw_spin_lock_noirq(raw_spinlock_t *lock);
void raw_spin_unlock_noirq(raw_spinlock_t *lock);

/* For kernel/rwlock.c: the lock alone. */
void arch_spin_lock(arch_spinlock_t *lock);
void arch_spin_unlock(arch_spinlock_t *lock);

LS_ATOMIC static inline void raw_spin_lock_init(raw_spinlock_t *lock)
{
	lock->owner = 0;
#if CONFIG_QUEUED_SPINLOCKS
	lock->queue = 0;
#endif
}

#define SINGLE_DEPTH_NESTING 1

#define raw_spin_lock(lock) _raw_spin_lock(lock)
#define raw_spin_lock_nested(lock, subclass) _raw_spin_lock(lock)
#define raw_spin_lock_irq(lock) _raw_spin_lock_irq(lock)
#define raw_spin_lock_irqsave(lock, flags) ((flags) = _raw_spin_lock_irqsave(lock))
#define raw_spin_trylock(lock) _raw_spin_trylock(lock)
#define raw_spin_unlock(lock) _raw_spin_unlock(lock)
#define raw_spin_unlock_irq(lock) _raw_spin_unlock_irq(lock)
#define raw_spin_unlock_irqrestore(lock, flags) _raw_spin_unlock_irqrestore(lock, flags)
#define raw_spin_is_locked(lock) (READ_ONCE((lock)->owner) != 0)

#define spin_lock_init(lock) raw_spin_lock_init(&(lock)->rlock)
#define spin_lock(lock) raw_spin_lock(&(lock)->rlock)
#define spin_lock_irq(lock) raw_spin_lock_irq(&(lock)->rlock)
#define spin_lock_irqsave(lock, flags) raw_spin_lock_irqsave(&(lock)->rlock, flags)
#define spin_trylock(lock) raw_spin_trylock(&(lock)->rlock)
#define spin_unlock(lock) raw_spin_unlock(&(lock)->rlock)
#define spin_unlock_irq(lock) raw_spin_unlock_irq(&(lock)->rlock)
#define spin_unlock_irqrestore(lock, flags) raw_spin_unlock_irqrestore(&(lock)->rlock, flags)
#define spin_is_locked(lock) raw_spin_is_locked(&(lock)->rlock)

#include <linux/rwlock.h>

#endif
