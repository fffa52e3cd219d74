/*
 * An interrupt that comes while it is disabled is handled when it is enabled again, for the last
 * time if it was disabled more than once; then the task that waits for it is woken up. If it is
 * enabled once too little that never happens, and once too often is warned about.
 *
 * It is handled once for each time at most. Meanwhile the handler does not run, and none is still
 * running when disable_irq() returns; unlike with disable_irq_nosync(), where it is on another CPU.
 *
 * expect --cpus 1: holds
 * expect --cpus 2: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 1 -D ENABLES=1: violated deadlock permanent task=driver
 * expect --cpus 1 -D ENABLES=3: violated warning message=Unbalanced*enable*for*IRQ*8
 * expect --cpus 1 -D NOSYNC: holds
 * expect --cpus 2 -D NOSYNC: violated assertion
 */
#include <linux/completion.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/start_kernel.h>

#define DEVICE_IRQ SCENARIO_VECTOR

#ifndef ENABLES
#define ENABLES 2
#endif

static DECLARE_COMPLETION(answered);
static bool in_section;
static int nr_handled;

static irqreturn_t device_interrupt(int irq __maybe_unused, void *dev_id)
{
	ls_assert(!READ_ONCE(in_section));
	ls_assert(++nr_handled <= 2);
	complete(dev_id);
	return IRQ_HANDLED;
}

static void disable(void)
{
#ifdef NOSYNC
	disable_irq_nosync(DEVICE_IRQ);
#else
	disable_irq(DEVICE_IRQ);
#endif
}

/* The device answers twice: once at any time, once while its interrupt is disabled. */
static int driver(void *unused __maybe_unused)
{
	int i;

	irq_inject_interrupt(DEVICE_IRQ);
	disable();
	disable();
	WRITE_ONCE(in_section, true);
	irq_inject_interrupt(DEVICE_IRQ);
	WRITE_ONCE(in_section, false);
	for (i = 0; i < ENABLES; i++)
		enable_irq(DEVICE_IRQ);
	wait_for_completion(&answered);
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	request_irq(DEVICE_IRQ, device_interrupt, 0, "device", &answered);
	irq_set_affinity(DEVICE_IRQ, cpumask_of(nr_cpu_ids - 1));
	start_task(kthread_create_on_cpu(driver, NULL, 0, "driver"), 0);
}
