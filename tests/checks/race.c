/*
 * Two tasks increment: a lost update is one interleaving among others, and found.
 *
 * expect --cpus 2: violated assertion
 * expect --cpus 2 -D FIXED: holds
 */
#include <lockstep.h>

static int x, done;

#ifdef FIXED
LS_ATOMIC
#endif
static void increment(void)
{
	x++;
}

LS_ATOMIC static int finish(void)
{
	return ++done;
}

static void body(void *unused)
{
	increment();
	if (finish() == NR_CPUS)
		ls_assert(x == NR_CPUS);
}

void ls_boot(void)
{
	for (int cpu = 0; cpu < NR_CPUS; cpu++)
		ls_run(cpu, ls_task(body, (void *)0, 1 + cpu, LS_TASK, "task/%d", cpu));
}
