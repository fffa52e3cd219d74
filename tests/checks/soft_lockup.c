/*
 * A detector's report. A wait that ends is a transient lockup, one that does not a permanent one; a wait in which the
 * watchdog is touched is none.
 *
 * expect --cpus 1: violated soft_lockup permanent cpu=0 task=waiter message=*CPU#0*stuck*for*12*ticks*[waiter]
 * expect --cpus 2: violated soft_lockup transient cpu=0 task=waiter
 * expect --cpus 2 -D TOUCH: holds
 * expect --cpus 2 -D FIXED: holds
 */
#include <lockstep.h>

static ls_time_t touched;
static int released, watched = 1;

static void detector(void)
{
	if (!watched)
		return;
	ls_timer_start(0, 1, 4);
	if (ls_now() - touched > 10)
		ls_report("soft_lockup", 0, ls_self(), "soft lockup - CPU#%d stuck for %d ticks [%pT]", 0,
			  (int)(ls_now() - touched), ls_self());
}

static void waiter(void *unused)
{
	while (!released) {
#ifdef TOUCH
		touched = ls_now();
#endif
		cpu_relax();
	}
	touched = ls_now();
	watched = 0;
}

static void releaser(void *unused)
{
#ifdef FIXED
	ls_delay(7);
#else
	ls_delay(20);
#endif
	released = 1;
}

void ls_boot(void)
{
	touched = ls_now();
	ls_irq_handler(1, detector);
	ls_timer_start(0, 1, 4);
	ls_run(0, ls_task(waiter, (void *)0, 1, LS_TASK, "waiter"));
	if (NR_CPUS > 1)
		ls_run(1, ls_task(releaser, (void *)0, 2, LS_TASK, "releaser"));
}
