/*
 * A sense-reversing barrier, passed twice: nobody is in the second phase while somebody is still in front of the first.
 * `lockstep prove barrier.c --every-n` proves it for every number of CPUs.
 *
 * expect --cpus 2: holds
 * expect --cpus 3: holds
 */
#define LOCKSTEP_NO_SOURCES
#include <linux/atomic.h>
#include <linux/compiler.h>

static atomic_t left = { NR_CPUS };
static bool sense;
static int before, between;	/* how many are there */

LS_ATOMIC static void moves(int *from, int *to)
{
	if (from)
		--*from;
	if (to)
		++*to;
}

static void barrier_wait(bool *mine)
{
	*mine = !*mine;
	if (atomic_dec_and_test(&left)) {
		atomic_set(&left, NR_CPUS);
		WRITE_ONCE(sense, *mine);
	} else {
		while (READ_ONCE(sense) != *mine)
			cpu_relax();
	}
}

static int worker(void *unused __maybe_unused)
{
	bool mine = false;

	moves(NULL, &before);
	moves(&before, &between);
	barrier_wait(&mine);
	ls_assert(READ_ONCE(before) == 0);
	moves(&between, NULL);
	barrier_wait(&mine);
	ls_assert(READ_ONCE(between) == 0);
	return 0;
}

void ls_boot(void)
{
	int cpu;

	for (cpu = 0; cpu < NR_CPUS; cpu++)
		ls_run(cpu, ls_task(worker, NULL, 10 + cpu, LS_TASK, "worker/%d", cpu));
}
