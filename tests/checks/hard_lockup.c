/*
 * With interrupts off no timer interrupt is seen any more; an NMI on the same CPU still is, and notices that.
 *
 * expect --cpus 1: violated hard_lockup cpu=0 task=body transient
 * expect --cpus 1 -D FOR_EVER: violated hard_lockup cpu=0 task=body permanent
 * expect --cpus 1 -D FIXED: holds
 */
#include <lockstep.h>

static unsigned int interrupts, seen;
static int over;

static void timer(void)
{
	interrupts++;
	ls_timer_start(0, 1, 1);
	if (over) {
		ls_timer_start(0, 1, 0);
		ls_timer_start(0, 2, 0);
	}
}

static void perf(void)
{
	ls_timer_start(0, 2, 5);
	if (interrupts == seen)
		ls_report("hard_lockup", 0, ls_self(), "hard LOCKUP on cpu 0");
	seen = interrupts;
}

static void body(void *unused)
{
	ls_irq_disable();
#ifdef FOR_EVER
	for (;;)
		cpu_relax();
#elif defined(FIXED)
	ls_delay(3);
#else
	ls_delay(12);
#endif
	ls_irq_enable();
	over = 1;
}

void ls_boot(void)
{
	ls_irq_handler(1, timer);
	ls_nmi_handler(2, perf);
	ls_timer_start(0, 1, 1);
	ls_timer_start(0, 2, 5);
	ls_run(0, ls_task(body, (void *)0, 1, LS_TASK, "body"));
}
