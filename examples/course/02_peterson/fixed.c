/*
 * 2. Peterson's algorithm (fixed)
 *
 * First the wish, then the courtesy: whoever writes the turn last is the one who waits.
 *
 * Command: lockstep check 02_peterson/fixed.c
 * See:     holds: all states are explored, and in none are both inside, nor is anybody stuck.
 *
 * expect --cpus 2: holds
 */
#include <lockstep.h>

static _Bool wants[2], inside[2];
static int turn;

LS_INVARIANT(mutual_exclusion, !(inside[0] && inside[1]));

static void lock(int self)
{
	int other = 1 - self;

	wants[self] = 1;
	turn = other;
	while (wants[other] && turn == other)
		cpu_relax();
}

static void unlock(int self)
{
	wants[self] = 0;
}

static void body(void *number)
{
	int self = (int)(long)number;

	for (;;) {
		lock(self);
		inside[self] = 1;
		inside[self] = 0;
		unlock(self);
		ls_progress();	/* who never comes here again is reported as stuck */
	}
}

void ls_boot(void)
{
	ls_run(0, ls_task(body, (void *)0, 1, LS_TASK, "zero"));
	ls_run(1, ls_task(body, (void *)1, 2, LS_TASK, "one"));
}
