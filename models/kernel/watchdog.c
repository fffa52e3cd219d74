/*
 * The lock-up detectors.
 *
 * Soft lock-up, generation 2 (2010 to 4.18): on each CPU a timer wakes up the CPU's thread
 * "watchdog/N", of the highest FIFO priority, which does nothing but note the time. If the timer
 * finds that this was too long ago, something has kept even this thread from running: only the
 * stopper, a deadline task, or code that does not let itself be preempted can. It reports once,
 * until the thread has run again or another task is running.
 *
 * Hard lock-up (CONFIG_HARDLOCKUP_DETECTOR_PERF): an NMI on each CPU, every watchdog_thresh seconds
 * of the CPU's clock, looks whether the timer has fired since the last NMI. If not, interrupts have
 * been off all that time.
 *
 * Touching says "I know that this takes long": the soft detector starts its time anew at the next
 * timer, the hard one leaves out one look.
 *
 * Time. One tick is one period of the timer, 2/5 of watchdog_thresh, so that all expiries are where
 * they are in the kernel. The kernel takes time in units of 2^30 ns, rounded down, and reports
 * where two stamps are more than 2 * watchdog_thresh units apart: that is so at the sixth expiry
 * after the thread last ran, and never at the fifth. The difference that it prints depends on how
 * the rounding falls; shown is the smaller of the two possible ones that is reported ("22s" at the
 * default of 10, where two thirds of all reports say so and the others "23s"). The NMI's period is
 * 2.5 ticks, here 2: a CPU with interrupts off is reported after 8 to 16 s, in the kernel after 6
 * to 20.
 *
 * The kernel counts the timer's expiries and the thread and the NMI each keep the count that they
 * saw last. All that is asked is whether it has changed, so that here it is a flag for each of the
 * two.
 *
 * What a detector keeps belongs to one CPU, and is touched there with interrupts off or in one
 * store; so what the timer and the NMI do with it is one step each.
 * (touch_all_softlockup_watchdogs() stores from elsewhere, at any moment.)
 *
 * Left out: hotplug and the sysctls at run time, softlockup_panic and softlockup_all_cpu_backtrace,
 * the time that a report takes, the workqueue watchdog that is touched as well.
 */
#include <asm/irq_vectors.h>
#include <linux/kernel.h>
#include <linux/nmi.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/smpboot.h>

#define WATCHDOG_PERIOD_NS (WATCHDOG_THRESH * 2 * (NSEC_PER_SEC / 5))
LS_TICK_MS(WATCHDOG_THRESH * 2 * MSEC_PER_SEC / 5);

#define WATCHDOG_NMI_TICKS 2

/* In time stamps: start anew at the next timer. */
#define SOFTLOCKUP_TOUCHED LS_NEVER

static DEFINE_PER_CPU(struct task_struct *, softlockup_watchdog);
static DEFINE_PER_CPU(ls_time_t, watchdog_touch_ts) = SOFTLOCKUP_TOUCHED;
static DEFINE_PER_CPU(bool, soft_watchdog_warn);	/* has been reported */
static DEFINE_PER_CPU(struct task_struct *, softlockup_task_ptr_saved);	/* as running then */
static DEFINE_PER_CPU(bool, soft_lockup_hrtimer_fired);	/* since the thread last ran */
#if CONFIG_HARDLOCKUP_DETECTOR_PERF
static DEFINE_PER_CPU(bool, hard_lockup_hrtimer_fired);	/* since the last NMI that looked */
static DEFINE_PER_CPU(bool, watchdog_nmi_touch);
static DEFINE_PER_CPU(bool, hard_watchdog_warn);
#endif

/* ---- Touching -------------------------------------------------------------------------------- */

void touch_softlockup_watchdog(void)
{
	this_cpu_write(watchdog_touch_ts, SOFTLOCKUP_TOUCHED);
}

void touch_all_softlockup_watchdogs(void)
{
	unsigned int cpu;

	for_each_online_cpu(cpu)
		per_cpu(watchdog_touch_ts, cpu) = SOFTLOCKUP_TOUCHED;
}

LS_ATOMIC void touch_nmi_watchdog(void)
{
#if CONFIG_HARDLOCKUP_DETECTOR_PERF
	this_cpu_write(watchdog_nmi_touch, true);
#endif
	touch_softlockup_watchdog();
}

/* ---- Soft lock-ups --------------------------------------------------------------------------- */

/* In the kernel's units, of a stamp that is so many timer periods old; 0: not too long. */
static unsigned int is_softlockup(long ticks)
{
	const long units = ticks * WATCHDOG_PERIOD_NS >> 30;
	const long allowed = 2 * WATCHDOG_THRESH;

	/* The difference of the rounded stamps is `units` or one more. */
	if (units + 1 <= allowed)
		return 0;
	return max(units, allowed + 1);
}

