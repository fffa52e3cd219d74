/*
 * Two tasks that are called the same are told apart: the first ends, the second is stuck.
 *
 * expect --cpus 2: violated deadlock permanent cpu=1 task=worker#2
 * expect --cpus 2 -D FIRST_STAYS: violated deadlock permanent cpu=0 task=worker
 */
#define LOCKSTEP_NO_SOURCES
#include <lockstep.h>

#ifdef FIRST_STAYS
#define FIRST ((void *)1)
#define SECOND ((void *)0)
#else
#define FIRST ((void *)0)
#define SECOND ((void *)1)
#endif

static volatile int go;

static int worker(void *stays)
{
	while (stays && !go)
		;
	return 0;
}

void ls_boot(void)
{
	ls_run(0, ls_task(worker, FIRST, 10, LS_TASK, "worker"));
	ls_run(1, ls_task(worker, SECOND, 11, LS_TASK, "worker"));
}
