/*
 * With -D SCHED_SOFTIRQ a CPU that is never idle pulls a task at its tick; else only one that becomes
 * idle does.
 *
 * expect --cpus 2 -D SCHED_SOFTIRQ -D CONFIG_PREEMPT_FULL: violated assertion message=*pulled*
 * expect --cpus 2 -D SCHED_SOFTIRQ -D CONFIG_PREEMPT_FULL -D BOUND: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL: holds
 */
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/start_kernel.h>

static int work(void *unused __maybe_unused)
{
	ls_delay(2);
	return 0;
}

static int work_longer(void *unused __maybe_unused)
{
	ls_delay(4);
	return 0;
}

static int mover(void *unused __maybe_unused)
{
	const bool pulled = smp_processor_id() != 0;

	ls_assert(!pulled);
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	start_task(kthread_create_on_cpu(work, NULL, 0, "first"), 0);
#ifdef BOUND
	start_task(kthread_create_on_cpu(mover, NULL, 0, "mover"), 0);
#else
	start_task(kthread_create(mover, NULL, "mover"), 0);
#endif
	start_task(kthread_create_on_cpu(work_longer, NULL, 1, "other"), 1);
}
