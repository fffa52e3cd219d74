/*
 * khungtaskd reports who waits for a completion that does not come in time: never before 120 s are
 * over, after 240 s wherever the looks fall, in between if they fall so. Who sleeps in
 * TASK_INTERRUPTIBLE, TASK_KILLABLE or TASK_IDLE is left alone, and so is who was woken up in time
 * and waits again.
 *
 * A tick is 4 s.
 *
 * expect --cpus 1 -D CONFIG_DETECT_HUNG_TASK -D WAIT=25: holds
 * expect --cpus 1 -D CONFIG_DETECT_HUNG_TASK -D WAIT=29: holds
 * expect --cpus 1 -D CONFIG_DETECT_HUNG_TASK -D WAIT=31: violated hung_task transient task=client message=INFO:*task*client:1001*blocked*for*more*than*120*seconds.
 * expect --cpus 1 -D CONFIG_DETECT_HUNG_TASK -D WAIT=62: violated hung_task transient task=client
 * expect --cpus 1 -D CONFIG_DETECT_HUNG_TASK -D WAIT=62 -D HUNG_TASK_FIRST_LOOK_SECS=120: violated hung_task transient task=client
 * expect --cpus 1 -D CONFIG_DETECT_HUNG_TASK -D WAIT=62 -D HUNG_TASK_FIRST_LOOK_SECS=4: violated hung_task transient task=client
 * expect --cpus 1 -D CONFIG_DETECT_HUNG_TASK -D WAIT=55 -D HUNG_TASK_FIRST_LOOK_SECS=120: holds
 * expect --cpus 2 -D CONFIG_DETECT_HUNG_TASK -D WAIT=25: holds
 * expect --cpus 2 -D CONFIG_DETECT_HUNG_TASK -D WAIT=31 --all: violated hung_task transient task=client
 * expect --cpus 1 -D CONFIG_DETECT_HUNG_TASK -D WAIT=25 -D AGAIN: holds
 * expect --cpus 1 -D CONFIG_DETECT_HUNG_TASK -D WAIT=62 -D SLEEP=TASK_UNINTERRUPTIBLE: violated hung_task transient task=client
 * expect --cpus 1 -D CONFIG_DETECT_HUNG_TASK -D WAIT=62 -D SLEEP=TASK_INTERRUPTIBLE: holds
 * expect --cpus 1 -D CONFIG_DETECT_HUNG_TASK -D WAIT=62 -D SLEEP=TASK_KILLABLE: holds
 * expect --cpus 1 -D CONFIG_DETECT_HUNG_TASK -D WAIT=62 -D SLEEP=TASK_IDLE: holds
 * expect --cpus 1 -D CONFIG_DETECT_HUNG_TASK -D WAIT=3 -D WATCHDOG_THRESH=20 -D HUNG_TASK_TIMEOUT_SECS=10: violated hung_task transient message=*more*than*10*seconds.
 * expect --cpus 1 -D CONFIG_DETECT_HUNG_TASK -D WAIT=11 -D HUNG_TASK_TIMEOUT_SECS=10 -D CONFIG_SOFTLOCKUP_GENERATION=1: violated hung_task transient
 * expect --cpus 1 -D CONFIG_DETECT_HUNG_TASK -D WAIT=9 -D HUNG_TASK_TIMEOUT_SECS=10 -D CONFIG_SOFTLOCKUP_GENERATION=1: holds
 */
#include <linux/completion.h>
#include <linux/entry-common.h>
#include <linux/hung_task.h>
#include <linux/kthread.h>
#include <linux/start_kernel.h>

static DECLARE_COMPLETION(answer);
static struct task_struct *client_task;

static void wait_for_answer(void)
{
#ifdef SLEEP
	set_current_state(SLEEP);
	while (!completion_done(&answer)) {
		schedule();
		set_current_state(SLEEP);
	}
	__set_current_state(TASK_RUNNING);
#else
	wait_for_completion(&answer);
#endif
}

static int client(void *unused __maybe_unused)
{
	wait_for_answer();
#ifdef AGAIN
	wait_for_answer();
#endif
	return 0;
}

/* In user code, so that khungtaskd gets the CPU if there is only this one. */
static void work(void)
{
	exit_to_user_mode();
	ls_delay(WAIT);
	enter_from_user_mode();
}

static int server(void *unused __maybe_unused)
{
	work();
	complete(&answer);
#ifdef AGAIN
	work();
	complete(&answer);
#endif
#ifdef SLEEP
	wake_up_state(client_task, SLEEP);
#endif
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	hung_task_init();
	client_task = kthread_create_on_cpu(client, NULL, 0, "client");
	start_task(client_task, 0);
	start_task(kthread_create_on_cpu(server, NULL, 0, "server"), 0);
}