/* Once reported, the stamp stays this old: nothing depends on it before the thread has run. */
#define SOFTLOCKUP_TICKS 6

static void watchdog_check_softlockup(void)
{
	ls_time_t *touch_ts = this_cpu_ptr(&watchdog_touch_ts);
	bool *warned = this_cpu_ptr(&soft_watchdog_warn);
	unsigned int duration;

	if (*touch_ts == SOFTLOCKUP_TOUCHED) {
		*touch_ts = ls_now();
		return;
	}
	duration = is_softlockup(ls_now() - *touch_ts);
	if (*warned && duration && this_cpu_read(softlockup_task_ptr_saved) != current) {
		*touch_ts = ls_now();
		duration = 0;
	}
	if (!duration) {
		*warned = false;
		this_cpu_write(softlockup_task_ptr_saved, NULL);
		return;
	}
	if (!*warned)
		ls_report("soft_lockup", ls_cpu(), ls_self(),
			  "watchdog: BUG: soft lockup - CPU#%d stuck for %us! [%pT:%d]",
			  ls_cpu(), duration, ls_self(), current->pid);
	*warned = true;
	this_cpu_write(softlockup_task_ptr_saved, current);
	*touch_ts = ls_now() + -SOFTLOCKUP_TICKS;
}

static void watchdog_interrupt_count(void)
{
	this_cpu_write(soft_lockup_hrtimer_fired, true);
#if CONFIG_HARDLOCKUP_DETECTOR_PERF
	this_cpu_write(hard_lockup_hrtimer_fired, true);
#endif
	ls_timer_start(ls_cpu(), LOCAL_TIMER_VECTOR, 1);
}

LS_ATOMIC static void watchdog_timer_fn(void)
{
	watchdog_interrupt_count();
	wake_up_bound_thread(this_cpu_read(softlockup_watchdog));
	watchdog_check_softlockup();
}

static int watchdog_should_run(unsigned int cpu __maybe_unused)
{
	return this_cpu_read(soft_lockup_hrtimer_fired);
}

LS_ATOMIC static void watchdog(unsigned int cpu __maybe_unused)
{
	this_cpu_write(soft_lockup_hrtimer_fired, false);
	this_cpu_write(watchdog_touch_ts, ls_now());
}

/* ---- Hard lock-ups --------------------------------------------------------------------------- */

#if CONFIG_HARDLOCKUP_DETECTOR_PERF
static void watchdog_overflow_callback(void)
{
	ls_timer_start(ls_cpu(), NMI_VECTOR, WATCHDOG_NMI_TICKS);

	if (this_cpu_read(watchdog_nmi_touch)) {
		this_cpu_write(watchdog_nmi_touch, false);
		return;
	}
	if (this_cpu_read(hard_lockup_hrtimer_fired)) {
		this_cpu_write(hard_lockup_hrtimer_fired, false);
		this_cpu_write(hard_watchdog_warn, false);
		return;
	}
	if (!this_cpu_read(hard_watchdog_warn))
		ls_report("hard_lockup", ls_cpu(), ls_self(),
			  "NMI watchdog: Watchdog detected hard LOCKUP on cpu %d", ls_cpu());
	this_cpu_write(hard_watchdog_warn, true);
}
#endif

/* ---- Boot ------------------------------------------------------------------------------------ */

static void watchdog_enable(unsigned int cpu)
{
	const struct sched_param param = { .sched_priority = MAX_RT_PRIO - 1 };

	sched_setscheduler(per_cpu(softlockup_watchdog, cpu), SCHED_FIFO, &param);
	per_cpu(watchdog_touch_ts, cpu) = ls_now();
	ls_timer_start(cpu, LOCAL_TIMER_VECTOR, 1);
#if CONFIG_HARDLOCKUP_DETECTOR_PERF
	ls_timer_start(cpu, NMI_VECTOR, WATCHDOG_NMI_TICKS);
#endif
}

static struct smp_hotplug_thread watchdog_threads = {
	.store = &softlockup_watchdog,
	.thread_should_run = watchdog_should_run,
	.thread_fn = watchdog,
	.thread_comm = "watchdog/%u",
	.setup = watchdog_enable,
};

void lockup_detector_init(void)
{
	ls_irq_handler(LOCAL_TIMER_VECTOR, watchdog_timer_fn);
#if CONFIG_HARDLOCKUP_DETECTOR_PERF
	ls_nmi_handler(NMI_VECTOR, watchdog_overflow_callback);
#endif
	smpboot_register_percpu_thread(&watchdog_threads);
}
