/*
 * Two tasks share a CPU; only the one that is on it runs, and it goes on where it left.
 *
 * expect --cpus 1: holds
 * expect --cpus 1 -D INTERRUPTED: violated assertion
 */
#include <lockstep.h>

static int tasks[2], turn, x;

static void body(void *number)
{
	long self = (long)number;
	int round, before;

	for (round = 0; round < 2; round++) {
		before = x;
		x = before + 1;
		ls_assert(x == before + 1);
		turn = !self;
		ls_switch_to(tasks[!self]);
		ls_assert(turn == self);
	}
	turn = !self;
	ls_switch_to(tasks[!self]);
}

static void handler(void)
{
	x = 0;
}

void ls_boot(void)
{
	tasks[0] = ls_task(body, (void *)0, 1, LS_DAEMON, "zero");
	tasks[1] = ls_task(body, (void *)1, 2, LS_DAEMON, "one");
	ls_irq_handler(1, handler);
#ifdef INTERRUPTED
	ls_irq_raise(0, 1);
#endif
	ls_run(0, tasks[0]);
}
