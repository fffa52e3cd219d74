/*
 * A completion on the waiter's stack: the waiter returns after it was completed, and the one who
 * completes it never touches it after that (a dead stack frame would be reported).
 *
 * expect --cpus 1: holds
 * expect --cpus 2: holds
 * expect --cpus 1 -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 2 -D UNLOCKED_WAKEUP: violated memory
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/start_kernel.h>

static struct completion *request;
static struct task_struct *server, *client_task;
static bool served;

static int serve(void *unused __maybe_unused)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
	while (!READ_ONCE(request)) {
		schedule();
		set_current_state(TASK_UNINTERRUPTIBLE);
	}
	__set_current_state(TASK_RUNNING);
	served = true;
#ifdef UNLOCKED_WAKEUP
	/* What complete() would be without its lock: the count first, the waiters afterwards. */
	request->done++;
	if (!list_empty(&request->wait.task_list))
		wake_up_process(client_task);
#else
	complete(request);
#endif
	return 0;
}

static int ask(void *unused __maybe_unused)
{
	DECLARE_COMPLETION_ONSTACK(done);

	WRITE_ONCE(request, &done);
	wake_up_process(server);
	wait_for_completion(&done);
	ls_assert(served);
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	server = kthread_create_on_cpu(serve, NULL, nr_cpu_ids - 1, "server");
	client_task = kthread_create_on_cpu(ask, NULL, 0, "client");
	start_task(client_task, 0);
	start_task(server, nr_cpu_ids - 1);
}
