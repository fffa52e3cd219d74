/*
 * A ticket lock. Each CPU keeps a number of its own, its ticket, and there are as many as CPUs. That no two have the same,
 * and that all of them lie between `owner` and `next`, is what the proof rests on.
 * `lockstep prove ticket_lock.c --every-n` proves it for every number of CPUs.
 *
 * expect --cpus 2: holds
 * expect --cpus 3: holds
 */
#define LOCKSTEP_NO_SOURCES
#include <linux/atomic.h>
#include <linux/compiler.h>

static unsigned int next, owner;
static int inside;

LS_ATOMIC static unsigned int take_ticket(void)
{
	return next++;
}

LS_ATOMIC static void add(int *to, int value)
{
	*to += value;
}

static int worker(void *unused __maybe_unused)
{
	unsigned int mine = take_ticket();

	while (READ_ONCE(owner) != mine)
		cpu_relax();
	add(&inside, 1);
	ls_assert(READ_ONCE(inside) == 1);
	add(&inside, -1);
	WRITE_ONCE(owner, owner + 1);
	return 0;
}

void ls_boot(void)
{
	int cpu;

	for (cpu = 0; cpu < NR_CPUS; cpu++)
		ls_run(cpu, ls_task(worker, NULL, 10 + cpu, LS_TASK, "worker/%d", cpu));
}
