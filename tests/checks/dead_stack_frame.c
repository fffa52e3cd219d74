/*
 * A waiter leaves its stack object behind in a list; whoever wakes it writes into a frame that is gone.
 *
 * expect --cpus 2: violated memory task=waker message=*dead*stack*frame*
 * expect --cpus 2 -D FIXED: holds
 */
#include <lockstep.h>

static int *waiting;

static void wait(void)
{
	int woken = 0;

	waiting = &woken;
#ifdef FIXED
	ls_await(woken);
#endif
}

static void waiter(void *unused)
{
	wait();
}

static void waker(void *unused)
{
	ls_await(waiting);
	*waiting = 1;
}

void ls_boot(void)
{
	ls_run(0, ls_task(waiter, (void *)0, 1, LS_TASK, "waiter"));
	ls_run(1, ls_task(waker, (void *)0, 2, LS_TASK, "waker"));
}
