/*
 * What ls_assume rules out is no run, and nobody is stuck in it.
 *
 * expect --cpus 1: violated assertion
 * expect --cpus 1 -D FIXED: holds
 */
#include <lockstep.h>

static long x;

static void body(void *unused)
{
	x = ls_choose(0, 3);
#ifdef FIXED
	ls_assume(x != 3);
#endif
	ls_assert(x < 3);
}

void ls_boot(void)
{
	ls_run(0, ls_task(body, (void *)0, 1, LS_TASK, "body"));
}
