/*
 * ls_halt turns interrupts on and sleeps in one step, so that no interrupt can come in between and be missed.
 *
 * expect --cpus 1: holds
 * expect --cpus 1 -D IN_TWO_STEPS: violated deadlock permanent task=idle
 */
#include <lockstep.h>

static int work;

static void handler(void)
{
	work = 1;
}

static void idle(void *unused)
{
	ls_irq_raise(0, 1);
	ls_irq_disable();
	if (!work) {
#ifdef IN_TWO_STEPS
		ls_irq_enable();
#endif
		ls_halt();
	}
	ls_irq_enable();
	ls_assert(work);
}

void ls_boot(void)
{
	ls_irq_handler(1, handler);
	ls_run(0, ls_task(idle, (void *)0, 1, LS_TASK, "idle"));
}
