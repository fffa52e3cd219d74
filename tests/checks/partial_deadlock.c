/*
 * Two are stuck for ever while a third goes on for ever, and a timer ticks. Those who spin are as stuck as those who wait.
 *
 * expect --cpus 3: violated deadlock permanent
 * expect --cpus 3 -D SPIN: violated deadlock permanent
 * expect --cpus 3 -D FIXED: holds
 * expect --cpus 3 -D SPIN -D FIXED: holds
 */
#include <lockstep.h>

static int a, b, worked;

#ifdef SPIN
LS_ATOMIC static _Bool trylock(int *lock)
{
	if (*lock)
		return 0;
	*lock = 1;
	return 1;
}

static void lock(int *lock)
{
	while (!trylock(lock))
		cpu_relax();
}
#else
LS_ATOMIC static void lock(int *lock)
{
	ls_await(!*lock);
	*lock = 1;
}
#endif

static void both(int *one, int *two)
{
	lock(one);
	lock(two);
	*two = 0;
	*one = 0;
}

static void first(void *unused)
{
	both(&a, &b);
}

static void second(void *unused)
{
#ifdef FIXED
	both(&a, &b);
#else
	both(&b, &a);
#endif
}

static void worker(void *unused)
{
	for (;;) {
		worked = !worked;
		ls_progress();
	}
}

static void timer(void)
{
	ls_timer_start(ls_cpu(), 1, 2);
}

void ls_boot(void)
{
	ls_irq_handler(1, timer);
	ls_timer_start(2, 1, 2);
	ls_run(0, ls_task(first, (void *)0, 1, LS_TASK, "first"));
	ls_run(1, ls_task(second, (void *)0, 2, LS_TASK, "second"));
	ls_run(2, ls_task(worker, (void *)0, 3, LS_TASK, "worker"));
}
