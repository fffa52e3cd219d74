/*
 * One past the end of an array is an address, but nothing lies there.
 *
 * expect --cpus 1: violated memory task=body message=*bounds
 * expect --cpus 1 -D FIXED: holds
 * expect --cpus 1 -D POINTER: violated memory task=body message=*bounds
 * expect --cpus 1 -D POINTER -D FIXED: holds
 */
#include <lockstep.h>

#ifdef FIXED
#define LAST 2
#else
#define LAST 3
#endif
static int row[3];

static void body(void *unused)
{
#ifdef POINTER
	for (int *p = row; p <= row + LAST; p++)
		*p = 1;
#else
	for (int i = 0; i <= LAST; i++)
		row[i] = 1;
#endif
}

void ls_boot(void)
{
	ls_run(0, ls_task(body, (void *)0, 1, LS_TASK, "body"));
}
