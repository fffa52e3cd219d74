/*
 * 7. A completion on the stack (buggy)
 *
 * Question: the client has a completion on its stack, and the server completes it. The client is in a
 *           hurry: it looks again and again whether it is done, and returns. What is the server doing
 *           meanwhile?
 * Command:  lockstep check 07_completion/buggy.c
 * See:      violated: memory. complete() has counted, but still holds the completion's lock; the
 *           client returns, and the lock is released on a stack that is no longer there.
 *
 * expect --cpus 2: violated memory task=server
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/start_kernel.h>

static struct completion *request;

static void ask(void)
{
	DECLARE_COMPLETION_ONSTACK(done);

	WRITE_ONCE(request, &done);
	while (!READ_ONCE(done.done))
		cpu_relax();
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
