/*
 * The soft-lockup detector, generation 1 (2005 to 2010; kernel/softlockup.c of 2.6.18).
 *
 * Every timer tick of a CPU looks at a time stamp. If it is older than a second the tick wakes up
 * the CPU's thread "watchdog/N" (FIFO 99), which sets it to now; if it is older than
 * softlockup_thresh (10 s) the tick reports, once for each value of the stamp. To remember that,
 * it keeps the stamp that it reported; the kernel compares the two.
 *
 * touch_all_softlockup_watchdogs() sets all stamps to 0, which had no meaning of its own here: the
 * next tick finds a stamp that is older than anything, and reports. Only before the first report
 * of all does it not, since the stamp reported last is then 0, too.
 *
 * Time. One tick here is a second: the first tick of the clock after 10 s comes in the eleventh.
 * Both stamps are kept as what matters: how old, whether 0, and whether the one reported last is
 * the present one. What the tick does is one step; it belongs to its CPU.
 *
 * Left out: what is printed at the same time by several CPUs (a lock keeps them apart); the time
 * before SYSTEM_RUNNING.
 */
#include <asm/irq_vectors.h>
#include <linux/kernel.h>
#include <linux/nmi.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/smpboot.h>
#if defined(LS_HANG_TICKS)
#include <linux/silent_hang.h>
#endif

LS_TICK_MS(WATCHDOG_TICK_MS);

#ifndef SOFTLOCKUP_THRESH
#define SOFTLOCKUP_THRESH 10
#endif
#if SOFTLOCKUP_THRESH < 1 || SOFTLOCKUP_THRESH > 60
#error "SOFTLOCKUP_THRESH: kernel.softlockup_thresh takes 1 to 60 seconds"
#endif

/* In a stamp: 0. */
#define STAMP_ZERO LS_NEVER

enum print_timestamp {
	PRINT_ZERO,			/* nothing has been reported */
	PRINT_TOUCH,			/* the present stamp, which is not 0 */
	PRINT_OTHER,			/* an earlier one */
};

static DEFINE_PER_CPU(struct task_struct *, watchdog_task);
static DEFINE_PER_CPU(ls_time_t, touch_timestamp) = STAMP_ZERO;
static DEFINE_PER_CPU(enum print_timestamp, print_timestamp);
static DEFINE_PER_CPU(bool, watchdog_woken);

/* ---- Touching -------------------------------------------------------------------------------- */

static void set_touch_timestamp(int cpu, ls_time_t stamp)
{
	per_cpu(touch_timestamp, cpu) = stamp;
	if (per_cpu(print_timestamp, cpu) == PRINT_TOUCH)
		per_cpu(print_timestamp, cpu) = PRINT_OTHER;
}

LS_ATOMIC void touch_softlockup_watchdog(void)
{
	set_touch_timestamp(ls_cpu(), ls_now());
}

void touch_softlockup_watchdog_sched(void)
{
	touch_softlockup_watchdog();
}

LS_ATOMIC static void touch_other_softlockup_watchdog(int cpu)
{
	set_touch_timestamp(cpu, STAMP_ZERO);
}

void touch_all_softlockup_watchdogs(void)
{
	unsigned int cpu;

	for_each_online_cpu(cpu)
		touch_other_softlockup_watchdog(cpu);
}

void touch_nmi_watchdog(void)
{
	touch_softlockup_watchdog();
}

/* ---- The tick -------------------------------------------------------------------------------- */

static bool is_reported(void)
{
	const enum print_timestamp print = this_cpu_read(print_timestamp);

	if (this_cpu_read(touch_timestamp) == STAMP_ZERO)
		return print == PRINT_ZERO;
	return print == PRINT_TOUCH;
}

static void softlockup_report(void)
{
	const bool is_zero = this_cpu_read(touch_timestamp) == STAMP_ZERO;

	ls_report("soft_lockup", ls_cpu(), ls_self(),
		  "BUG: soft lockup - CPU#%d stuck for %ds! [%pT:%d]", ls_cpu(), SOFTLOCKUP_THRESH,
		  ls_self(), current->pid);
	this_cpu_write(print_timestamp, is_zero ? PRINT_ZERO : PRINT_TOUCH);
#if defined(LS_HANG_TICKS)
	silent_hang_reported();
#endif
}

LS_ATOMIC static void softlockup_tick(void)
{
	ls_time_t *touch_ts = this_cpu_ptr(&touch_timestamp);

	ls_timer_start(ls_cpu(), LOCAL_TIMER_VECTOR, 1);
	if (is_reported())
		return;
	if (*touch_ts == STAMP_ZERO || (long)(ls_now() - *touch_ts) > 1) {
		this_cpu_write(watchdog_woken, true);
		wake_up_bound_thread(this_cpu_read(watchdog_task));
	}
	if (*touch_ts == STAMP_ZERO || (long)(ls_now() - *touch_ts) > SOFTLOCKUP_THRESH)
		softlockup_report();
}

/* ---- The thread ------------------------------------------------------------------------------ */

static int watchdog_should_run(unsigned int cpu __maybe_unused)
{
	return this_cpu_read(watchdog_woken);
}

LS_ATOMIC static void watchdog(unsigned int cpu __maybe_unused)
{
	this_cpu_write(watchdog_woken, false);
	set_touch_timestamp(ls_cpu(), ls_now());
}

static void watchdog_setup(unsigned int cpu)
{
	const struct sched_param param = { .sched_priority = MAX_RT_PRIO - 1 };

	sched_setscheduler(per_cpu(watchdog_task, cpu), SCHED_FIFO, &param);
	per_cpu(touch_timestamp, cpu) = ls_now();
	ls_timer_start(cpu, LOCAL_TIMER_VECTOR, 1);
}

static struct smp_hotplug_thread watchdog_threads = {
	.store = &watchdog_task,
	.thread_should_run = watchdog_should_run,
	.thread_fn = watchdog,
	.thread_comm = "watchdog/%u",
	.setup = watchdog_setup,
};

void lockup_detector_init(void)
{
	ls_irq_handler(LOCAL_TIMER_VECTOR, softlockup_tick);
	smpboot_register_percpu_thread(&watchdog_threads);
#if defined(LS_HANG_TICKS)
	silent_hang_init();
#endif
}
