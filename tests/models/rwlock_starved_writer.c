/*
 * A reader on CPU 1 has the lock for a tick of 4 s, and takes it again as soon as it has let go of
 * it, as many times. The writer on CPU 0 waits until no reader is there. With the unfair lock it
 * may be overtaken each time, and is reported; with the fair one (-D CONFIG_QUEUED_SPINLOCKS) who
 * comes after it lets it in first. (For ever is not what the checker calls this: a step that is
 * possible again and again is taken in the end.) -D NR_READS=5: not long enough.
 *
 * expect --cpus 2: violated soft_lockup transient cpu=0 task=writer message=*stuck*for*22s*
 * expect --cpus 2 -D CONFIG_QUEUED_SPINLOCKS: holds
 * expect --cpus 2 -D CONFIG_QUEUED_SPINLOCKS -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 2 -D NR_READS=5: holds
 */
#include <linux/kthread.h>
#include <linux/nmi.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/start_kernel.h>

#ifndef NR_READS
#define NR_READS 7
#endif

static DEFINE_RWLOCK(lock);

static int writer(void *unused __maybe_unused)
{
	write_lock(&lock);
	write_unlock(&lock);
	return 0;
}

static int reader(void *unused __maybe_unused)
{
	int i;

	for (i = 0; i < NR_READS; i++) {
		read_lock(&lock);
		ls_delay(1);
		read_unlock(&lock);
		cond_resched();
	}
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	lockup_detector_init();
	start_task(kthread_create_on_cpu(writer, NULL, 0, "writer"), 0);
	start_task(kthread_create_on_cpu(reader, NULL, 1, "reader"), 1);
}
