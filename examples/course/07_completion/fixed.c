/*
 * 7. A completion on the stack (fixed)
 *
 * wait_for_completion() takes the completion's lock before it returns, and gets it only when
 * complete() has let go of it.
 *
 * Command: lockstep check 07_completion/fixed.c
 * See:     holds.
 *
 * expect --cpus 2: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL: holds
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/start_kernel.h>

static struct completion *request;

static void ask(void)
{
	DECLARE_COMPLETION_ONSTACK(done);

	WRITE_ONCE(request, &done);
	wait_for_completion(&done);
}

static int client(void *unused)
{
	ask();
	return 0;
}

static int server(void *unused)
{
	while (!READ_ONCE(request))
		cpu_relax();
	complete(request);
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	start_task(kthread_create_on_cpu(client, NULL, 0, "client"), 0);
	start_task(kthread_create_on_cpu(server, NULL, 1, "server"), 1);
}
