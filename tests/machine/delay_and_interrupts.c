/*
 * A delay goes on only while its own CPU is at it: the time that a handler takes comes on top. On another CPU it does not.
 *
 * expect --cpus 2: holds
 * expect --cpus 2 -D OTHER: violated assertion task=body
 */
#include <lockstep.h>

#ifdef OTHER
#define HANDLER_CPU 1
#else
#define HANDLER_CPU 0
#endif

static void handler(void)
{
	ls_delay(3);
}

static void body(void *unused)
{
	ls_time_t start = ls_now();

	ls_delay(5);
	ls_assert(ls_now() - start == 8);
}

void ls_boot(void)
{
	ls_irq_handler(1, handler);
	ls_timer_start(HANDLER_CPU, 1, 2);
	ls_run(0, ls_task(body, (void *)0, 1, LS_TASK, "body"));
}
