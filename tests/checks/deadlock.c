/*
 * Two locks in two orders: everybody is stuck.
 *
 * expect --cpus 2: violated deadlock permanent
 * expect --cpus 2 -D FIXED: holds
 */
#include <lockstep.h>

static int a, b;

LS_ATOMIC static void lock(int *lock)
{
	ls_await(!*lock);
	*lock = 1;
}

static void unlock(int *lock)
{
	*lock = 0;
}

static void both(int *one, int *two)
{
	lock(one);
	lock(two);
	unlock(two);
	unlock(one);
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

void ls_boot(void)
{
	ls_run(0, ls_task(first, (void *)0, 1, LS_TASK, "first"));
	ls_run(1, ls_task(second, (void *)0, 2, LS_TASK, "second"));
}
