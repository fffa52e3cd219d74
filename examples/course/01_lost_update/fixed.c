/*
 * 1. Lost update (fixed)
 *
 * The addition is one step, as an instruction with a lock prefix makes it (the kernel's atomic_inc()).
 *
 * Command: lockstep check 01_lost_update/fixed.c
 * See:     holds: nothing comes between the read and the write any more.
 *
 * expect --cpus 1: holds
 * expect --cpus 2: holds
 * expect --cpus 3: holds
 */
#include <lockstep.h>

static int counter, finished;

LS_ATOMIC static void atomic_inc(int *number)
{
	++*number;
}

/* True for the last one. LS_ATOMIC: the whole function is one step. */
LS_ATOMIC static _Bool finishes_last(void)
{
	return ++finished == NR_CPUS;
}

static void add(void *unused)
{
	atomic_inc(&counter);
	if (finishes_last())
		ls_assert(counter == NR_CPUS);
}

/* Runs once, before everything else: one task on each CPU. */
void ls_boot(void)
{
	for (int cpu = 0; cpu < NR_CPUS; cpu++)
		ls_run(cpu, ls_task(add, 0, 1 + cpu, LS_TASK, "add/%d", cpu));
}
