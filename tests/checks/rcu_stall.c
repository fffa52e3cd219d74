/*
 * A detector that looks from outside: a reader that does not come to its end is reported by the one who waits for it.
 *
 * expect --cpus 2: violated rcu_stall transient cpu=0 task=reader message=*stall*on*CPU*0
 * expect --cpus 2 -D FOR_EVER --all: violated rcu_stall permanent cpu=0 task=reader; deadlock permanent
 * expect --cpus 2 -D FIXED: holds
 */
#include <lockstep.h>

#define STALL_TICKS 5

static int readers;

static void reader(void *unused)
{
	readers = 1;
#if defined(FOR_EVER)
	for (;;)
		cpu_relax();
#elif defined(FIXED)
	ls_delay(STALL_TICKS - 2);
#else
	ls_delay(STALL_TICKS + 2);
#endif
	readers = 0;
}

static void updater(void *unused)
{
	ls_delay(STALL_TICKS);
	if (readers)
		ls_report("rcu_stall", 0, -1, "rcu: INFO: detected stall on CPU %d", 0);
	ls_await(!readers);
}

void ls_boot(void)
{
	ls_run(0, ls_task(reader, (void *)0, 1, LS_TASK, "reader"));
	ls_run(1, ls_task(updater, (void *)0, 2, LS_TASK, "updater"));
}
