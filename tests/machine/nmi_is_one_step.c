/*
 * Nobody sees an NMI's handler half done, on whichever CPU; an interrupt's handler can be seen so.
 *
 * expect --cpus 2: holds
 * expect --cpus 2 -D INTERRUPT: violated assertion task=watcher
 */
#include <lockstep.h>

static int a, b;

static void handler(void)
{
	a++;
	b++;
}

static void body(void *unused)
{
	ls_irq_raise(0, 1);
}

LS_ATOMIC static _Bool are_equal(void)
{
	return a == b;
}

static void watcher(void *unused)
{
	ls_assert(are_equal());
}

void ls_boot(void)
{
#ifdef INTERRUPT
	ls_irq_handler(1, handler);
#else
	ls_nmi_handler(1, handler);
#endif
	ls_run(0, ls_task(body, (void *)0, 1, LS_TASK, "body"));
	ls_run(1, ls_task(watcher, (void *)0, 2, LS_TASK, "watcher"));
}
