/*
 * A report is an event that has consequences: with softlockup_panic it is the end of the run, and
 * nothing that would come afterwards is found.
 *
 * expect --cpus 1 --all: violated soft_lockup transient cpu=0 task=hog; assertion task=hog
 * expect --cpus 1 --all -D SOFTLOCKUP_PANIC=1: violated soft_lockup cpu=0 task=hog
 * expect --cpus 1 --all -D SOFTLOCKUP_PANIC=1 -D TICKS=5: violated assertion task=hog
 */
#include <linux/kthread.h>
#include <linux/nmi.h>
#include <linux/start_kernel.h>

#ifndef TICKS
#define TICKS 7
#endif

static int hog(void *unused __maybe_unused)
{
	ls_delay(TICKS);
	ls_assert(false);
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	lockup_detector_init();
	start_task(kthread_create_on_cpu(hog, NULL, 0, "hog"), 0);
}
