/*
 * Acknowledgements in a mask that the caller sets for all others at once.
 *
 * Outside what --every-n can count: one step changes the bits of all CPUs. (ack_mask.c begins with them set.)
 *
 * expect --cpus 2: holds
 * expect --cpus 3: holds
 */
#define LOCKSTEP_NO_SOURCES
#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/cpumask.h>

static struct cpumask unanswered;
static bool is_asked;

static int caller(void *unused __maybe_unused)
{
	unanswered.bits[0] = (1UL << NR_CPUS) - 2;
	WRITE_ONCE(is_asked, true);
	while (!cpumask_empty(&unanswered))
		cpu_relax();
	return 0;
}

static int callee(void *unused __maybe_unused)
{
	while (!READ_ONCE(is_asked))
		cpu_relax();
	cpumask_clear_cpu(ls_cpu(), &unanswered);
	return 0;
}

void ls_boot(void)
{
	int cpu;

	ls_run(0, ls_task(caller, NULL, 1, LS_TASK, "caller"));
	for (cpu = 1; cpu < NR_CPUS; cpu++)
		ls_run(cpu, ls_task(callee, NULL, 10 + cpu, LS_TASK, "callee/%d", cpu));
}
