/*
 * A number is taken for an address.
 *
 * expect --cpus 1: violated memory task=body message=*points*at*nothing
 * expect --cpus 1 -D FIXED: holds
 */
#include <lockstep.h>

static int x;

static void body(void *unused)
{
#ifdef FIXED
	int *pointer = &x;
#else
	int *pointer = (int *)16;
#endif
	*pointer = 1;
}

void ls_boot(void)
{
	ls_run(0, ls_task(body, (void *)0, 1, LS_TASK, "body"));
}
