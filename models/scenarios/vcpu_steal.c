/*
 * A virtual CPU that the hypervisor does not run for a while (VMware's and Red Hat's explanation
 * of soft lock-ups that no kernel is to blame for).
 *
 * A process runs user code, and would let anybody run; at some moment the hypervisor takes CPU 0
 * away, timer and all, for STEAL_TICKS. When the CPU is back, its timer comes late, and finds
 * that the watchdog has not run for so long, before the watchdog can. All is well afterwards.
 *
 * What counts is the time since the watchdog ran last. That may have been a whole period of the
 * timer (a tick, 2/5 of watchdog_thresh) before the theft. So the shortest theft that is reported
 * is 5 ticks, 20 s at the default, where the theft begins just before the timer would have fired;
 * -D JUST_FED, right after the watchdog has run, it is 6 ticks, 24 s. (In the kernel, between
 * whole ticks, it is some 18 s, and 23 s.) So a theft of 24 s is always reported with
 * watchdog_thresh 10. It holds from 15 on; with 20 thefts of up to 32 s hold, with 60 (the most
 * that there is) those of up to 96 s. (In seconds: STEAL_SECONDS, rounded up to ticks.)
 *
 * -D CROSS_CALL, on two CPUs: CPU 1 calls CPU 0 meanwhile and waits for its answer, though nobody
 * took it away. It is reported, too, where the theft lasts long enough.
 *
 * expect --cpus 1 -D STEAL_TICKS=1: holds
 * expect --cpus 1 -D STEAL_TICKS=4: holds
 * expect --cpus 1 -D STEAL_TICKS=5: violated soft_lockup transient cpu=0 message=*stuck*for*22s!*
 * expect --cpus 1 -D STEAL_TICKS=6: violated soft_lockup transient cpu=0 message=*stuck*for*22s!*
 * expect --cpus 1 -D STEAL_TICKS=5 -D JUST_FED: holds
 * expect --cpus 1 -D STEAL_TICKS=6 -D JUST_FED: violated soft_lockup transient cpu=0 message=*stuck*for*22s!*
 * expect --cpus 1 -D STEAL_TICKS=4 -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 1 -D STEAL_TICKS=5 -D CONFIG_PREEMPT_FULL: violated soft_lockup transient cpu=0
 * expect --cpus 1 -D STEAL_SECONDS=16: holds
 * expect --cpus 1 -D STEAL_SECONDS=24: violated soft_lockup transient cpu=0
 * expect --cpus 1 -D STEAL_SECONDS=24 -D WATCHDOG_THRESH=14: violated soft_lockup transient cpu=0
 * expect --cpus 1 -D STEAL_SECONDS=24 -D WATCHDOG_THRESH=15: holds
 * expect --cpus 1 -D STEAL_SECONDS=24 -D WATCHDOG_THRESH=60: holds
 * expect --cpus 1 -D STEAL_SECONDS=32 -D WATCHDOG_THRESH=20: holds
 * expect --cpus 1 -D STEAL_SECONDS=40 -D WATCHDOG_THRESH=20: violated soft_lockup transient cpu=0 message=*stuck*for*44s!*
 * expect --cpus 1 -D STEAL_SECONDS=96 -D WATCHDOG_THRESH=60: holds
 * expect --cpus 1 -D STEAL_SECONDS=120 -D WATCHDOG_THRESH=60: violated soft_lockup transient cpu=0 message=*stuck*for*134s!*
 * expect --cpus 1 -D STEAL_SECONDS=4 -D WATCHDOG_THRESH=2: violated soft_lockup transient cpu=0 message=*stuck*for*5s!*
 * expect --cpus 2 --all -D STEAL_TICKS=7 -D CROSS_CALL: violated soft_lockup transient cpu=0; soft_lockup transient cpu=1 task=docker-containe; soft_lockup cpu=1 task=watchdog/1
 * expect --cpus 2 -D STEAL_TICKS=4 -D CROSS_CALL: holds
 */
#include <linux/entry-common.h>
#include <linux/kthread.h>
#include <linux/nmi.h>
#include <linux/smp.h>
#include <linux/start_kernel.h>

#ifndef STEAL_TICKS
#define STEAL_TICKS ((5 * (STEAL_SECONDS) + 2 * WATCHDOG_THRESH - 1) / (2 * WATCHDOG_THRESH))
#endif

#if defined(CROSS_CALL) && NR_CPUS < 2
#error "another CPU makes the call: at least --cpus 2"
#endif

/* The detector begins as if the watchdog had just run. The first tick is like all later ones. */
#ifdef JUST_FED
#define LATEST_THEFT 0
#else
#define LATEST_THEFT 2
#endif

static int process(void *unused __maybe_unused)
{
	exit_to_user_mode();
	ls_delay(ls_choose(0, LATEST_THEFT));
	ls_steal(0, STEAL_TICKS);
	enter_from_user_mode();
	return 0;
}

#ifdef CROSS_CALL
static int container(void *unused __maybe_unused)
{
	exit_to_user_mode();
	ls_delay(1);
	enter_from_user_mode();
	kick_all_cpus_sync();
	return 0;
}
#endif

void ls_boot(void)
{
	start_kernel();
	lockup_detector_init();
	start_task(kthread_create_on_cpu(process, NULL, 0, "java"), 0);
#ifdef CROSS_CALL
	call_function_init();
	start_task(kthread_create_on_cpu(container, NULL, 1, "docker-containe"), 1);
#endif
}
