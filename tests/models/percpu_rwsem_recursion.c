/*
 * A reader that takes the semaphore again, inside. A writer that comes in between waits for it, and
 * it waits for the writer. Both sleep: the CPUs are free, and no lock-up is reported. -D ONCE: the
 * writer need not come in between. -D TRY: the second time it only tries.
 *
 * expect --cpus 2: violated deadlock permanent
 * expect --cpus 2 --all -D CONFIG_HARDLOCKUP_DETECTOR_PERF: violated deadlock permanent
 * expect --cpus 1 --all -D CONFIG_LOCKUP_DETECTOR: violated deadlock permanent
 * expect --cpus 2 -D ONCE: holds
 * expect --cpus 2 -D ONCE -D CONFIG_HARDLOCKUP_DETECTOR_PERF: holds
 * expect --cpus 2 -D TRY: holds
 */
#include <linux/kthread.h>
#include <linux/nmi.h>
#include <linux/percpu-rwsem.h>
#include <linux/sched.h>
#include <linux/start_kernel.h>

DEFINE_STATIC_PERCPU_RWSEM(sem);
static struct task_struct *writing_task;

static void inner(void)
{
#if defined(TRY)
	if (!percpu_down_read_trylock(&sem))
		return;
#elif !defined(ONCE)
	percpu_down_read(&sem);
#endif
#ifndef ONCE
	percpu_up_read(&sem);
#endif
}

static int reader(void *unused __maybe_unused)
{
	percpu_down_read(&sem);
	wake_up_process(writing_task);
	cond_resched();
	inner();
	percpu_up_read(&sem);
	return 0;
}

static int writer(void *unused __maybe_unused)
{
	percpu_down_write(&sem);
	percpu_up_write(&sem);
	return 0;
}

void ls_boot(void)
{
	start_kernel();
#if CONFIG_LOCKUP_DETECTOR
	lockup_detector_init();
#endif
	start_task(kthread_create_on_cpu(reader, NULL, 0, "reader"), 0);
	writing_task = kthread_create_on_cpu(writer, NULL, nr_cpu_ids - 1, "writer");
}
