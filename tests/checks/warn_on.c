/*
 * WARN_ON is a violation, and the run goes on: the assertion behind it is another.
 *
 * expect --cpus 1: violated warning cpu=0 task=body message=WARNING:*x*==*1
 * expect --cpus 1 --all: violated warning; assertion
 * expect --cpus 1 -D FIXED --all: holds
 */
#include <linux/bug.h>
#include <lockstep.h>

static int x;

static void body(void *unused)
{
#ifndef FIXED
	x = 1;
#endif
	WARN_ON(x == 1);
	ls_assert(x == 0);
}

void ls_boot(void)
{
	ls_run(0, ls_task(body, (void *)0, 1, LS_TASK, "body"));
}
