/*
 * A CPU that has interrupts off for too long is reported by NMI, not by its timer, which cannot
 * fire; without the detector by nobody (but for ever it is a deadlock all the same).
 *
 * expect --cpus 1 -D CONFIG_HARDLOCKUP_DETECTOR_PERF -D WAIT=4: violated hard_lockup transient cpu=0 task=hog
 * expect --cpus 1 -D CONFIG_HARDLOCKUP_DETECTOR_PERF -D WAIT=1: holds
 * expect --cpus 1 -D CONFIG_HARDLOCKUP_DETECTOR_PERF -D WAIT=2: violated hard_lockup transient cpu=0 task=hog
 * expect --cpus 1 -D CONFIG_HARDLOCKUP_DETECTOR_PERF -D WAIT=2 -D TOUCH: holds
 * expect --cpus 1 -D WAIT=20: violated soft_lockup transient cpu=0
 * expect --cpus 1 -D WAIT=5: holds
 * expect --cpus 1 -D FOR_EVER: violated deadlock permanent
 * expect --cpus 2 -D CONFIG_HARDLOCKUP_DETECTOR_PERF -D FOR_EVER --all: violated deadlock permanent; hard_lockup permanent cpu=0 task=hog
 */
#include <linux/kthread.h>
#include <linux/nmi.h>
#include <linux/start_kernel.h>

static int hog(void *unused __maybe_unused)
{
	local_irq_disable();
#ifdef FOR_EVER
	for (;;)
		cpu_relax();
#else
	ls_delay(WAIT / 2);
#ifdef TOUCH
	touch_nmi_watchdog();
#endif
	ls_delay(WAIT - WAIT / 2);
#endif
	local_irq_enable();
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	lockup_detector_init();
	start_task(kthread_create_on_cpu(hog, NULL, 0, "hog"), 0);
}
