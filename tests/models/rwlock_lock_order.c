/*
 * A reader takes a spinlock inside; on another CPU somebody has the spinlock and takes the rwlock.
 * If that is a writer each waits for the other. If it reads nobody need wait, until a third CPU
 * wants to write: with the fair lock (-D CONFIG_QUEUED_SPINLOCKS) the second queues behind that
 * writer, who waits for the first, who waits for the second. -D SAME_ORDER: both take the rwlock
 * first.
 *
 * expect --cpus 2: violated deadlock permanent
 * expect --cpus 2 -D CONFIG_QUEUED_SPINLOCKS: violated deadlock permanent
 * expect --cpus 2 -D SAME_ORDER: holds
 * expect --cpus 2 -D SAME_ORDER -D CONFIG_QUEUED_SPINLOCKS: holds
 * expect --cpus 2 -D SECOND_READS -D CONFIG_QUEUED_SPINLOCKS: holds
 * expect --cpus 3 -D SECOND_READS: holds
 * expect --cpus 3 -D SECOND_READS -D CONFIG_QUEUED_SPINLOCKS: violated deadlock permanent
 * expect --cpus 3 -D SECOND_READS -D SAME_ORDER -D CONFIG_QUEUED_SPINLOCKS: holds
 */
#include <linux/kthread.h>
#include <linux/spinlock.h>
#include <linux/start_kernel.h>

static DEFINE_RWLOCK(rwlock);
static DEFINE_SPINLOCK(spinlock);

#ifdef SECOND_READS
#define second_lock() read_lock(&rwlock)
#define second_unlock() read_unlock(&rwlock)
#else
#define second_lock() write_lock(&rwlock)
#define second_unlock() write_unlock(&rwlock)
#endif

static int first(void *unused __maybe_unused)
{
	read_lock(&rwlock);
	spin_lock(&spinlock);
	spin_unlock(&spinlock);
	read_unlock(&rwlock);
	return 0;
}

static int second(void *unused __maybe_unused)
{
#ifdef SAME_ORDER
	second_lock();
	spin_lock(&spinlock);
	spin_unlock(&spinlock);
	second_unlock();
#else
	spin_lock(&spinlock);
	second_lock();
	second_unlock();
	spin_unlock(&spinlock);
#endif
	return 0;
}

static int __maybe_unused writer(void *unused __maybe_unused)
{
	write_lock(&rwlock);
	write_unlock(&rwlock);
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	start_task(kthread_create_on_cpu(first, NULL, 0, "first"), 0);
	start_task(kthread_create_on_cpu(second, NULL, 1, "second"), 1);
#if NR_CPUS > 2
	start_task(kthread_create_on_cpu(writer, NULL, 2, "writer"), 2);
#endif
}
