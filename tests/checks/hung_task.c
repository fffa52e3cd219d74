/*
 * A detector that looks at a task that is on no CPU: CPU 0 goes over to the watcher while the sleeper waits for a
 * wake-up that comes late, or never.
 *
 * expect --cpus 1: violated hung_task transient task=sleeper message=*sleeper*blocked*for*more*than*6*ticks
 * expect --cpus 1 -D NEVER: violated hung_task permanent task=sleeper
 * expect --cpus 1 -D FIXED: holds
 */
#include <lockstep.h>

static int sleeper_task, watcher_task, awake;

static void sleeper(void *unused)
{
	ls_switch_to(watcher_task);
	ls_assert(awake);
}

static void watcher(void *unused)
{
#ifdef FIXED
	ls_delay(5);
#else
	ls_delay(6);
	ls_report("hung_task", 0, sleeper_task, "%pT blocked for more than %d ticks", sleeper_task, 6);
#endif
#ifndef NEVER
	awake = 1;
	ls_switch_to(sleeper_task);
#endif
}

void ls_boot(void)
{
	sleeper_task = ls_task(sleeper, (void *)0, 1, LS_TASK, "sleeper");
	watcher_task = ls_task(watcher, (void *)0, 2, LS_DAEMON, "watcher");
	ls_run(0, sleeper_task);
}
