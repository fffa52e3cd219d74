/*
 * RCU: readers that wait for nobody, and those who wait until all readers that there are have gone.
 * kernel/rcu.c says how it behaves.
 *
 * In kernels whose code cannot be preempted a reader disables preemption (cond_resched() inside is
 * then reported); in preemptible ones a reader may be preempted, and its task counts how deep it is
 * nested.
 *
 * Grace periods and their stall detector cost states. A scenario that wants them says rcu_init() in
 * boot. In all others rcu_scheduler_active is never written, so that looking at it is no step, and
 * what is asked for here does nothing.
 */
#ifndef _LINUX_RCUPDATE_H
#define _LINUX_RCUPDATE_H

#include <linux/preempt.h>

#ifndef LOCKSTEP_NO_SOURCES
#pragma lockstep source "kernel/rcu.c"
#endif

/* Of a type of its own size: what is written through a pointer to another size cannot be this. */
extern u16 rcu_scheduler_active;

/* In boot, after start_kernel(): starts RCU. */
void rcu_init(void);
/* In boot, after rcu_init(): the first grace period is in progress when the exploration begins. */
void rcu_gp_start(void);

void synchronize_rcu(void);
bool rcu_gp_in_progress(void);

#if CONFIG_PREEMPTION
void __rcu_read_lock(void);
void __rcu_read_unlock(void);
int rcu_preempt_depth(void);

static inline void rcu_read_lock(void)
{
	if (rcu_scheduler_active)
		__rcu_read_lock();
}

static inline void rcu_read_unlock(void)
{
	if (rcu_scheduler_active)
		__rcu_read_unlock();
}

#define rcu_all_qs() do { } while (0)
#else
void __rcu_all_qs(void);

#define rcu_read_lock() preempt_disable()
#define rcu_read_unlock() preempt_enable()
#define rcu_preempt_depth() 0

/* For cond_resched(), where nobody else wants the CPU. */
static inline void rcu_all_qs(void)
{
	if (rcu_scheduler_active)
		__rcu_all_qs();
}
#endif

/* For a loop that waits, as if the CPU had been idle for a moment; and its name until 6.12. */
#ifndef LOCKSTEP_NO_SOURCES
void __rcu_momentary_eqs(void);

static inline void rcu_momentary_eqs(void)
{
	if (rcu_scheduler_active)
		__rcu_momentary_eqs();
}
#else
#define rcu_momentary_eqs() do { } while (0)
#endif

#define rcu_momentary_dyntick_idle() rcu_momentary_eqs()

/* For the scheduler, with interrupts off, as parts of atomic steps. */
void rcu_note_context_switch(bool preempt);
void rcu_idle_enter(void);
void rcu_user_enter(void);

#endif
