/*
 * 2. Peterson's algorithm (buggy)
 *
 * Question: two tasks keep each other out of a critical section with nothing but reads and writes.
 *           Each says that it wants to get in, and gives the turn to the other. Does it matter which
 *           comes first?
 * Command:  lockstep check 02_peterson/buggy.c
 * See:      violated: invariant mutual_exclusion. Between the two writes a task has given the turn
 *           away, but nobody knows yet that it wants to get in.
 *
 * expect --cpus 2: violated invariant mutual_exclusion
 */
#include <lockstep.h>

static _Bool wants[2], inside[2];
static int turn;

LS_INVARIANT(mutual_exclusion, !(inside[0] && inside[1]));

static void lock(int self)
{
	int other = 1 - self;

	turn = other;
	wants[self] = 1;
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
