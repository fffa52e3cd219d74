/*
 * The seconds that a soft lock-up report prints are units of 2^30 ns between two rounded time
 * stamps, six periods of the watchdog's timer apart: less than has really passed. With two stamps a
 * touch (after five periods here) delays the report to eleven periods, but what is printed counts from the beginning.
 *
 * expect --cpus 1 -D WATCHDOG_THRESH=1: violated soft_lockup message=*for*3s!*
 * expect --cpus 1 -D WATCHDOG_THRESH=2: violated soft_lockup message=*for*5s!*
 * expect --cpus 1 -D WATCHDOG_THRESH=5: violated soft_lockup message=*for*11s!*
 * expect --cpus 1 -D WATCHDOG_THRESH=10: violated soft_lockup message=*for*22s!*
 * expect --cpus 1 -D WATCHDOG_THRESH=20: violated soft_lockup message=*for*44s!*
 * expect --cpus 1 -D WATCHDOG_THRESH=30: violated soft_lockup message=*for*67s!*
 * expect --cpus 1 -D WATCHDOG_THRESH=60: violated soft_lockup message=*for*134s!*
 * expect --cpus 1 -D TICKS=5 -D WATCHDOG_THRESH=1: holds
 * expect --cpus 1 -D TICKS=5 -D WATCHDOG_THRESH=60: holds
 * expect --cpus 1 -D CONFIG_SOFTLOCKUP_GENERATION=3 -D WATCHDOG_THRESH=1: violated soft_lockup message=*for*3s!*
 * expect --cpus 1 -D CONFIG_SOFTLOCKUP_GENERATION=3 -D WATCHDOG_THRESH=10: violated soft_lockup message=*for*22s!*
 * expect --cpus 1 -D CONFIG_SOFTLOCKUP_GENERATION=3 -D WATCHDOG_THRESH=60: violated soft_lockup message=*for*134s!*
 * expect --cpus 1 -D TOUCH -D CONFIG_SOFTLOCKUP_GENERATION=3: violated soft_lockup message=*for*40s!*
 * expect --cpus 1 -D TOUCH -D CONFIG_SOFTLOCKUP_GENERATION=3 -D CONFIG_SOFTLOCKUP_ONE_STAMP: violated soft_lockup message=*for*22s!*
 * expect --cpus 1 -D TOUCH: violated soft_lockup message=*for*22s!*
 */
#include <linux/kthread.h>
#include <linux/nmi.h>
#include <linux/start_kernel.h>

#ifndef TICKS
#define TICKS 14
#endif

static int body(void *unused __maybe_unused)
{
	preempt_disable();
#ifdef TOUCH
	ls_delay(5);
	touch_softlockup_watchdog();
#endif
	ls_delay(TICKS);
	preempt_enable();
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	lockup_detector_init();
	start_task(kthread_create_on_cpu(body, NULL, 0, "body"), 0);
}
