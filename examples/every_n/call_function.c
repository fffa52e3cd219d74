/*
 * smp_call_function_many() with a count of acknowledgements: CPU 0 asks all others and waits until the last has
 * answered.
 * `lockstep prove call_function.c --every-n` proves it for every number of CPUs.
 *
 * expect --cpus 2: holds
 * expect --cpus 3: holds
 */
#define LOCKSTEP_NO_SOURCES
#include <linux/atomic.h>
#include <linux/compiler.h>

static bool asked;
static atomic_t unanswered = { NR_CPUS - 1 };
static bool returned;

static int caller(void *unused __maybe_unused)
{
	WRITE_ONCE(asked, true);
	while (atomic_read(&unanswered))
		cpu_relax();
	WRITE_ONCE(returned, true);
	return 0;
}

static int callee(void *unused __maybe_unused)
{
	while (!READ_ONCE(asked))
		cpu_relax();
	ls_assert(!READ_ONCE(returned));
	atomic_dec(&unanswered);
	return 0;
}

void ls_boot(void)
{
	int cpu;

	ls_run(0, ls_task(caller, NULL, 1, LS_TASK, "caller"));
	for (cpu = 1; cpu < NR_CPUS; cpu++)
		ls_run(cpu, ls_task(callee, NULL, 10 + cpu, LS_TASK, "callee/%d", cpu));
}
