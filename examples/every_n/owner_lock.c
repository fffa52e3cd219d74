/*
 * A lock that says which CPU has it, as the kernel's spinlocks do when they are debugged.
 *
 * Outside what --every-n can count: `owner`, which is shared, names a CPU.
 *
 * expect --cpus 2: holds
 * expect --cpus 3: holds
 */
#define LOCKSTEP_NO_SOURCES
#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/smp.h>

static int owner;

LS_ATOMIC static bool trylock(int cpu)
{
	if (owner)
		return false;
	owner = cpu + 1;
	return true;
}

static int worker(void *unused __maybe_unused)
{
	while (!trylock(ls_cpu()))
		cpu_relax();
	ls_assert(READ_ONCE(owner) == (int)ls_cpu() + 1);
	WRITE_ONCE(owner, 0);
	return 0;
}

void ls_boot(void)
{
	int cpu;

	for (cpu = 0; cpu < NR_CPUS; cpu++)
		ls_run(cpu, ls_task(worker, NULL, 10 + cpu, LS_TASK, "worker/%d", cpu));
}
