/*
 * An assertion that one interleaving breaks; the fixed version takes the increment as one step.
 *
 * expect --cpus 1: violated assertion cpu=0 task=body
 * expect --cpus 1 -D FIXED: holds
 */
#include <lockstep.h>

static int x;

static void body(void *unused)
{
	x++;
#ifdef FIXED
	ls_assert(x == 1);
#else
	ls_assert(x == 2);
#endif
}

void ls_boot(void)
{
	ls_run(0, ls_task(body, (void *)0, 1, LS_TASK, "body"));
}
