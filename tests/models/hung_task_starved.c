/*
 * khungtaskd is an ordinary thread. If no CPU lets it run it says nothing of the client, which
 * sleeps for 248 s: on one CPU with a FIFO task that does not end, or on two that are both held by
 * a stop_machine() (one of them keeps the other waiting). With one CPU more it reports.
 *
 * -D PREEMPTED: nor does it say anything of a client that is preempted all the time, and would like
 * to go on. (-D ABOUT_TO_SLEEP: unless it was just about to sleep. Only its state is looked at.)
 *
 * expect --cpus 1 -D CONFIG_DETECT_HUNG_TASK: holds
 * expect --cpus 2 -D CONFIG_DETECT_HUNG_TASK: violated hung_task transient task=client
 * expect --cpus 2 -D CONFIG_DETECT_HUNG_TASK -D HUNG_TASK_CPU=0: violated hung_task transient task=client
 * expect --cpus 2 -D CONFIG_DETECT_HUNG_TASK -D STOP_MACHINE -D HUNG_TASK_FIRST_LOOK_SECS=60: holds
 * expect --cpus 3 -D CONFIG_DETECT_HUNG_TASK -D STOP_TWO_CPUS -D HUNG_TASK_FIRST_LOOK_SECS=60: violated hung_task transient task=client
 * expect --cpus 2 -D CONFIG_DETECT_HUNG_TASK -D PREEMPTED -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 2 -D CONFIG_DETECT_HUNG_TASK -D PREEMPTED -D ABOUT_TO_SLEEP -D CONFIG_PREEMPT_FULL: violated hung_task transient task=client
 */
#include <linux/completion.h>
#include <linux/hung_task.h>
#include <linux/kthread.h>
#include <linux/start_kernel.h>
#include <linux/stop_machine.h>

#define WAIT_TICKS 62

static DECLARE_COMPLETION(answer);
static struct task_struct *hog_task;
static bool hog_runs;

static int client(void *unused __maybe_unused)
{
#ifdef PREEMPTED
#ifdef ABOUT_TO_SLEEP
	set_current_state(TASK_UNINTERRUPTIBLE);
#endif
	wake_up_process(hog_task);
	__set_current_state(TASK_RUNNING);
#endif
	wait_for_completion(&answer);
	return 0;
}

static int hog(void *unused __maybe_unused)
{
	WRITE_ONCE(hog_runs, true);
	ls_delay(WAIT_TICKS);
	complete(&answer);
	return 0;
}

static int nothing(void *unused __maybe_unused)
{
	return 0;
}

/* The hog runs on CPU 0 when the client sleeps there; then the others are stopped. */
static int start(void *unused __maybe_unused)
{
#ifndef PREEMPTED
	wake_up_process(hog_task);
#endif
#if defined(STOP_MACHINE) || defined(STOP_TWO_CPUS)
	while (!READ_ONCE(hog_runs))
		cpu_relax();
#endif
#if defined(STOP_MACHINE)
	return stop_machine(nothing, NULL, NULL);
#elif defined(STOP_TWO_CPUS)
	return stop_two_cpus(0, 1, nothing, NULL);
#else
	return nothing(NULL);
#endif
}

void ls_boot(void)
{
	const struct sched_param param = { .sched_priority = 50 };

	start_kernel();
	hung_task_init();
	hog_task = kthread_create_on_cpu(hog, NULL, 0, "hog");
#if !defined(STOP_MACHINE) && !defined(STOP_TWO_CPUS)
	sched_setscheduler(hog_task, SCHED_FIFO, &param);
#endif
	start_task(kthread_create_on_cpu(client, NULL, 0, "client"), 0);
#if defined(STOP_MACHINE) || defined(STOP_TWO_CPUS)
	start_task(kthread_create_on_cpu(start, NULL, 1, "start"), 1);
#else
	start_task(kthread_create_on_cpu(start, NULL, 0, "start"), 0);
#endif
}
