/*
 * smp_call_function_many() as it is: a request for each CPU, which its CPU takes, and the caller waits for one after the
 * other.
 *
 * Outside what --every-n can count: CPU 0 asks the others in the order of their numbers, so that no two of them are
 * alike. (call_function.c asks all at once.)
 *
 * expect --cpus 2: holds
 * expect --cpus 3: holds
 */
#define LOCKSTEP_NO_SOURCES
#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/percpu.h>

static DEFINE_PER_CPU(bool, csd_locked);

static int caller(void *unused __maybe_unused)
{
	int cpu;

	for (cpu = 1; cpu < NR_CPUS; cpu++)
		WRITE_ONCE(per_cpu(csd_locked, cpu), true);
	for (cpu = 1; cpu < NR_CPUS; cpu++)
		while (READ_ONCE(per_cpu(csd_locked, cpu)))
			cpu_relax();
	return 0;
}

static int callee(void *unused __maybe_unused)
{
	while (!READ_ONCE(*this_cpu_ptr(&csd_locked)))
		cpu_relax();
	WRITE_ONCE(*this_cpu_ptr(&csd_locked), false);
	return 0;
}

void ls_boot(void)
{
	int cpu;

	ls_run(0, ls_task(caller, NULL, 1, LS_TASK, "caller"));
	for (cpu = 1; cpu < NR_CPUS; cpu++)
		ls_run(cpu, ls_task(callee, NULL, 10 + cpu, LS_TASK, "callee/%d", cpu));
}
