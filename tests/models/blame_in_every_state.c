/*
 * One report, of the same CPU and task each time, that is right in some runs and false in others:
 * the driver is busy itself or, which takes more steps, waits for a lock that somebody holds for
 * long. So it is not enough to judge the report at the end of its shortest trace.
 *
 * expect --cpus 2 --all -D WAITS=0: violated soft_lockup transient cpu=0 task=driver; soft_lockup transient cpu=1 task=holder
 * expect --cpus 2 --all -D WAITS=1: violated soft_lockup transient cpu=0 task=driver; soft_lockup transient cpu=1 task=holder
 * expect --cpus 2 --no-false-blame -D WAITS=0: holds
 * expect --cpus 2 --no-false-blame -D WAITS=1: violated soft_lockup transient cpu=0 task=driver
 */
#include <linux/kthread.h>
#include <linux/nmi.h>
#include <linux/spinlock.h>
#include <linux/start_kernel.h>

static DEFINE_SPINLOCK(lock);

static int driver(void *unused __maybe_unused)
{
	if (ls_choose(0, WAITS)) {
		ls_delay(1);
		spin_lock(&lock);
		spin_unlock(&lock);
	} else {
		preempt_disable();
		ls_delay(7);
		preempt_enable();
	}
	return 0;
}

static int holder(void *unused __maybe_unused)
{
	spin_lock(&lock);
	ls_delay(8);
	spin_unlock(&lock);
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	lockup_detector_init();
	start_task(kthread_create_on_cpu(driver, NULL, 0, "driver"), 0);
	start_task(kthread_create_on_cpu(holder, NULL, 1, "holder"), 1);
}
