/*
 * disable_irq() waits until the handler has ended. From the handler itself it waits for ever, with
 * interrupts off; and so it does where it is called with a lock held that the handler wants, on
 * another CPU. disable_irq_nosync() does not wait. (might_sleep() gives warning, since 6.3; before,
 * with -D CONFIG_DEBUG_ATOMIC_SLEEP=0, there was none.)
 *
 * expect --cpus 1 --all: violated atomic_sleep cpu=0 task=driver; deadlock permanent cpu=0 task=driver
 * expect --cpus 1 -D CONFIG_DEBUG_ATOMIC_SLEEP=0: violated deadlock permanent cpu=0 task=driver
 * expect --cpus 1 --all -D CONFIG_DEBUG_ATOMIC_SLEEP=0 -D CONFIG_HARDLOCKUP_DETECTOR_PERF: violated deadlock permanent cpu=0 task=driver; hard_lockup permanent cpu=0 task=driver
 * expect --cpus 1 -D NOSYNC: holds
 * expect --cpus 2 -D WITH_LOCK -D CONFIG_DEBUG_ATOMIC_SLEEP=0: violated deadlock permanent
 * expect --cpus 2 --all -D WITH_LOCK -D CONFIG_DEBUG_ATOMIC_SLEEP=0 -D CONFIG_HARDLOCKUP_DETECTOR_PERF: violated deadlock permanent; soft_lockup permanent cpu=0 task=driver; hard_lockup permanent cpu=1 task=swapper/1
 * expect --cpus 2 -D WITH_LOCK -D NOSYNC: holds
 * expect --cpus 2 -D WITHOUT_LOCK: holds
 */
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/nmi.h>
#include <linux/spinlock.h>
#include <linux/start_kernel.h>

#define DEVICE_IRQ SCENARIO_VECTOR

static DEFINE_SPINLOCK(device_lock);

static void disable(void)
{
#ifdef NOSYNC
	disable_irq_nosync(DEVICE_IRQ);
#else
	disable_irq(DEVICE_IRQ);
#endif
}

#if defined(WITH_LOCK) || defined(WITHOUT_LOCK)
static irqreturn_t device_interrupt(int irq __maybe_unused, void *dev_id __maybe_unused)
{
	spin_lock(&device_lock);
	spin_unlock(&device_lock);
	return IRQ_HANDLED;
}

static int driver(void *unused __maybe_unused)
{
	irq_inject_interrupt(DEVICE_IRQ);
#ifdef WITHOUT_LOCK
	disable();
	spin_lock(&device_lock);
#else
	spin_lock(&device_lock);
	disable();
#endif
	spin_unlock(&device_lock);
	enable_irq(DEVICE_IRQ);
	return 0;
}
#else
static bool handled;

static irqreturn_t device_interrupt(int irq __maybe_unused, void *dev_id __maybe_unused)
{
	disable();
	WRITE_ONCE(handled, true);
	return IRQ_HANDLED;
}

static int driver(void *unused __maybe_unused)
{
	irq_inject_interrupt(DEVICE_IRQ);
	while (!READ_ONCE(handled))
		cpu_relax();
	return 0;
}
#endif

void ls_boot(void)
{
	start_kernel();
#if CONFIG_LOCKUP_DETECTOR
	lockup_detector_init();
#endif
	request_irq(DEVICE_IRQ, device_interrupt, 0, "device", NULL);
	irq_set_affinity(DEVICE_IRQ, cpumask_of(nr_cpu_ids - 1));
	start_task(kthread_create_on_cpu(driver, NULL, 0, "driver"), 0);
}
