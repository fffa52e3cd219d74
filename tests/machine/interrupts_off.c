/*
 * A raised interrupt stays pending while interrupts are off, and comes once; between any two steps while they are on.
 *
 * expect --cpus 1: holds
 * expect --cpus 1 -D ENABLED: violated assertion task=body
 * expect --cpus 1 -D NEVER_ENABLED: violated deadlock permanent task=body
 */
#include <lockstep.h>

static int x, interrupts;

static void handler(void)
{
	interrupts++;
	ls_assert(ls_irqs_disabled() && ls_in_irq());
	x = 2;
}

static void body(void *unused)
{
#ifndef ENABLED
	ls_irq_disable();
#endif
	ls_irq_raise(0, 1);
	ls_irq_raise(0, 1);
	x = 1;
	ls_assert(x == 1);
#ifndef NEVER_ENABLED
	ls_irq_enable();
#endif
	ls_await(interrupts);
	ls_assert(interrupts == 1 && x == 2);
	ls_assert(!ls_irqs_disabled() && !ls_in_irq());
}

void ls_boot(void)
{
	ls_irq_handler(1, handler);
	ls_run(0, ls_task(body, (void *)0, 1, LS_TASK, "body"));
}
