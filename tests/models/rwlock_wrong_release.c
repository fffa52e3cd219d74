/*
 * An rwlock is released by somebody who does not hold it: a writer that has released it already, or
 * on another CPU than took it; a reader where none is inside.
 *
 * expect --cpus 1 -D TWICE: violated rwlock cpu=0 task=careless
 * expect --cpus 2 -D OTHER_CPU: violated rwlock cpu=1 task=stranger
 * expect --cpus 1 -D READER: violated rwlock cpu=0 task=careless message=*unlock*balance*
 * expect --cpus 1 -D WRITER_AS_READER: violated rwlock cpu=0 task=careless message=*unlock*balance*
 * expect --cpus 1 -D MATCHED: holds
 * expect --cpus 1 -D READER -D CONFIG_DEBUG_SPINLOCK=0: violated deadlock permanent cpu=0 task=careless
 */
#include <linux/kthread.h>
#include <linux/spinlock.h>
#include <linux/start_kernel.h>

static DEFINE_RWLOCK(lock);
static bool taken;

static int careless(void *unused __maybe_unused)
{
#ifdef READER
	read_lock(&lock);
	read_unlock(&lock);
	preempt_disable();
	read_unlock(&lock);
#endif
	write_lock(&lock);
#ifdef OTHER_CPU
	WRITE_ONCE(taken, true);
	ls_await(!READ_ONCE(taken));
#endif
#ifdef WRITER_AS_READER
	read_unlock(&lock);
#else
	write_unlock(&lock);
#endif
#ifdef TWICE
	write_unlock(&lock);
#endif
	return 0;
}

static int __maybe_unused stranger(void *unused __maybe_unused)
{
	ls_await(READ_ONCE(taken));
	preempt_disable();
	write_unlock(&lock);
	WRITE_ONCE(taken, false);
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	start_task(kthread_create_on_cpu(careless, NULL, 0, "careless"), 0);
#if NR_CPUS > 1
	start_task(kthread_create_on_cpu(stranger, NULL, 1, "stranger"), 1);
#endif
}
