/*
 * A CPU that becomes idle pulls a task that waits elsewhere, if it may run here (-D BOUND: it may
 * not).
 *
 * expect --cpus 2: violated assertion message=*pulled*
 * expect --cpus 2 -D BOUND: holds
 */
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/start_kernel.h>

static int nothing(void *unused __maybe_unused)
{
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
	start_task(kthread_create_on_cpu(nothing, NULL, 0, "first"), 0);
#ifdef BOUND
	start_task(kthread_create_on_cpu(mover, NULL, 0, "mover"), 0);
#else
	start_task(kthread_create(mover, NULL, "mover"), 0);
#endif
	start_task(kthread_create_on_cpu(nothing, NULL, 1, "other"), 1);
}
