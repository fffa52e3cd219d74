/*
 * Each gives way to the other, again and again, in step.
 *
 * expect --cpus 2: violated livelock permanent
 * expect --cpus 2 -D FIXED: holds
 */
#include <lockstep.h>

static int turn;

/* Hands the turn on and waits to get it back, for ever: nobody is blocked, and nobody comes to an end. */
static void body(void *number)
{
	int self = (int)(long)number;

	for (;;) {
		ls_await(turn == self);
#ifdef FIXED
		ls_progress();
#endif
		turn = !self;
	}
}

void ls_boot(void)
{
	ls_run(0, ls_task(body, (void *)0, 1, LS_TASK, "zero"));
	ls_run(1, ls_task(body, (void *)1, 2, LS_TASK, "one"));
}
