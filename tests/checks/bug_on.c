/*
 * BUG_ON ends the run: what comes after it does not happen.
 *
 * expect --cpus 1: violated bug cpu=0 task=body message=kernel*BUG:*x*==*1
 * expect --cpus 1 --all: violated bug cpu=0 task=body
 * expect --cpus 1 -D FIXED: holds
 */
#include <linux/bug.h>
#include <lockstep.h>

static int x;

static void body(void *unused)
{
#ifndef FIXED
	x = 1;
#endif
	BUG_ON(x == 1);
	ls_assert(x == 0);
}

void ls_boot(void)
{
	ls_run(0, ls_task(body, (void *)0, 1, LS_TASK, "body"));
}
