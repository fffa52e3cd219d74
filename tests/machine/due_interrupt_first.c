/*
 * What a timer raised while it could not be delivered comes before anything else as soon as it can:
 * when interrupts go on, when another handler ends, when the hypervisor gives the CPU back. What
 * another CPU sends may still be on its way then, and what a timer raises while interrupts are on
 * may come before or after what else happens in the same tick.
 *
 * expect --cpus 2 -D IRQS_OFF: holds
 * expect --cpus 2 -D STOLEN: holds
 * expect --cpus 2 -D TWO_TIMERS: holds
 * expect --cpus 2 -D SENT: violated assertion task=victim
 * expect --cpus 2 -D IRQS_ON: violated assertion task=victim
 */
#include <lockstep.h>

static int expired, ready;

static void timer(void)
{
	expired++;
}

static void victim(void *unused)
{
#if defined(IRQS_OFF)
	ls_timer_start(0, 1, 2);
	ls_irq_disable();
	ls_delay(3);
	ls_irq_enable();
	ls_assert(expired == 1);
#elif defined(STOLEN)
	ls_timer_start(0, 1, 2);
	ready = 1;
	ls_await(ready == 2);
	ls_assert(expired == 1);
#elif defined(TWO_TIMERS)
	ls_timer_start(0, 1, 2);
	ls_timer_start(0, 2, 1);
	ls_irq_disable();
	ls_delay(3);
	ls_irq_enable();
	ls_assert(expired == 2);
#elif defined(SENT)
	ls_irq_disable();
	ready = 1;
	ls_await(ready == 2);
	ls_irq_enable();
	ls_assert(expired == 1);
#else
	ls_timer_start(0, 1, 2);
	ls_delay(2);
	ls_assert(expired == 1);
#endif
}

static void other(void *unused)
{
	ls_await(ready == 1);
#if defined(STOLEN)
	ls_steal(0, 5);
#elif defined(SENT)
	ls_irq_raise(0, 1);
#endif
	ready = 2;
}

void ls_boot(void)
{
	ls_irq_handler(1, timer);
	ls_irq_handler(2, timer);
	ls_run(0, ls_task(victim, (void *)0, 1, LS_TASK, "victim"));
	ls_run(1, ls_task(other, (void *)0, 2, LS_DAEMON, "other"));
}
