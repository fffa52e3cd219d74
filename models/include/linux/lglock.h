/*
 * A lock that is taken for one CPU, for two, or globally, for all: a spinlock for each CPU. What
 * stop_machine.c used before e6253970413d, and what the kernel has no more.
 */
#ifndef _LINUX_LGLOCK_H
#define _LINUX_LGLOCK_H

#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/spinlock.h>

struct lglock {
	raw_spinlock_t lock[NR_CPUS];
};

#define DEFINE_LGLOCK(name) struct lglock name

/* The lower CPU's first, and none may be preempted while it holds one. */
static inline void lg_double_lock(struct lglock *lg, int cpu1, int cpu2)
{
	preempt_disable();
	raw_spin_lock(&lg->lock[min(cpu1, cpu2)]);
	raw_spin_lock_nested(&lg->lock[max(cpu1, cpu2)], SINGLE_DEPTH_NESTING);
}

static inline void lg_double_unlock(struct lglock *lg, int cpu1, int cpu2)
{
	raw_spin_unlock(&lg->lock[cpu1]);
	raw_spin_unlock(&lg->lock[cpu2]);
	preempt_enable();
}

static inline void lg_global_lock(struct lglock *lg)
{
	unsigned int cpu;

	preempt_disable();
	for_each_possible_cpu(cpu)
		raw_spin_lock(&lg->lock[cpu]);
}

static inline void lg_global_unlock(struct lglock *lg)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		raw_spin_unlock(&lg->lock[cpu]);
	preempt_enable();
}

#endif
