/*
 * The hard-lockup detector without NMI: a CPU with interrupts off is noticed by the one before it,
 * which looks at every third of its own timers whether that CPU's has fired since its last look. So
 * that CPU is reported at the first look (3 ticks) where its timer never fired, at the second where
 * it did (-D FIRST=2: interrupts are on for two ticks first). A touch takes one look. Where only one
 * CPU is watched (WATCHDOG_CPUMASK) there is nobody to look.
 *
 * expect --cpus 2 --all -D CONFIG_HARDLOCKUP_DETECTOR_BUDDY -D WAIT=4: violated hard_lockup transient cpu=0 task=hog message=watchdog:*hard*LOCKUP*on*cpu*0
 * expect --cpus 2 -D CONFIG_HARDLOCKUP_DETECTOR_BUDDY -D WAIT=2: holds
 * expect --cpus 2 -D CONFIG_HARDLOCKUP_DETECTOR_BUDDY -D FIRST=2 -D WAIT=3: holds
 * expect --cpus 2 --all -D CONFIG_HARDLOCKUP_DETECTOR_BUDDY -D FIRST=2 -D WAIT=5: violated hard_lockup transient cpu=0 task=hog; soft_lockup transient cpu=0
 * expect --cpus 2 -D CONFIG_HARDLOCKUP_DETECTOR_BUDDY -D WAIT=4 -D TOUCH: holds
 * expect --cpus 2 --all -D CONFIG_HARDLOCKUP_DETECTOR_BUDDY -D WAIT=8 -D TOUCH: violated hard_lockup transient cpu=0 task=hog
 * expect --cpus 2 -D CONFIG_HARDLOCKUP_DETECTOR_BUDDY -D WATCHDOG_CPUMASK=1 -D WAIT=4: holds
 * expect --cpus 3 --all -D CONFIG_HARDLOCKUP_DETECTOR_BUDDY -D WATCHDOG_CPUMASK=5 -D WAIT=4: violated hard_lockup transient cpu=0 task=hog
 */
#include <linux/kthread.h>
#include <linux/nmi.h>
#include <linux/start_kernel.h>

#ifndef FIRST
#define FIRST 0
#endif

static int hog(void *unused __maybe_unused)
{
	ls_delay(FIRST);
	local_irq_disable();
#ifdef TOUCH
	touch_nmi_watchdog();
#endif
	ls_delay(WAIT);
	local_irq_enable();
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	lockup_detector_init();
	start_task(kthread_create_on_cpu(hog, NULL, 0, "hog"), 0);
}
