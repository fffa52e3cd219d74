/*
 * An interrupt's handler that waits for ever, on a CPU whose own task may do so, or has finished: no
 * task is stuck, but the CPU is. And a task that has finished, and hangs on its way out.
 *
 * expect --cpus 2 -D DAEMON: violated deadlock permanent task=handler*
 * expect --cpus 2 -D DAEMON -D FIXED: holds
 * expect --cpus 2: violated deadlock permanent task=handler*
 * expect --cpus 2 -D FIXED: holds
 * expect --cpus 2 -D ON_ITS_WAY_OUT: violated deadlock permanent task=short
 * expect --cpus 2 -D ON_ITS_WAY_OUT -D FIXED: holds
 */
#include <lockstep.h>

static int locked = 1;

static void handler(void)
{
#ifndef ON_ITS_WAY_OUT
	ls_await(!locked);
#endif
}

static void short_task(void *unused)
{
}

void ls_task_exit(void)
{
#ifdef ON_ITS_WAY_OUT
	while (locked)
		cpu_relax();
#endif
}

static void daemon(void *unused)
{
	for (;;)
		ls_halt();
}

static void owner(void *unused)
{
	ls_irq_raise(0, 1);
	ls_timer_start(0, 1, 1);
#ifdef FIXED
	locked = 0;
#endif
}

void ls_boot(void)
{
	ls_irq_handler(1, handler);
#ifdef DAEMON
	ls_run(0, ls_task(daemon, (void *)0, 1, LS_DAEMON, "daemon"));
#else
	ls_run(0, ls_task(short_task, (void *)0, 1, LS_TASK, "short"));
#endif
	ls_run(1, ls_task(owner, (void *)0, 2, LS_TASK, "owner"));
}
