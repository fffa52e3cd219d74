/*
 * A CPU that the hypervisor takes away does nothing meanwhile, not even take an interrupt; what was due comes afterwards.
 *
 * expect --cpus 2: holds
 * expect --cpus 2 -D NOT_STOLEN: violated assertion task=victim
 */
#include <lockstep.h>

static ls_time_t started, expired;
static int ready, go;

static void timer(void)
{
	expired = ls_now();
}

static void victim(void *unused)
{
	ls_timer_start(0, 1, 2);
	started = ls_now();
	ready = 1;
	while (!go)
		cpu_relax();
	ls_await(expired != LS_NEVER);
	ls_assert(expired - started == 10);
}

static void thief(void *unused)
{
	ls_await(ready);
#ifndef NOT_STOLEN
	ls_steal(0, 10);
#endif
	go = 1;
}

void ls_boot(void)
{
	expired = LS_NEVER;
	ls_irq_handler(1, timer);
	ls_run(0, ls_task(victim, (void *)0, 1, LS_TASK, "victim"));
	ls_run(1, ls_task(thief, (void *)0, 2, LS_DAEMON, "thief"));
}
