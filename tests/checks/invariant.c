/*
 * A property of every state, also of those in which nobody asks.
 *
 * expect --cpus 2: violated invariant one_owner
 * expect --cpus 2 -D FIXED: holds
 */
#include <lockstep.h>

static int locked, owners;

LS_INVARIANT(one_owner, owners <= 1);

#ifdef FIXED
LS_ATOMIC
#endif
static void lock(void)
{
	ls_await(!locked);
	locked = 1;
}

static void body(void *unused)
{
	lock();
	owners++;
	owners--;
	locked = 0;
}

void ls_boot(void)
{
	for (int cpu = 0; cpu < NR_CPUS; cpu++)
		ls_run(cpu, ls_task(body, (void *)0, 1 + cpu, LS_TASK, "task/%d", cpu));
}
