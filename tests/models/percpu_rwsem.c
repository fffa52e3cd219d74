/*
 * Readers and writers exclude each other, readers do not exclude readers. A reader that gives way
 * inside may leave on another CPU than it came in; the balancer moves it. Each fault in the
 * semaphore lets a writer in too early, or leaves somebody asleep.
 *
 * expect --cpus 1: holds
 * expect --cpus 2: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 2 -D NR_WRITERS=2: holds
 * expect --cpus 2 --patch models/patches/mutants/percpu-rwsem-reader-looks-first.patch: violated invariant exclusion
 * expect --cpus 2 --patch models/patches/mutants/percpu-rwsem-reader-leaves-silently.patch: violated deadlock permanent
 * expect --cpus 2 --patch models/patches/mutants/percpu-rwsem-reader-undoes-silently.patch: violated deadlock permanent
 * expect --cpus 2 --patch models/patches/mutants/percpu-rwsem-queued-untried.patch: violated deadlock permanent
 */
#include <linux/atomic.h>
#include <linux/kthread.h>
#include <linux/percpu-rwsem.h>
#include <linux/sched.h>
#include <linux/start_kernel.h>

#ifndef NR_WRITERS
#define NR_WRITERS 1
#endif

DEFINE_STATIC_PERCPU_RWSEM(sem);
static atomic_t readers, writers;

LS_INVARIANT(exclusion, writers.counter + (readers.counter > 0) <= 1);

static int reader(void *unused __maybe_unused)
{
	percpu_down_read(&sem);
	atomic_inc(&readers);
	cond_resched();
	atomic_dec(&readers);
	percpu_up_read(&sem);
	return 0;
}

static int writer(void *unused __maybe_unused)
{
	percpu_down_write(&sem);
	atomic_inc(&writers);
	atomic_dec(&writers);
	percpu_up_write(&sem);
	return 0;
}

void ls_boot(void)
{
	const int last = nr_cpu_ids - 1;

	start_kernel();
	start_task(kthread_create(reader, NULL, "reader"), 0);
	start_task(kthread_create_on_cpu(reader, NULL, last, "reader/%d"), last);
	start_task(kthread_create_on_cpu(writer, NULL, 0, "writer"), 0);
#if NR_WRITERS > 1
	start_task(kthread_create_on_cpu(writer, NULL, last, "writer/%d"), last);
#endif
}
