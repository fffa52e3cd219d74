/*
 * 1. Lost update (buggy)
 *
 * Question: on each CPU a task adds one to the same counter. Is it the number of CPUs in the end?
 * Command:  lockstep check 01_lost_update/buggy.c
 * See:      violated: assertion. `counter++` is two steps, a read and a write; both tasks read 0, and
 *           both write 1.
 *
 * expect --cpus 1: holds
 * expect --cpus 2: violated assertion
 * expect --cpus 3: violated assertion
 */
#include <lockstep.h>

static int counter, finished;

/* True for the last one. LS_ATOMIC: the whole function is one step. */
LS_ATOMIC static _Bool finishes_last(void)
{
	return ++finished == NR_CPUS;
}

static void add(void *unused)
{
	counter++;
	if (finishes_last())
		ls_assert(counter == NR_CPUS);
}

/* Runs once, before everything else: one task on each CPU. */
void ls_boot(void)
{
	for (int cpu = 0; cpu < NR_CPUS; cpu++)
		ls_run(cpu, ls_task(add, 0, 1 + cpu, LS_TASK, "add/%d", cpu));
}
