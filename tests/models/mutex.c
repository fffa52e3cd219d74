/*
 * Two tasks, one of them asleep inside: nobody else is in the section meanwhile, and both get in.
 *
 * expect --cpus 1: holds
 * expect --cpus 2: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL: holds
 */
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/start_kernel.h>

static DEFINE_MUTEX(lock);
static int inside;

static int work(void *unused __maybe_unused)
{
	mutex_lock(&lock);
	inside++;
	cond_resched();
	ls_assert(inside == 1);
	inside--;
	mutex_unlock(&lock);
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	start_task(kthread_create_on_cpu(work, NULL, 0, "first"), 0);
	start_task(kthread_create_on_cpu(work, NULL, nr_cpu_ids - 1, "second"), nr_cpu_ids - 1);
}
