/*
 * Two CPUs add to a counter under a lock; -D NO_LOCK leaves it out.
 *
 * expect --cpus 2: holds
 * expect --cpus 3: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 2 -D NO_LOCK: violated assertion
 */
#include <linux/kthread.h>
#include <linux/spinlock.h>
#include <linux/start_kernel.h>

static DEFINE_SPINLOCK(lock);
static int counter, finished;

static int add(void *unused __maybe_unused)
{
#ifndef NO_LOCK
	spin_lock(&lock);
#endif
	counter++;
	finished++;
	ls_assert(counter == finished);
#ifndef NO_LOCK
	spin_unlock(&lock);
#endif
	return 0;
}

void ls_boot(void)
{
	unsigned int cpu;

	start_kernel();
	for_each_online_cpu(cpu)
		start_task(kthread_create_on_cpu(add, NULL, cpu, "add/%d"), cpu);
}
