/*
 * After free_irq() the handler does not run any more, so that what it uses can go: here something
 * on the stack of a function that has returned. disable_irq_nosync() alone is not enough where the
 * handler is on another CPU. An interrupt that nobody has asked for any more does nothing.
 *
 * expect --cpus 1: holds
 * expect --cpus 2: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 1 -D NOSYNC: holds
 * expect --cpus 2 -D NOSYNC: violated memory
 * expect --cpus 1 -D NOT_MINE: violated warning
 */
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/start_kernel.h>

#define DEVICE_IRQ SCENARIO_VECTOR

static int *buffer, device, other_device;

static irqreturn_t device_interrupt(int irq __maybe_unused, void *dev_id)
{
	ls_assert(dev_id == &device);
	(*READ_ONCE(buffer))++;
	return IRQ_HANDLED;
}

static void receive(void)
{
	int received = 0;

	WRITE_ONCE(buffer, &received);
	enable_irq(DEVICE_IRQ);
	irq_inject_interrupt(DEVICE_IRQ);
#if defined(NOSYNC)
	disable_irq_nosync(DEVICE_IRQ);
#elif defined(NOT_MINE)
	free_irq(DEVICE_IRQ, &other_device);
#else
	free_irq(DEVICE_IRQ, &device);
#endif
}

static int driver(void *unused __maybe_unused)
{
	receive();
	irq_inject_interrupt(DEVICE_IRQ);
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	request_irq(DEVICE_IRQ, device_interrupt, IRQF_NO_AUTOEN, "device", &device);
	irq_set_affinity(DEVICE_IRQ, cpumask_of(nr_cpu_ids - 1));
	start_task(kthread_create_on_cpu(driver, NULL, 0, "driver"), 0);
}
