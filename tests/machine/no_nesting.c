/*
 * Handlers run with interrupts off: another vector waits until the first is over. An NMI does not wait, and is one step.
 *
 * expect --cpus 1: holds
 * expect --cpus 1 -D OPEN: violated warning message=*handler*enabled*interrupts
 * expect --cpus 1 -D NMI: violated assertion
 */
#include <lockstep.h>

static int inside, seen;

static void first(void)
{
	inside = 1;
#ifdef OPEN
	ls_irq_enable();	/* refused */
#endif
	seen = 1;
	inside = 0;
}

static void second(void)
{
	ls_assert(!inside);
	seen |= 2;
}

static void body(void *unused)
{
	ls_irq_raise(0, 1);
	ls_irq_raise(0, 2);
}

void ls_boot(void)
{
	ls_irq_handler(1, first);
#ifdef NMI
	ls_nmi_handler(2, second);
#else
	ls_irq_handler(2, second);
#endif
	ls_run(0, ls_task(body, (void *)0, 1, LS_TASK, "body"));
}
