/*
 * Of the values that may be chosen one is not thought of.
 *
 * expect --cpus 1: violated arithmetic task=body message=division*by*zero
 * expect --cpus 1 -D FIXED: holds
 */
#include <lockstep.h>

static int x;

static void body(void *unused)
{
#ifdef FIXED
	int divisor = ls_choose(1, 2);
#else
	int divisor = ls_choose(0, 2);
#endif
	x = 10 / divisor;
}

void ls_boot(void)
{
	ls_run(0, ls_task(body, (void *)0, 1, LS_TASK, "body"));
}
