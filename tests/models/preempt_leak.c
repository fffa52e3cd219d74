/*
 * Preemption, or interrupts, disabled and never enabled again: noticed when the task exits, or by the
 * stopper when the function returns.
 *
 * expect --cpus 1 -D BALANCED --all: holds
 * expect --cpus 1 --all: violated preempt_leak cpu=0 task=leaky message=*leaky*exited*with*preempt_count
 * expect --cpus 1 -D IRQS --all: violated preempt_leak cpu=0 task=leaky message=*leaky*exited*with*irqs*disabled
 * expect --cpus 1 -D CONFIG_PREEMPT_FULL: violated preempt_leak cpu=0 task=leaky
 * expect --cpus 1 -D IN_STOPPER: violated warning cpu=0 task=migration/0
 */
#include <linux/irqflags.h>
#include <linux/kthread.h>
#include <linux/preempt.h>
#include <linux/start_kernel.h>
#include <linux/stop_machine.h>

static int in_stopper(void *unused __maybe_unused)
{
	preempt_disable();
	return 0;
}

static int leaky(void *unused __maybe_unused)
{
#if defined(IN_STOPPER)
	stop_one_cpu(0, in_stopper, NULL);
#elif defined(IRQS)
	local_irq_disable();
#else
	preempt_disable();
#endif
#ifdef BALANCED
	preempt_enable();
#endif
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	start_task(kthread_create_on_cpu(leaky, NULL, 0, "leaky"), 0);
}
