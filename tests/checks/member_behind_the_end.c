/*
 * Behind an array of structs there is no struct, and no second member either.
 *
 * expect --cpus 1: violated memory task=body message=*bounds
 * expect --cpus 1 -D FIXED: holds
 */
#include <lockstep.h>

static struct pair {
	int a, b;
} pairs[2];
static int next_to_it = 5;

static void body(void *unused)
{
	struct pair *p = pairs;

#ifndef FIXED
	p++;
#endif
	p++;
	p->b = 1;
	ls_assert(next_to_it == 5);
}

void ls_boot(void)
{
	ls_run(0, ls_task(body, (void *)0, 1, LS_TASK, "body"));
}
