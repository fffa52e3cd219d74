/* CPU numbers, and the interrupt that makes another CPU look at its need-resched flag. */
#ifndef _LINUX_SMP_H
#define _LINUX_SMP_H

#include <asm/irq_vectors.h>
#include <linux/cpumask.h>
#include <linux/preempt.h>

#define smp_processor_id() ls_cpu()
#define raw_smp_processor_id() ls_cpu()
#define get_cpu() ({ preempt_disable(); smp_processor_id(); })
#define put_cpu() preempt_enable()

static inline void smp_send_reschedule(int cpu)
{
	ls_irq_raise(cpu, RESCHEDULE_VECTOR);
}

#endif
