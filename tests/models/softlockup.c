/*
 * Kernel code that does not let go of its CPU is reported at the sixth expiry of the watchdog's
 * timer, with the duration that the kernel prints for each threshold. A CPU that waits in a sleep,
 * or is idle, is not.
 *
 * expect --cpus 1 -D WAIT=7: violated soft_lockup transient cpu=0 task=hog message=*stuck*for*22s*
 * expect --cpus 1 -D WAIT=5: holds
 * expect --cpus 1 -D FOR_EVER: violated soft_lockup permanent cpu=0 task=hog
 * expect --cpus 1 -D WAIT=7 -D WATCHDOG_THRESH=1: violated soft_lockup transient message=*stuck*for*3s*
 * expect --cpus 1 -D WAIT=7 -D WATCHDOG_THRESH=2: violated soft_lockup transient message=*stuck*for*5s*
 * expect --cpus 1 -D WAIT=7 -D WATCHDOG_THRESH=5: violated soft_lockup transient message=*stuck*for*11s*
 * expect --cpus 1 -D WAIT=7 -D WATCHDOG_THRESH=20: violated soft_lockup transient message=*stuck*for*44s*
 * expect --cpus 1 -D WAIT=7 -D WATCHDOG_THRESH=30: violated soft_lockup transient message=*stuck*for*67s*
 * expect --cpus 1 -D WAIT=7 -D WATCHDOG_THRESH=60: violated soft_lockup transient message=*stuck*for*134s*
 * expect --cpus 1 -D WAIT=6 -D TOUCH: holds
 * expect --cpus 1 -D WAIT=6 -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 1 -D WAIT=6 -D IN_USER: holds
 * expect --cpus 1 -D WAIT=0: holds
 * expect --cpus 2 -D WAIT=7 --all: violated soft_lockup transient cpu=0 task=hog
 */
#include <linux/entry-common.h>
#include <linux/kthread.h>
#include <linux/nmi.h>
#include <linux/start_kernel.h>

static int hog(void *unused __maybe_unused)
{
#ifdef IN_USER
	exit_to_user_mode();
#endif
#ifdef FOR_EVER
	for (;;)
		cpu_relax();
#else
	ls_delay(WAIT / 2);
#ifdef TOUCH
	touch_softlockup_watchdog();
#endif
	ls_delay(WAIT - WAIT / 2);
#endif
#ifdef IN_USER
	enter_from_user_mode();
#endif
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	lockup_detector_init();
	start_task(kthread_create_on_cpu(hog, NULL, 0, "hog"), 0);
}
