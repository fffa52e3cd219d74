/*
 * A mask for one bit more than the word has.
 *
 * expect --cpus 1: violated arithmetic task=body message=shift*
 * expect --cpus 1 -D FIXED: holds
 */
#include <lockstep.h>

static unsigned int x;

static void body(void *unused)
{
#ifdef FIXED
	int bit = ls_choose(0, 31);
#else
	int bit = ls_choose(0, 32);
#endif
	x = 1U << bit;
}

void ls_boot(void)
{
	ls_run(0, ls_task(body, (void *)0, 1, LS_TASK, "body"));
}
