/*
 * 13. A watchdog (buggy)
 *
 * Question: a thread sets a time stamp whenever it gets the CPU. A timer's interrupt looks at the
 *           stamp, and reports a soft lockup if it is too old. Does it report the worker, which never
 *           lets anybody else run, but does end?
 * Command:  lockstep check 13_watchdog/buggy.c --cpus 1
 * See:      violated: soft_lockup, transient. Transient: the lockup is over when the worker is.
 *
 * expect --cpus 1: violated soft_lockup transient cpu=0 task=worker message=*CPU#0*stuck*for*3*ticks*[worker]
 */
#include <lockstep.h>

enum { TIMER = 1, THRESHOLD = 2, LAST_ITEM = 4 };

static int worker_task, watchdog_task;
static ls_time_t stamp;
static _Bool watchdog_wanted, work_done;

/* The detector: once a tick, whatever runs, unless interrupts are off. */
static void timer_interrupt(void)
{
	int age = (int)(ls_now() - stamp);

	if (work_done)
		return;
	watchdog_wanted = 1;
	if (age > THRESHOLD)
		ls_report("soft_lockup", ls_cpu(), ls_self(), "BUG: soft lockup - CPU#%d stuck for %d ticks! [%pT]",
			  ls_cpu(), age, ls_self());
	ls_timer_start(ls_cpu(), TIMER, 1);
}

static void watchdog(void *unused)
{
	for (;;) {
		stamp = ls_now();
		watchdog_wanted = 0;
		ls_switch_to(worker_task);
	}
}

/* Gives the CPU away if somebody else is to run. */
static void cond_resched(void)
{
	if (watchdog_wanted)
		ls_switch_to(watchdog_task);
}

static void worker(void *unused)
{
	for (int item = 1; item <= LAST_ITEM; item++)
		ls_delay(1);
	work_done = 1;
}

void ls_boot(void)
{
	stamp = ls_now();
	ls_irq_handler(TIMER, timer_interrupt);
	ls_timer_start(0, TIMER, 1);
	worker_task = ls_task(worker, 0, 1, LS_TASK, "worker");
	watchdog_task = ls_task(watchdog, 0, 2, LS_DAEMON, "watchdog/0");
	ls_run(0, worker_task);
}
