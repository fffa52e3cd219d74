/*
 * A reader sleeps inside, for ever, and is counted on CPU 1. The writer adds up the CPUs one after
 * the other. Meanwhile another reader counts itself on CPU 0, where the writer may have looked
 * already, and finds out that it may not come in. If it could be moved to CPU 1 before it takes
 * back its count the writer would find nobody there.
 *
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL --patch models/patches/mutants/percpu-rwsem-reader-undoes-elsewhere.patch: violated assertion
 */
#include <linux/kthread.h>
#include <linux/percpu-rwsem.h>
#include <linux/sched.h>
#include <linux/start_kernel.h>

#if NR_CPUS < 2
#error "a reader moves from one CPU to another: at least --cpus 2"
#endif

DEFINE_STATIC_PERCPU_RWSEM(sem);
static struct task_struct *wanderer_task;

static int wanderer(void *unused __maybe_unused)
{
	if (percpu_down_read_trylock(&sem))
		percpu_up_read(&sem);
	return 0;
}

static int writer(void *unused __maybe_unused)
{
	percpu_down_write(&sem);
	ls_assert(false);
	return 0;
}

/* Then its CPU is idle, and looks for work. */
static int wake(void *unused __maybe_unused)
{
	wake_up_process(wanderer_task);
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	per_cpu(*sem.read_count, 1) = 1;
	wanderer_task = kthread_create(wanderer, NULL, "wanderer");
	start_task(kthread_create_daemon_on_cpu(writer, NULL, 0, "writer"), 0);
	start_task(kthread_create_on_cpu(wake, NULL, 1, "waker"), 1);
}
