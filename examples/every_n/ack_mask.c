/*
 * Acknowledgements in a mask: each CPU clears its own bit, and CPU 0 waits until none is set.
 *
 * Each CPU's bit is a part of its local state; that the mask is empty says how many CPUs have theirs set: none.
 * `lockstep prove ack_mask.c --every-n` proves it for up to 64 CPUs: with more a mask has a second word, and the code is
 * another. (call_function.c counts instead.)
 *
 * expect --cpus 2: holds
 * expect --cpus 3: holds
 */
#define LOCKSTEP_NO_SOURCES
#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/cpumask.h>

static struct cpumask unanswered;

static int caller(void *unused __maybe_unused)
{
	while (!cpumask_empty(&unanswered))
		cpu_relax();
	return 0;
}

static int callee(void *unused __maybe_unused)
{
	cpumask_clear_cpu(ls_cpu(), &unanswered);
	return 0;
}

void ls_boot(void)
{
	int cpu;

	for (cpu = 1; cpu < NR_CPUS; cpu++)
		cpumask_set_cpu(cpu, &unanswered);
	ls_run(0, ls_task(caller, NULL, 1, LS_TASK, "caller"));
	for (cpu = 1; cpu < NR_CPUS; cpu++)
		ls_run(cpu, ls_task(callee, NULL, 10 + cpu, LS_TASK, "callee/%d", cpu));
}
