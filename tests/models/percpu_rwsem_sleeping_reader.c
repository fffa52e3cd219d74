/*
 * A writer waits for a reader that sleeps inside, while another reader comes and goes, perhaps in
 * vain.
 *
 * expect --cpus 1: holds
 * expect --cpus 2: holds
 * expect --cpus 2 --patch models/patches/mutants/percpu-rwsem-reader-leaves-silently.patch: violated deadlock permanent
 */
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/percpu-rwsem.h>
#include <linux/sched.h>
#include <linux/start_kernel.h>

DEFINE_STATIC_PERCPU_RWSEM(sem);
static DECLARE_COMPLETION(tried);
static struct task_struct *trying_task;
static atomic_t readers, writers;

LS_INVARIANT(exclusion, writers.counter + (readers.counter > 0) <= 1);

static int sleeper(void *unused __maybe_unused)
{
	percpu_down_read(&sem);
	atomic_inc(&readers);
	wake_up_process(trying_task);
	wait_for_completion(&tried);
	atomic_dec(&readers);
	percpu_up_read(&sem);
	return 0;
}

static int trier(void *unused __maybe_unused)
{
	if (percpu_down_read_trylock(&sem)) {
		atomic_inc(&readers);
		atomic_dec(&readers);
		percpu_up_read(&sem);
	}
	complete(&tried);
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
	start_kernel();
	trying_task = kthread_create(trier, NULL, "trier");
	start_task(kthread_create_on_cpu(sleeper, NULL, nr_cpu_ids - 1, "sleeper"), nr_cpu_ids - 1);
	start_task(kthread_create_on_cpu(writer, NULL, 0, "writer"), 0);
}
