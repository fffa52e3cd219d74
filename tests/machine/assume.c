/*
 * No time passes before a false ls_assume: the run is left out, and what others would report while
 * they wait for the task that stands there is no report.
 *
 * expect --cpus 2: holds
 * expect --cpus 2 -D LATER: violated soft_lockup transient cpu=1
 */
#include <lockstep.h>

static volatile _Bool flag;

static void ends_the_run(void *unused)
{
#ifdef LATER
	ls_delay(3);
#else
	ls_assume(0);
#endif
	flag = 1;
}

static void waits(void *unused)
{
	while (!flag)
		cpu_relax();
}

static void timer(void)
{
	ls_report("soft_lockup", 1, ls_current(1), "CPU#1 waits");
}

void ls_boot(void)
{
	ls_irq_handler(1, timer);
	ls_timer_start(1, 1, 2);
	ls_run(0, ls_task(ends_the_run, (void *)0, 1, LS_TASK, "ends_the_run"));
	ls_run(1, ls_task(waits, (void *)0, 2, LS_TASK, "waits"));
}
