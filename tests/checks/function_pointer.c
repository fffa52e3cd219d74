/*
 * A call through a pointer that was cleared meanwhile.
 *
 * expect --cpus 2: violated memory task=caller
 * expect --cpus 2 -D FIXED: holds
 */
#include <lockstep.h>

static int x;

static void callback(void)
{
	x = 1;
}

static void (*hook)(void) = callback;

static void caller(void *unused)
{
#ifdef FIXED
	void (*f)(void) = hook;

	if (f)
		f();
#else
	if (hook)
		hook();
#endif
}

static void remover(void *unused)
{
	hook = (void *)0;
}

void ls_boot(void)
{
	ls_run(0, ls_task(caller, (void *)0, 1, LS_TASK, "caller"));
	ls_run(1, ls_task(remover, (void *)0, 2, LS_TASK, "remover"));
}
