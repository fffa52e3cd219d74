/*
 * A daemon may wait for work for ever; a task may not.
 *
 * expect --cpus 1: violated deadlock permanent task=worker
 * expect --cpus 1 -D FIXED: holds
 */
#include <lockstep.h>

static int work;

static void worker(void *unused)
{
	for (;;) {
		ls_await(work);
		work = 0;
	}
}

void ls_boot(void)
{
#ifdef FIXED
	ls_run(0, ls_task(worker, (void *)0, 1, LS_DAEMON, "worker"));
#else
	ls_run(0, ls_task(worker, (void *)0, 1, LS_TASK, "worker"));
#endif
}
