/*
 * this_cpu_read() is one operation, also where the task may be moved to another CPU at any time. A
 * pointer from this_cpu_ptr() is not: what it points to may be another CPU's by the time of the
 * access. While a CPU is busy nobody is moved there, so that who looks at his own CPU never finds it
 * so.
 *
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL -D POINTER: violated assertion task=mover
 * expect --cpus 2 -D CONFIG_PREEMPT_NONE -D POINTER: holds
 */
#include <linux/kthread.h>
#include <linux/start_kernel.h>

static DEFINE_PER_CPU(int, busy);

static int mover(void *unused __maybe_unused)
{
#ifdef POINTER
	ls_assert(!*this_cpu_ptr(&busy));
#else
	ls_assert(!this_cpu_read(busy));
#endif
	return 0;
}

/* Comes when it is woken up, and may take the mover's CPU. */
static int other(void *unused __maybe_unused)
{
	preempt_disable();
	this_cpu_write(busy, 1);
	this_cpu_write(busy, 0);
	preempt_enable();
	return 0;
}

static int waker(void *sleeper)
{
	wake_up_process(sleeper);
	return 0;
}

void ls_boot(void)
{
	struct task_struct *sleeper;

	start_kernel();
	sleeper = kthread_create_on_cpu(other, NULL, 0, "other");
	start_task(kthread_create(mover, NULL, "mover"), 0);
	start_task(kthread_create_on_cpu(waker, sleeper, 1, "waker"), 1);
}
