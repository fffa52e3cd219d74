/*
 * khungtaskd: a thread that looks every hung_task_timeout_secs for tasks that sleep and are not
 * woken up.
 *
 * It reports a task that is in TASK_UNINTERRUPTIBLE and was at the last look, and has not been
 * switched out in between; so 120 to 240 s after it fell asleep, at the default. Tasks whose sleep
 * a fatal signal ends (TASK_KILLABLE), or that wait for work in this state (TASK_IDLE), do not
 * count, and neither do those that are runnable and do not get a CPU. It says so again at each
 * further look; the kernel stops after ten reports (hung_task_warnings), the checker shows them as
 * one.
 *
 * The kernel compares the count of a task's context switches with that of the last look. All that
 * is asked is whether it has changed: a flag, which the scheduler sets where it would count, and
 * the look takes back. As in the kernel that is done for tasks that are asleep just then only; and
 * a task that was never looked at counts as one that has switched.
 *
 * khungtaskd is an ordinary thread. The timer that wakes it up belongs to the CPU where it went to
 * sleep, and it has to find a CPU that lets it run: where all are held by stoppers or FIFO tasks it
 * says nothing. (What sched.c leaves out, that a CPU which becomes idle later fetches a task from
 * one with a stopper and nothing else, may keep it waiting for longer than in the kernel.) It
 * begins asleep, on HUNG_TASK_CPU (the last).
 *
 * Time. A period is a number of ticks, rounded up. When the first look comes is not known: all
 * moments within a period are tried, each with its own initial state. -D HUNG_TASK_FIRST_LOOK_SECS:
 * that one only, where states are too many.
 *
 * The look at one task is one step: what it sees is the task's own, and if the task is woken up and
 * sleeps again while it is looked at, it might as well have done so before or after. The look at
 * all is not.
 *
 * Left out: hung_task_check_interval_secs, which only makes looks more frequent than reports;
 * hung_task_panic, backtraces, what is printed besides, who holds the lock that is waited for;
 * letting others run during a long look.
 */
#include <asm/irq_vectors.h>
#include <linux/hung_task.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/nmi.h>
#include <linux/sched.h>
#if defined(LS_HANG_TICKS)
#include <linux/silent_hang.h>
#endif

#define MSECS_TO_TICKS(msecs) (((msecs) + WATCHDOG_TICK_MS - 1) / WATCHDOG_TICK_MS)
#define HUNG_TASK_TIMEOUT_TICKS MSECS_TO_TICKS(HUNG_TASK_TIMEOUT_SECS * MSEC_PER_SEC)

#ifndef HUNG_TASK_CPU
#define HUNG_TASK_CPU (nr_cpu_ids - 1)
#endif
#if HUNG_TASK_CPU < 0 || HUNG_TASK_CPU >= NR_CPUS
#error "HUNG_TASK_CPU: there is no such CPU; 0 to the number of CPUs less 1"
#endif

#ifndef HUNG_TASK_FIRST_LOOK_SECS
#define HUNG_TASK_FIRST_LOOK_TICKS ls_choose(1, HUNG_TASK_TIMEOUT_TICKS)
#elif HUNG_TASK_FIRST_LOOK_SECS < 1 || HUNG_TASK_FIRST_LOOK_SECS > HUNG_TASK_TIMEOUT_SECS
#error "HUNG_TASK_FIRST_LOOK_SECS: within a period, 1 to HUNG_TASK_TIMEOUT_SECS"
#else
#define HUNG_TASK_FIRST_LOOK_TICKS MSECS_TO_TICKS(HUNG_TASK_FIRST_LOOK_SECS * MSEC_PER_SEC)
#endif

/* Behind those of all CPUs' own threads. */
#define KHUNGTASKD_PID 400

static struct task_struct watchdog_task;

/* ---- The look -------------------------------------------------------------------------------- */

static void report_hung_task(const struct task_struct *t)
{
	ls_report("hung_task", t->cpu, t->nr,
		  "INFO: task %pT:%d blocked for more than %d seconds.", t->nr, t->pid,
		  HUNG_TASK_TIMEOUT_SECS);
#if defined(LS_HANG_TICKS)
	silent_hang_reported();
#endif
}

/* True: it was reported. */
LS_ATOMIC static bool check_hung_task(struct task_struct *t)
{
	if (!(t->__state & TASK_UNINTERRUPTIBLE) || t->__state & (TASK_WAKEKILL | TASK_NOLOAD))
		return false;
	if (t->switched) {
		t->switched = false;
		return false;
	}
	report_hung_task(t);
	return true;
}

/* The report may have taken long to print. */
static void check_hung_uninterruptible_tasks(void)
{
	int nr;

	for (nr = 0; nr < nr_threads; nr++)
		if (check_hung_task(ls_task_data(nr)))
			touch_nmi_watchdog();
}

/* ---- The thread ------------------------------------------------------------------------------ */

static void process_timeout(void)
{
	wake_up_process(&watchdog_task);
}

/* Nobody else wakes it up, so that all of the time has passed when it goes on. */
static void schedule_timeout_interruptible(int ticks)
{
	set_current_state(TASK_INTERRUPTIBLE);
	ls_timer_start(ls_cpu(), HUNG_TASK_VECTOR, ticks);
	schedule();
}

static int watchdog(void *unused __maybe_unused)
{
	for (;;) {
		check_hung_uninterruptible_tasks();
		schedule_timeout_interruptible(HUNG_TASK_TIMEOUT_TICKS);
	}
	return 0;
}

/* As if it were in its first sleep already. */
void hung_task_init(void)
{
	ls_irq_handler(HUNG_TASK_VECTOR, process_timeout);
	kthread_init_task(&watchdog_task, watchdog, NULL, HUNG_TASK_CPU, CPU_BITS_ALL,
			  KHUNGTASKD_PID, LS_DAEMON, "khungtaskd");
	watchdog_task.__state = TASK_INTERRUPTIBLE;
	ls_timer_start(HUNG_TASK_CPU, HUNG_TASK_VECTOR, HUNG_TASK_FIRST_LOOK_TICKS);
}
