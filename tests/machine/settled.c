/*
 * Time stands still while somebody can get on: what takes no time is over before the delay, however slow it is. A loop
 * that waits does not hold time up, whatever it chooses to look at, nor if it goes round through a few states (a thousand
 * steps at most); one that always comes to a new one does.
 *
 * expect --cpus 2: holds
 * expect --cpus 2 -D LONGER: holds
 * expect --cpus 2 -D ROUND_AND_ROUND: holds
 * expect --cpus 2 -D AWAY: violated livelock permanent
 * expect --cpus 2 -D WITHOUT_DELAY: violated assertion task=sleeper
 */
#include <lockstep.h>

static unsigned char counter;
static unsigned short distance;
static int done, arrived;

static void worker(void *unused)
{
	int i;

	for (i = 0; i < 5; i++)
		counter++;
	done = 1;
#if defined(ROUND_AND_ROUND)
	while (!arrived)
		counter++;
#elif defined(AWAY)
	while (!arrived)
		distance = (distance + 1) % 1200;
#else
	while (ls_choose(0, 1) ? !arrived : arrived != 1)
		cpu_relax();
#endif
}

static void sleeper(void *unused)
{
#if defined(LONGER)
	ls_delay(100);
#elif !defined(WITHOUT_DELAY)
	ls_delay(1);
#endif
	ls_assert(done);
	arrived = 1;
}

void ls_boot(void)
{
	ls_run(0, ls_task(worker, (void *)0, 1, LS_TASK, "worker"));
	ls_run(1, ls_task(sleeper, (void *)0, 2, LS_TASK, "sleeper"));
}
