/*
 * CPU numbers; the interrupt that makes another CPU look at its need-resched flag; running
 * functions on other CPUs, in an interrupt there (kernel/smp.c says how).
 */
#ifndef _LINUX_SMP_H
#define _LINUX_SMP_H

#include <asm/irq_vectors.h>
#include <linux/cpumask.h>
#include <linux/llist.h>
#include <linux/preempt.h>

#ifndef LOCKSTEP_NO_SOURCES
#pragma lockstep source "kernel/smp.c"
#endif

#define smp_processor_id() ls_cpu()
#define raw_smp_processor_id() ls_cpu()
#define get_cpu() ({ preempt_disable(); smp_processor_id(); })
#define put_cpu() preempt_enable()

static inline void smp_send_reschedule(int cpu)
{
	ls_irq_raise(cpu, RESCHEDULE_VECTOR);
}

/* In boot, after start_kernel(): sets up the interrupt. Without it there are no cross calls. */
void call_function_init(void);

typedef void (*smp_call_func_t)(void *info);

enum {
	CSD_FLAG_LOCK = 0x01,		/* in use */
	CSD_TYPE_SYNC = 0x10,		/* somebody waits for it, until after the function */
};

struct __call_single_node {
	struct llist_node llist;	/* on a CPU's call_single_queue */
	unsigned int u_flags;
};

typedef struct __call_single_data {
	struct __call_single_node node;
	smp_call_func_t func;
	void *info;
} call_single_data_t;

#define CSD_INIT(_func, _info) { .func = (_func), .info = (_info) }

int smp_call_function_single(int cpu, smp_call_func_t func, void *info, int wait);
int smp_call_function_single_async(int cpu, call_single_data_t *csd);
void smp_call_function_many(const struct cpumask *mask, smp_call_func_t func, void *info,
			    bool wait);
void smp_call_function(smp_call_func_t func, void *info, int wait);
void on_each_cpu(smp_call_func_t func, void *info, int wait);
void kick_all_cpus_sync(void);

#endif
