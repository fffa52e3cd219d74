/*
 * Having other CPUs show where they are, by NMI (lib/nmi_backtrace.c).
 *
 * Modelled: the mask of those that have yet to do it, from which each takes itself in its NMI; the
 * one who asks, who waits for the mask to become empty, though not for more than 10 s, and touches
 * the soft-lockup detector meanwhile; that only one asks at a time, and who comes second goes away
 * with nothing. What is printed takes no time here (watchdog.c: SOFTLOCKUP_REPORT_TICKS).
 *
 * In the kernel a CPU has one NMI, and each handler finds out whether it was meant. Here each has a
 * vector of its own, so that nobody needs to ask. An NMI comes wherever the CPU is, but not while
 * the hypervisor keeps it from running; then the 10 s are waited for.
 *
 * One step is what is done to the mask by its owner before the NMIs are sent, the sending, and each
 * CPU's NMI.
 *
 * The interrupt costs states, so it is there only where it is asked for (nmi_backtrace_init()).
 */
#include <asm/irq_vectors.h>
#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/nmi.h>
#include <linux/processor.h>
#include <linux/smp.h>

#define BACKTRACE_TICKS ((10 * MSEC_PER_SEC + WATCHDOG_TICK_MS - 1) / WATCHDOG_TICK_MS)

static atomic_t backtrace_flag;		/* somebody asks */
static struct cpumask backtrace_mask;	/* who has yet to answer */

static void nmi_cpu_backtrace(void)
{
	cpumask_clear_cpu(smp_processor_id(), &backtrace_mask);
}

/* For the own CPU no NMI is needed. */
LS_ATOMIC static void fill_backtrace_mask(const struct cpumask *mask, int exclude_cpu)
{
	cpumask_copy(&backtrace_mask, mask);
	if (exclude_cpu != -1)
		cpumask_clear_cpu(exclude_cpu, &backtrace_mask);
	cpumask_clear_cpu(smp_processor_id(), &backtrace_mask);
}

LS_ATOMIC static void nmi_raise_cpu_backtrace(void)
{
	unsigned int cpu;

	for_each_cpu(cpu, &backtrace_mask)
		ls_irq_raise(cpu, NMI_BACKTRACE_VECTOR);
}

static void wait_for_backtraces(void)
{
	const ls_time_t start = ls_now();

	while (!cpumask_empty(&backtrace_mask)) {
		if (ls_now() - start >= BACKTRACE_TICKS)
			break;
		touch_softlockup_watchdog();
		cpu_relax();
	}
}

bool nmi_trigger_cpumask_backtrace(const struct cpumask *mask, int exclude_cpu)
{
	preempt_disable();
	if (atomic_xchg(&backtrace_flag, 1)) {
		preempt_enable();
		return false;
	}
	fill_backtrace_mask(mask, exclude_cpu);
	nmi_raise_cpu_backtrace();
	wait_for_backtraces();
	atomic_set(&backtrace_flag, 0);
	preempt_enable();
	return true;
}

void nmi_backtrace_init(void)
{
	ls_nmi_handler(NMI_BACKTRACE_VECTOR, nmi_cpu_backtrace);
}
