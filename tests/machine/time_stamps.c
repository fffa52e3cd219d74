/*
 * Stamps are relative to now and stop growing, so that a clock that runs for ever has finitely many states; LS_NEVER
 * stays what it is.
 *
 * expect --cpus 1: holds
 * expect --cpus 1 -D TOO_EARLY: violated assertion task=body
 */
#include <lockstep.h>

static ls_time_t last = LS_NEVER, other = LS_NEVER;
static int ticks;

static void timer(void)
{
	ls_time_t now = ls_now();

	ls_assert(last == LS_NEVER || now - last == 3);
	last = now;
	if (ticks < 4)
		ticks++;
	ls_timer_start(0, 1, 3);
}

static void body(void *unused)
{
	ls_time_t start = ls_now();

	while (ticks < 4)
		cpu_relax();
#ifdef TOO_EARLY
	ls_assert(ls_now() - start < 12);
#else
	ls_assert(ls_now() - start == 12);
#endif
	ls_assert(ls_now() >= start && start + 12 == ls_now());
	ls_assert(other == LS_NEVER && last != LS_NEVER);
}

void ls_boot(void)
{
	ls_irq_handler(1, timer);
	ls_timer_start(0, 1, 3);
	ls_run(0, ls_task(body, (void *)0, 1, LS_TASK, "body"));
}
