/*
 * A loop that waits was put into LS_ATOMIC, where nobody can ever change what it waits for.
 *
 * expect --cpus 1: violated livelock task=body message=a*step*that*never*ends*
 * expect --cpus 1 -D FIXED: holds
 */
#include <lockstep.h>

static int locked;

#ifdef FIXED
LS_ATOMIC static void lock(void)
{
	ls_await(!locked);
	locked = 1;
}
#else
LS_ATOMIC static void lock(void)
{
	while (locked)
		cpu_relax();
	locked = 1;
}
#endif

static void body(void *unused)
{
#ifndef FIXED
	locked = 1;
#endif
	lock();
}

void ls_boot(void)
{
	ls_run(0, ls_task(body, (void *)0, 1, LS_TASK, "body"));
}
