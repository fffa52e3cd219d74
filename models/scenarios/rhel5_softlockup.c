/*
 * The first soft-lockup detector (2.6.18: "BUG: soft lockup - CPU#0 stuck for 10s!"), on a CPU that
 * a driver keeps for itself for LOOP_SECONDS.
 *
 * It says so after ten seconds, and once for each time stamp, however long it lasts. -D TOUCH_ALL:
 * afterwards somebody touches all CPUs' watchdogs, as printing all tasks does. That sets the stamps
 * to 0, which this generation takes for a very old one: a CPU that is busy with nothing wrong, and
 * was reported once before, is reported again. Without the first report it is not.
 *
 * expect --cpus 1 -D CONFIG_SOFTLOCKUP_GENERATION=1: violated soft_lockup transient cpu=0 task=driver message=BUG:*CPU#0*stuck*for*10s!*
 * expect --cpus 1 -D CONFIG_SOFTLOCKUP_GENERATION=1 -D LOOP_SECONDS=10: holds
 * expect --cpus 1 -D CONFIG_SOFTLOCKUP_GENERATION=1 -D LOOP_SECONDS=11: violated soft_lockup transient
 * expect --cpus 1 -D CONFIG_SOFTLOCKUP_GENERATION=1 -D TOUCH_ALL --all: violated soft_lockup transient cpu=0 task=driver; soft_lockup transient cpu=0 task=innocent
 * expect --cpus 1 -D CONFIG_SOFTLOCKUP_GENERATION=1 -D TOUCH_ALL -D LOOP_SECONDS=5: holds
 */
#include <linux/kthread.h>
#include <linux/nmi.h>
#include <linux/start_kernel.h>

#if CONFIG_SOFTLOCKUP_GENERATION != 1
#error "about the first generation: -D CONFIG_SOFTLOCKUP_GENERATION=1"
#endif

#ifndef LOOP_SECONDS
#define LOOP_SECONDS 15
#endif

static int driver(void *unused __maybe_unused)
{
	preempt_disable();
	ls_delay(LOOP_SECONDS);
	preempt_enable();
	return 0;
}

#ifdef TOUCH_ALL
/* In the kernel, but only for two seconds. */
static int innocent(void *unused __maybe_unused)
{
	preempt_disable();
	touch_all_softlockup_watchdogs();
	ls_delay(2);
	preempt_enable();
	return 0;
}
#endif

void ls_boot(void)
{
	start_kernel();
	lockup_detector_init();
	start_task(kthread_create_on_cpu(driver, NULL, 0, "driver"), 0);
#ifdef TOUCH_ALL
	start_task(kthread_create_on_cpu(innocent, NULL, 0, "innocent"), 0);
#endif
}
