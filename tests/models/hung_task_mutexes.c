/*
 * Two tasks that take two mutexes, each in its own order: khungtaskd reports both, and the lock-up
 * detectors nothing, for their CPUs are idle. Asleep for ever, they are reported for good.
 *
 * expect --cpus 2 --all -D CONFIG_DETECT_HUNG_TASK -D HUNG_TASK_FIRST_LOOK_SECS=120: violated deadlock permanent; hung_task permanent task=one; hung_task permanent task=two
 * expect --cpus 2 -D CONFIG_DETECT_HUNG_TASK -D HUNG_TASK_FIRST_LOOK_SECS=120 -D SAME_ORDER: holds
 */
#include <linux/hung_task.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/nmi.h>
#include <linux/start_kernel.h>

static DEFINE_MUTEX(a);
static DEFINE_MUTEX(b);

static int take(void *data)
{
	struct mutex *first = data ? &a : &b, *second = data ? &b : &a;

	mutex_lock(first);
	mutex_lock(second);
	mutex_unlock(second);
	mutex_unlock(first);
	return 0;
}

void ls_boot(void)
{
	void *other = NULL;

	start_kernel();
	lockup_detector_init();
	hung_task_init();
#ifndef SAME_ORDER
	other = &a;
#endif
	start_task(kthread_create_on_cpu(take, NULL, 0, "one"), 0);
	start_task(kthread_create_on_cpu(take, other, nr_cpu_ids - 1, "two"), nr_cpu_ids - 1);
}
