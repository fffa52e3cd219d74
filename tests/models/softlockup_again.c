/*
 * When a CPU is reported again. A report that takes a tick (SOFTLOCKUP_REPORT_TICKS) is one in which
 * the hog does not get on, so that the time its work took says how many there were. It touches, too,
 * so that each generation counts anew after it: 20 ticks of work are reported at 6, 13 and 20.
 *
 * -D LET_RUN: in the middle the hog lets the watchdog run, which then counts from there.
 *
 * -D OTHER_WORK=N: two deadline tasks, one after the other; generation 2's thread runs after neither.
 * Nothing touches, and it is not the same task any more that was reported: its time counts from the
 * next expiry.
 *
 * expect --cpus 1 --all -D SOFTLOCKUP_REPORT_TICKS=1 -D REPORTS=3: violated soft_lockup transient cpu=0 task=hog
 * expect --cpus 1 --all -D SOFTLOCKUP_REPORT_TICKS=1 -D REPORTS=3 -D CONFIG_SOFTLOCKUP_GENERATION=3: violated soft_lockup transient cpu=0 task=hog
 * expect --cpus 1 --all -D SOFTLOCKUP_REPORT_TICKS=1 -D REPORTS=3 -D CONFIG_SOFTLOCKUP_GENERATION=3 -D CONFIG_SOFTLOCKUP_ONE_STAMP: violated soft_lockup transient cpu=0 task=hog
 * expect --cpus 1 --all -D SOFTLOCKUP_REPORT_TICKS=1 -D REPORTS=2 -D WORK=8 -D LET_RUN: violated soft_lockup transient cpu=0 task=hog
 * expect --cpus 1 -D SOFTLOCKUP_REPORT_TICKS=1 -D REPORTS=0 -D WORK=5 -D LET_RUN: holds
 * expect --cpus 1 -D SOFTLOCKUP_REPORT_TICKS=1 -D REPORTS=0 -D WORK=5 -D LET_RUN -D CONFIG_SOFTLOCKUP_GENERATION=3: holds
 * expect --cpus 1 --all -D REPORTS=0 -D WORK=8 -D OTHER_WORK=5: violated soft_lockup transient cpu=0 task=hog
 * expect --cpus 1 --all -D REPORTS=0 -D WORK=8 -D OTHER_WORK=8: violated soft_lockup transient cpu=0 task=hog; soft_lockup transient cpu=0 task=other
 */
#include <linux/kthread.h>
#include <linux/nmi.h>
#include <linux/start_kernel.h>

#ifndef WORK
#define WORK 20
#endif

static int hog(void *unused __maybe_unused)
{
	const ls_time_t start = ls_now();

	ls_delay(WORK);
#ifdef LET_RUN
	cond_resched();
	ls_delay(WORK);
	ls_assert((long)(ls_now() - start) == 2 * WORK + REPORTS);
#else
	ls_assert((long)(ls_now() - start) == WORK + REPORTS);
#endif
	return 0;
}

#ifdef OTHER_WORK
static int other(void *unused __maybe_unused)
{
	ls_delay(OTHER_WORK);
	return 0;
}
#endif

void ls_boot(void)
{
	const struct sched_param param = { .sched_priority = 0 };
	struct task_struct *p;

	start_kernel();
	lockup_detector_init();
	p = kthread_create_on_cpu(hog, NULL, 0, "hog");
#ifdef OTHER_WORK
	sched_setscheduler(p, SCHED_DEADLINE, &param);
	start_task(p, 0);
	p = kthread_create_on_cpu(other, NULL, 0, "other");
	sched_setscheduler(p, SCHED_DEADLINE, &param);
#endif
	start_task(p, 0);
}
