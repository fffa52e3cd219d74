/*
 * What boot chooses makes several initial states, each explored.
 *
 * expect --cpus 1: violated assertion
 * expect --cpus 1 -D FIXED: holds
 */
#include <lockstep.h>

static long size, asked;

static void body(void *unused)
{
	ls_assert(asked == 0 || size < 3);
}

void ls_boot(void)
{
	size = ls_choose(0, 3);
	asked = ls_choose(0, 1);
#ifdef FIXED
	if (asked)
		ls_assume(size < 3);
#endif
	ls_run(0, ls_task(body, (void *)0, 1, LS_TASK, "body"));
}
