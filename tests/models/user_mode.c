/*
 * User code that never ends is preempted in every model, kernel code (-D IN_KERNEL) only where it
 * is preemptible.
 *
 * expect --cpus 1 -D CONFIG_PREEMPT_NONE: holds
 * expect --cpus 1 -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 1 -D CONFIG_PREEMPT_FULL -D IN_KERNEL: holds
 * expect --cpus 1 -D CONFIG_PREEMPT_NONE -D IN_KERNEL: violated deadlock permanent
 */
#include <linux/entry-common.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/start_kernel.h>

static struct task_struct *urgent;
static bool stop;

static int urgent_fn(void *unused __maybe_unused)
{
	WRITE_ONCE(stop, true);
	return 0;
}

static void handler(void)
{
	wake_up_process(urgent);
}

static int hog(void *unused __maybe_unused)
{
#ifndef IN_KERNEL
	exit_to_user_mode();
#endif
	while (!READ_ONCE(stop))
		cpu_relax();
#ifndef IN_KERNEL
	enter_from_user_mode();
#endif
	return 0;
}

void ls_boot(void)
{
	const struct sched_param param = { .sched_priority = 50 };

	start_kernel();
	ls_irq_handler(SCENARIO_VECTOR, handler);
	ls_irq_raise(0, SCENARIO_VECTOR);
	urgent = kthread_create_on_cpu(urgent_fn, NULL, 0, "urgent");
	sched_setscheduler(urgent, SCHED_FIFO, &param);
	start_task(kthread_create_on_cpu(hog, NULL, 0, "hog"), 0);
}
