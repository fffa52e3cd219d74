/*
 * RCU as far as it matters to scheduling: in kernels whose code cannot be preempted a reader
 * disables preemption (cond_resched() inside is then reported); in preemptible ones a reader may be
 * preempted, and nothing is kept of it. Grace periods and their stall detector are not modelled, so
 * that the momentary quiescent state of multi_cpu_stop() has nobody to tell.
 */
#ifndef _LINUX_RCUPDATE_H
#define _LINUX_RCUPDATE_H

#include <linux/preempt.h>

static inline void rcu_read_lock(void)
{
#if !CONFIG_PREEMPTION
	preempt_disable();
#endif
}

static inline void rcu_read_unlock(void)
{
#if !CONFIG_PREEMPTION
	preempt_enable();
#endif
}

#define rcu_momentary_dyntick_idle() do { } while (0)
#define rcu_momentary_eqs() do { } while (0)

#endif
