/*
 * The preemption count. It belongs to the CPU, as on x86: at a context switch both tasks have the
 * same count. It is kept in all three preemption models, since CONFIG_DEBUG_ATOMIC_SLEEP needs it.
 * Interrupt handlers do not add to it; in_interrupt() asks the machine.
 *
 * Only the own CPU ever reads or writes the count and the need-resched flag's reader side, so that
 * counting and testing are one step: nobody could see a difference. Preemption itself happens in a
 * context of its own (ls_preempt(), see kernel/entry.c), so that preempt_enable()
 * may stand in code that __schedule() itself calls.
 */
#ifndef _LINUX_PREEMPT_H
#define _LINUX_PREEMPT_H

#include <linux/irqflags.h>
#include <linux/percpu.h>

#ifndef LOCKSTEP_NO_SOURCES
#pragma lockstep source "kernel/sched.c"
#if CONFIG_PREEMPTION
#pragma lockstep source "kernel/entry.c"
#endif
#endif

DECLARE_PER_CPU(int, __preempt_count);
/* The current task should give up its CPU; set under the run queue's lock. */
DECLARE_PER_CPU(bool, __need_resched);

/* One instruction on x86: a task cannot move between finding its CPU's count and reading it. */
LS_ATOMIC static inline int preempt_count(void)
{
	return this_cpu_read(__preempt_count);
}

LS_ATOMIC static inline void preempt_count_add(int value)
{
	*this_cpu_ptr(&__preempt_count) += value;
}

#define preempt_count_inc() preempt_count_add(1)
#define preempt_count_dec() preempt_count_add(-1)

#define in_atomic() (preempt_count() != 0)
#define in_hardirq() ls_in_irq()
#define in_interrupt() ls_in_irq()
#define in_task() (!ls_in_irq())
#define preemptible() (preempt_count() == 0 && !irqs_disabled())

/* True where the count reached 0 and somebody waits for the CPU. */
LS_ATOMIC static inline bool preempt_count_dec_and_test(void)
{
	int count = --*this_cpu_ptr(&__preempt_count);

	return count == 0 && this_cpu_read(__need_resched);
}

static inline void __preempt_schedule(void)
{
#if CONFIG_PREEMPTION
	if (!irqs_disabled())
		ls_preempt();
#endif
}

#define preempt_disable() preempt_count_inc()
#define preempt_enable_no_resched() preempt_count_dec()
#define sched_preempt_enable_no_resched() preempt_count_dec()

static inline void preempt_enable(void)
{
#if CONFIG_PREEMPTION
	if (preempt_count_dec_and_test())
		__preempt_schedule();
#else
	preempt_count_dec();
#endif
}

#endif
