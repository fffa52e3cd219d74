/*
 * A lock that is not held is released.
 *
 * expect --cpus 1: violated spinlock cpu=0 task=careless
 */
#include <linux/kthread.h>
#include <linux/spinlock.h>
#include <linux/start_kernel.h>

static DEFINE_RAW_SPINLOCK(lock);

static int careless(void *unused __maybe_unused)
{
	raw_spin_lock(&lock);
	raw_spin_unlock(&lock);
	raw_spin_unlock(&lock);
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	start_task(kthread_create(careless, NULL, "careless"), 0);
}
