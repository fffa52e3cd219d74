/*
 * A simple reader-writer lock: a count of readers, -1 for a writer. Each CPU reads, then writes.
 * `lockstep prove rwlock.c --every-n` proves it for every number of CPUs.
 *
 * expect --cpus 2: holds
 * expect --cpus 3: holds
 */
#define LOCKSTEP_NO_SOURCES
#include <linux/atomic.h>
#include <linux/compiler.h>

static int count;
static int readers, writers;

LS_ATOMIC static bool read_trylock(void)
{
	if (count < 0)
		return false;
	count++;
	return true;
}

LS_ATOMIC static bool write_trylock(void)
{
	if (count)
		return false;
	count = -1;
	return true;
}

LS_ATOMIC static void add(int *to, int value)
{
	*to += value;
}

static int worker(void *unused __maybe_unused)
{
	while (!read_trylock())
		cpu_relax();
	add(&readers, 1);
	ls_assert(READ_ONCE(writers) == 0);
	add(&readers, -1);
	add(&count, -1);

	while (!write_trylock())
		cpu_relax();
	add(&writers, 1);
	ls_assert(READ_ONCE(readers) == 0);
	add(&writers, -1);
	add(&count, 1);
	return 0;
}

LS_INVARIANT(exclusive, writers == 0 || (writers == 1 && readers == 0));

void ls_boot(void)
{
	int cpu;

	for (cpu = 0; cpu < NR_CPUS; cpu++)
		ls_run(cpu, ls_task(worker, NULL, 10 + cpu, LS_TASK, "worker/%d", cpu));
}
