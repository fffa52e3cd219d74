/*
 * A countdown to an NMI counts the CPU's own time, so that a stolen CPU is 10 ticks late; only an
 * observer comes all the same.
 *
 * expect --cpus 2 -D VECTOR=2 -D EXPECTED=12: holds
 * expect --cpus 2 -D VECTOR=2 -D EXPECTED=2: violated assertion task=victim
 * expect --cpus 2 -D VECTOR=LS_OBSERVER -D EXPECTED=2: holds
 * expect --cpus 2 -D VECTOR=2 -D EXPECTED=2 -D NOT_STOLEN: holds
 */
#include <lockstep.h>

static ls_time_t started, expired;
static int ready, go;

static void nmi(void)
{
	if (expired == LS_NEVER)
		expired = ls_now();
}

static void victim(void *unused)
{
	ls_timer_start(0, VECTOR, 2);
	started = ls_now();
	ready = 1;
	ls_await(go);
	ls_await(expired != LS_NEVER);
	ls_assert(expired - started == EXPECTED);
}

static void thief(void *unused)
{
	ls_await(ready);
#ifndef NOT_STOLEN
	ls_steal(0, 10);
#endif
	ls_delay(11);
	go = 1;
}

void ls_boot(void)
{
	expired = LS_NEVER;
	ls_nmi_handler(VECTOR, nmi);
	ls_run(0, ls_task(victim, (void *)0, 1, LS_TASK, "victim"));
	ls_run(1, ls_task(thief, (void *)0, 2, LS_DAEMON, "thief"));
}
