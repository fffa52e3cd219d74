/*
 * The lock-up detectors, as they are since 2010. (The first generation of the soft-lockup detector
 * is in kernel/softlockup.c.)
 *
 * Soft lock-up. On each CPU a timer has something run that notes the time. If the timer finds that
 * this was too long ago, something has kept it from running, and is reported: who runs now.
 *
 *   generation 2 (2010 to 4.18): the thread "watchdog/N", of the highest FIFO priority. Only the
 *   stopper, a deadline task, or code that does not let itself be preempted can keep it from
 *   running. It is reported once, until the thread has run again or another task is running.
 *
 *   generation 3 (4.19 on): a work for the CPU's stopper, queued again when the last one is done;
 *   so nothing but the stopper's other works and code that is not preempted can keep it waiting.
 *   At first (CONFIG_SOFTLOCKUP_ONE_STAMP, until 5.12) all else was as before. Then touching got a
 *   stamp of its own: `report_ts` says since when there has been nothing to report, `touch_ts` when
 *   the work last ran, which is what is printed. A report comes again after as long a time.
 *
 * Touching says "I know that this takes long": the soft detector starts its time anew at the next
 * timer, the hard one leaves out one look. An interrupt that ends a CPU's idling touches as well.
 *
 * Hard lock-up. Somebody looks from time to time whether the CPU's timer has fired since the last
 * look; if not, interrupts have been off all that time. CONFIG_HARDLOCKUP_DETECTOR_PERF: the CPU
 * itself, by an NMI every watchdog_thresh seconds of its clock. CONFIG_HARDLOCKUP_DETECTOR_BUDDY
 * (6.5): the CPU before it, at every third of its own timers.
 *
 * Time. One tick is one period of the timer, 2/5 of watchdog_thresh, so that all expiries are where
 * they are in the kernel. The kernel takes time in units of 2^30 ns, rounded down, and reports
 * where two stamps are more than 2 * watchdog_thresh units apart: that is so at the sixth expiry
 * after the last note, and never at the fifth. The difference that it prints depends on how the
 * rounding falls; shown is the smaller of the two possible ones that is reported ("22s" at the
 * default of 10, where two thirds of all reports say so and the others "23s"). The NMI's period is
 * 2.5 ticks, here 2: a CPU with interrupts off is reported after 8 to 16 s, in the kernel after 6
 * to 20.
 *
 * The kernel counts the timer's expiries, and whoever looks keeps the count that he saw last. All
 * that is asked is whether it has changed, so that here it is a flag for each who looks.
 *
 * What a detector keeps belongs to one CPU, and is touched there with interrupts off or in one
 * store; so what the timer and the NMI do with it is one step each. (The buddy and
 * touch_all_softlockup_watchdogs() store from elsewhere, at any moment.)
 *
 * A report takes SOFTLOCKUP_REPORT_TICKS (0) with interrupts off, in which its CPU touches; with
 * SOFTLOCKUP_PANIC it is the end of the run.
 *
 * With SOFTLOCKUP_ALL_CPU_BACKTRACE the CPU that reports has all others show where they are
 * (kernel/nmi.c), and until it is done no other one reports. That is not the last word: with two
 * stamps the other CPU tries again at its next timer. With one it counts as reported, but nobody
 * noted which task was running; so its next timer takes the task for a new one (unless it is the
 * one reported last), and starts its time anew.
 *
 * A CPU that goes (CONFIG_HOTPLUG_CPU) stops its detectors before, in generation 2 by its thread's
 * being parked; one that comes starts them. An interrupt or NMI that was raised before that, and is
 * delivered after it, finds nothing to do.
 *
 * Left out: the sysctls at run time; the workqueue watchdog that is touched as well. A CPU on which
 * nothing is noted any more prints larger numbers each time; after SOFTLOCKUP_REPEATS reports they
 * stay what they are, so that states do not go on.
 */
#include <asm/irq_vectors.h>
#include <linux/atomic.h>
#include <linux/cpu.h>
#include <linux/kernel.h>
#include <linux/nmi.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/smpboot.h>
#include <linux/stop_machine.h>
#if defined(LS_HANG_TICKS)
#include <linux/silent_hang.h>
#endif

#define WATCHDOG_PERIOD_NS (WATCHDOG_THRESH * 2 * (NSEC_PER_SEC / 5))
LS_TICK_MS(WATCHDOG_TICK_MS);

#define WATCHDOG_NMI_TICKS 2
#define WATCHDOG_BUDDY_EXPIRIES 3

/* Expiries after which a CPU is reported; and how many reports print different numbers. */
#define SOFTLOCKUP_TICKS 6
#ifndef SOFTLOCKUP_REPEATS
#define SOFTLOCKUP_REPEATS 2
#endif
#ifndef SOFTLOCKUP_PANIC
#define SOFTLOCKUP_PANIC 0
#endif
#if SOFTLOCKUP_PANIC
#include <linux/panic.h>
#endif
#if CONFIG_SYSFS
/* /sys/kernel/softlockup_count: the reports so far; more than a few are not told apart. */
#define SOFTLOCKUP_COUNT_MAX 3
unsigned int softlockup_count;
#endif
#ifndef SOFTLOCKUP_REPORT_TICKS
#define SOFTLOCKUP_REPORT_TICKS 0
#endif

/* Which CPUs are watched. */
#ifndef WATCHDOG_CPUMASK
#define WATCHDOG_CPUMASK CPU_BITS_ALL
#endif
#define is_watched(cpu) ((WATCHDOG_CPUMASK >> (cpu) & 1) != 0)

#if CONFIG_HOTPLUG_CPU
static DEFINE_PER_CPU(bool, watchdog_enabled);	/* of those that are watched: now */
static bool lockup_detector_runs;		/* since boot */
static void watchdog_enable(unsigned int cpu);
static void watchdog_disable(unsigned int cpu);
#define is_enabled(cpu) per_cpu(watchdog_enabled, cpu)
#else
#define is_enabled(cpu) is_watched(cpu)
#endif

#define TWO_STAMPS (CONFIG_SOFTLOCKUP_GENERATION == 3 && !CONFIG_SOFTLOCKUP_ONE_STAMP)
#define HARDLOCKUP_DETECTOR                                                                    \
	(CONFIG_HARDLOCKUP_DETECTOR_PERF || CONFIG_HARDLOCKUP_DETECTOR_BUDDY)

/* Those of generation 2, when they are made and whenever they are unparked. */
#define THREADS_ENABLE (CONFIG_HOTPLUG_CPU && CONFIG_SOFTLOCKUP_GENERATION == 2)

/* In time stamps: start anew at the next timer. */
#define SOFTLOCKUP_DELAY_REPORT LS_NEVER

static DEFINE_PER_CPU(ls_time_t, watchdog_touch_ts) = SOFTLOCKUP_DELAY_REPORT;
#if TWO_STAMPS
static DEFINE_PER_CPU(ls_time_t, watchdog_report_ts) = SOFTLOCKUP_DELAY_REPORT;
#else
#define watchdog_report_ts watchdog_touch_ts
static DEFINE_PER_CPU(bool, soft_watchdog_warn);	/* has been reported */
static DEFINE_PER_CPU(struct task_struct *, softlockup_task_ptr_saved);	/* as running then */
#endif
#if HARDLOCKUP_DETECTOR
static DEFINE_PER_CPU(bool, hard_lockup_hrtimer_fired);	/* since the last look */
static DEFINE_PER_CPU(bool, watchdog_hardlockup_touched);
static DEFINE_PER_CPU(bool, watchdog_hardlockup_warned);
#endif

/* ---- Touching -------------------------------------------------------------------------------- */

void touch_softlockup_watchdog_sched(void)
{
	this_cpu_write(watchdog_report_ts, SOFTLOCKUP_DELAY_REPORT);
}

void touch_softlockup_watchdog(void)
{
	touch_softlockup_watchdog_sched();
}

void touch_all_softlockup_watchdogs(void)
{
	unsigned int cpu;

	for_each_online_cpu(cpu)
		if (is_watched(cpu))
			per_cpu(watchdog_report_ts, cpu) = SOFTLOCKUP_DELAY_REPORT;
}

LS_ATOMIC void touch_nmi_watchdog(void)
{
#if HARDLOCKUP_DETECTOR
	this_cpu_write(watchdog_hardlockup_touched, true);
#endif
	touch_softlockup_watchdog();
}

/* A detector has spoken: the hang is no silent one. */
static void detector_reported(void)
{
#if defined(LS_HANG_TICKS)
	silent_hang_reported();
#endif
}

/* ---- Soft lock-ups: what notes the time ------------------------------------------------------ */

static void update_touch_ts(void)
{
	this_cpu_write(watchdog_touch_ts, ls_now());
	this_cpu_write(watchdog_report_ts, ls_now());
}

#if CONFIG_SOFTLOCKUP_GENERATION == 2
static DEFINE_PER_CPU(struct task_struct *, softlockup_watchdog);
static DEFINE_PER_CPU(bool, soft_lockup_hrtimer_fired);	/* since the thread last ran */

static int watchdog_should_run(unsigned int cpu __maybe_unused)
{
	return this_cpu_read(soft_lockup_hrtimer_fired);
}

LS_ATOMIC static void watchdog(unsigned int cpu __maybe_unused)
{
	this_cpu_write(soft_lockup_hrtimer_fired, false);
	update_touch_ts();
}

static void watchdog_setup(unsigned int cpu)
{
	const struct sched_param param = { .sched_priority = MAX_RT_PRIO - 1 };

	sched_setscheduler(per_cpu(softlockup_watchdog, cpu), SCHED_FIFO, &param);
}

static struct smp_hotplug_thread watchdog_threads = {
	.store = &softlockup_watchdog,
	.thread_should_run = watchdog_should_run,
	.thread_fn = watchdog,
	.thread_comm = "watchdog/%u",
	.setup = watchdog_setup,
#if CONFIG_HOTPLUG_CPU
	.park = watchdog_disable,
	.unpark = watchdog_enable,
#endif
};
#else
static DEFINE_PER_CPU(bool, softlockup_completion) = true;	/* the work has run */
static DEFINE_PER_CPU(struct cpu_stop_work, softlockup_stop_work);

LS_ATOMIC static int softlockup_fn(void *data __maybe_unused)
{
	update_touch_ts();
	this_cpu_write(softlockup_completion, true);
	return 0;
}
#endif

/* ---- Soft lock-ups: the look ----------------------------------------------------------------- */

/*
 * In the kernel's units, of a stamp that is so many timer periods old; 0: not too long, so that it
 * is not reported.
 */
static unsigned int softlockup_duration(long ticks)
{
	const long units = ticks * WATCHDOG_PERIOD_NS >> 30;
	const long allowed = 2 * WATCHDOG_THRESH;

	/* The difference of the rounded stamps is `units` or one more. */
	if (units + 1 <= allowed)
		return 0;
	return max(units, allowed + 1);
}

#if SOFTLOCKUP_ALL_CPU_BACKTRACE
static bool soft_lockup_nmi_warn;	/* a CPU is reporting, and has the others dumped */
#endif

/* False: another CPU is at it. */
static bool softlockup_begin_report(void)
{
#if SOFTLOCKUP_ALL_CPU_BACKTRACE
	if (soft_lockup_nmi_warn)
		return false;
	soft_lockup_nmi_warn = true;
#endif
#if CONFIG_SYSFS
	softlockup_count = min(softlockup_count + 1, SOFTLOCKUP_COUNT_MAX);
#endif
	return true;
}

static void softlockup_report(unsigned int duration)
{
	ls_report("soft_lockup", ls_cpu(), ls_self(),
		  "watchdog: BUG: soft lockup - CPU#%d stuck for %us! [%pT:%d]", ls_cpu(), duration,
		  ls_self(), current->pid);
	detector_reported();
}

#if TWO_STAMPS
/* What is printed counts from when the work last ran, which may be long before the last touch. */
static bool watchdog_check_softlockup(void)
{
	const long most = SOFTLOCKUP_REPEATS * SOFTLOCKUP_TICKS;
	ls_time_t *touch_ts = this_cpu_ptr(&watchdog_touch_ts);
	ls_time_t *report_ts = this_cpu_ptr(&watchdog_report_ts);

	if ((long)(ls_now() - *touch_ts) > most)
		*touch_ts = ls_now() + -most;
	if (*report_ts == SOFTLOCKUP_DELAY_REPORT) {
		*report_ts = ls_now();
		return false;
	}
	if (!softlockup_duration(ls_now() - *report_ts) || !softlockup_begin_report())
		return false;
	softlockup_report(softlockup_duration(ls_now() - *touch_ts));
	*report_ts = ls_now();
	return true;
}
#else
static bool watchdog_check_softlockup(void)
{
	ls_time_t *touch_ts = this_cpu_ptr(&watchdog_touch_ts);
	bool *warned = this_cpu_ptr(&soft_watchdog_warn);
	unsigned int duration;
	bool reports;

	if (*touch_ts == SOFTLOCKUP_DELAY_REPORT) {
		*touch_ts = ls_now();
		return false;
	}
	duration = softlockup_duration(ls_now() - *touch_ts);
	if (*warned && duration && this_cpu_read(softlockup_task_ptr_saved) != current) {
		*touch_ts = ls_now();
		duration = 0;
	}
	if (!duration) {
		*warned = false;
#if !SOFTLOCKUP_ALL_CPU_BACKTRACE
		/* The next report comes first, and notes the task. */
		this_cpu_write(softlockup_task_ptr_saved, NULL);
#endif
		return false;
	}
	reports = !*warned && softlockup_begin_report();
	if (reports) {
		softlockup_report(duration);
		this_cpu_write(softlockup_task_ptr_saved, current);
	}
	*warned = true;
	/* Nothing depends on how old it gets before the thread has run. */
	*touch_ts = ls_now() + -SOFTLOCKUP_TICKS;
	return reports;
}
#endif

/* ---- Hard lock-ups --------------------------------------------------------------------------- */

#if HARDLOCKUP_DETECTOR
/* One look at a CPU; `blamed` is the task that runs there. */
static void watchdog_hardlockup_check(int cpu, int blamed)
{
	if (per_cpu(watchdog_hardlockup_touched, cpu)) {
		per_cpu(watchdog_hardlockup_touched, cpu) = false;
		return;
	}
	if (per_cpu(hard_lockup_hrtimer_fired, cpu)) {
		per_cpu(hard_lockup_hrtimer_fired, cpu) = false;
		per_cpu(watchdog_hardlockup_warned, cpu) = false;
		return;
	}
	if (!per_cpu(watchdog_hardlockup_warned, cpu)) {
		ls_report("hard_lockup", cpu, blamed, "%sWatchdog detected hard LOCKUP on cpu %d",
			  CONFIG_HARDLOCKUP_DETECTOR_PERF ? "NMI watchdog: " : "watchdog: ", cpu);
		detector_reported();
	}
	per_cpu(watchdog_hardlockup_warned, cpu) = true;
}
#endif

#if CONFIG_HARDLOCKUP_DETECTOR_PERF
static void watchdog_overflow_callback(void)
{
#if CONFIG_HOTPLUG_CPU
	if (!this_cpu_read(watchdog_enabled))
		return;
#endif
	ls_timer_start(ls_cpu(), NMI_VECTOR, WATCHDOG_NMI_TICKS);
	watchdog_hardlockup_check(ls_cpu(), ls_self());
}
#endif

#if CONFIG_HARDLOCKUP_DETECTOR_BUDDY
static DEFINE_PER_CPU(unsigned char, hrtimer_expiries);	/* since the last look at the buddy */

static int watchdog_next_cpu(int cpu)
{
	do
		cpu = (cpu + 1) % nr_cpu_ids;
	while (!is_enabled(cpu));
	return cpu;
}

static void watchdog_buddy_check_hardlockup(void)
{
	const int next_cpu = watchdog_next_cpu(ls_cpu());

	if (++*this_cpu_ptr(&hrtimer_expiries) < WATCHDOG_BUDDY_EXPIRIES)
		return;
	this_cpu_write(hrtimer_expiries, 0);
	if (next_cpu != ls_cpu())
		watchdog_hardlockup_check(next_cpu, ls_current(next_cpu));
}
#endif

/* ---- The timer ------------------------------------------------------------------------------- */

static void watchdog_interrupt_count(void)
{
#if CONFIG_SOFTLOCKUP_GENERATION == 2
	this_cpu_write(soft_lockup_hrtimer_fired, true);
#endif
#if HARDLOCKUP_DETECTOR
	this_cpu_write(hard_lockup_hrtimer_fired, true);
#endif
	ls_timer_start(ls_cpu(), LOCAL_TIMER_VECTOR, 1);
	if (current->sched_class == idle_sched_class)
		touch_softlockup_watchdog_sched();
#if CONFIG_HARDLOCKUP_DETECTOR_BUDDY
	watchdog_buddy_check_hardlockup();
#endif
}

#if CONFIG_SOFTLOCKUP_GENERATION == 2
LS_ATOMIC static bool watchdog_timer_step(void)
{
	watchdog_interrupt_count();
	wake_up_bound_thread(this_cpu_read(softlockup_watchdog));
	return watchdog_check_softlockup();
}
#else
/* True: the work of last time has run, and is to be queued again. */
LS_ATOMIC static bool watchdog_kick(void)
{
	const bool done = this_cpu_read(softlockup_completion);

	watchdog_interrupt_count();
	this_cpu_write(softlockup_completion, false);
	return done;
}

LS_ATOMIC static bool watchdog_check_step(void)
{
	return watchdog_check_softlockup();
}

static bool watchdog_timer_step(void)
{
	if (watchdog_kick())
		stop_one_cpu_nowait(smp_processor_id(), softlockup_fn, NULL,
				    this_cpu_ptr(&softlockup_stop_work));
	return watchdog_check_step();
}
#endif

/* What has been reported is printed. */
static void softlockup_print(void)
{
#if CONFIG_HOTPLUG_CPU
	if (!this_cpu_read(watchdog_enabled))
		return;
#endif
#if SOFTLOCKUP_REPORT_TICKS
	for (int i = 0; i < SOFTLOCKUP_REPORT_TICKS; i++) {
		touch_nmi_watchdog();
		ls_delay(1);
	}
#endif
#if SOFTLOCKUP_ALL_CPU_BACKTRACE
	trigger_allbutcpu_cpu_backtrace(smp_processor_id());
	WRITE_ONCE(soft_lockup_nmi_warn, false);
#endif
}

static void watchdog_timer_fn(void)
{
#if CONFIG_HOTPLUG_CPU
	if (!this_cpu_read(watchdog_enabled))
		return;
#endif
	if (!watchdog_timer_step())
		return;
	softlockup_print();
#if SOFTLOCKUP_PANIC
	panic("softlockup: hung tasks");
#endif
}

/* ---- CPUs that come and go ------------------------------------------------------------------- */

#if CONFIG_HOTPLUG_CPU
/* Another CPU looks at this one from now on, or at the one behind it: not too soon. */
static void watchdog_buddy_changes(int cpu __maybe_unused)
{
#if CONFIG_HARDLOCKUP_DETECTOR_BUDDY
	per_cpu(watchdog_hardlockup_touched, cpu) = true;
#endif
}

/* By a thread that is bound to the CPU. What is pending comes to nothing. */
LS_ATOMIC static void watchdog_stop(unsigned int cpu)
{
	if (!is_watched(cpu))
		return;
#if CONFIG_HARDLOCKUP_DETECTOR_BUDDY
	watchdog_buddy_changes(watchdog_next_cpu(cpu));
#endif
	per_cpu(watchdog_enabled, cpu) = false;
	ls_timer_start(cpu, LOCAL_TIMER_VECTOR, 0);
#if CONFIG_HARDLOCKUP_DETECTOR_PERF
	ls_timer_start(cpu, NMI_VECTOR, 0);
#endif
}

#if CONFIG_HARDLOCKUP_DETECTOR_PERF
static atomic_t pmc_refcount;			/* one for each CPU's event */
static struct cpumask dead_events_mask;		/* whose event is to be released */

/*
 * Whoever drops the last reference to the performance counters frees what the CPUs have of them. On
 * x86 he wanted none to go meanwhile (until 4.14).
 */
static void perf_event_release_kernel(void)
{
	if (!atomic_dec_and_test(&pmc_refcount))
		return;
	cpus_read_lock();
	cpus_read_unlock();
}

static void hardlockup_detector_perf_disable(unsigned int cpu)
{
	cpumask_set_cpu(cpu, &dead_events_mask);
}

void lockup_detector_cleanup(void)
{
	unsigned int cpu;

	for_each_cpu(cpu, &dead_events_mask)
		perf_event_release_kernel();
	cpumask_clear(&dead_events_mask);
}
#endif

static void watchdog_disable(unsigned int cpu)
{
	watchdog_stop(cpu);
#if CONFIG_HARDLOCKUP_DETECTOR_PERF
	if (is_watched(cpu))
		hardlockup_detector_perf_disable(cpu);
#endif
#if CONFIG_SOFTLOCKUP_GENERATION == 3
	/* In the kernel it sleeps until the stopper has run the work: it only has to be let on. */
	while (!this_cpu_read(softlockup_completion))
		schedule();
#endif
}
#endif

LS_ATOMIC static void watchdog_enable(unsigned int cpu)
{
#if CONFIG_HOTPLUG_CPU
	if (!is_watched(cpu))
		return;
	per_cpu(watchdog_enabled, cpu) = true;
	watchdog_buddy_changes(cpu);
#if CONFIG_HARDLOCKUP_DETECTOR_PERF
	atomic_inc(&pmc_refcount);
#endif
#endif
	per_cpu(watchdog_touch_ts, cpu) = ls_now();
	per_cpu(watchdog_report_ts, cpu) = ls_now();
	ls_timer_start(cpu, LOCAL_TIMER_VECTOR, 1);
#if CONFIG_HARDLOCKUP_DETECTOR_PERF
	ls_timer_start(cpu, NMI_VECTOR, WATCHDOG_NMI_TICKS);
#endif
}

#if CONFIG_HOTPLUG_CPU
/* In generation 2 the thread does it, when it is unparked. */

void lockup_detector_online_cpu(unsigned int cpu __maybe_unused)
{
#if CONFIG_SOFTLOCKUP_GENERATION == 3
	if (lockup_detector_runs)
		watchdog_enable(cpu);
#endif
}

void lockup_detector_offline_cpu(unsigned int cpu __maybe_unused)
{
#if CONFIG_SOFTLOCKUP_GENERATION == 3
	if (lockup_detector_runs)
		watchdog_disable(cpu);
#endif
}
#endif

/* ---- Boot ------------------------------------------------------------------------------------ */

void lockup_detector_init(void)
{
	unsigned int cpu;

	ls_irq_handler(LOCAL_TIMER_VECTOR, watchdog_timer_fn);
#if CONFIG_HARDLOCKUP_DETECTOR_PERF
	ls_nmi_handler(NMI_VECTOR, watchdog_overflow_callback);
#endif
#if SOFTLOCKUP_ALL_CPU_BACKTRACE
	nmi_backtrace_init();
#endif
#if CONFIG_SOFTLOCKUP_GENERATION == 2
	smpboot_register_percpu_thread(&watchdog_threads);
#endif
#if CONFIG_HOTPLUG_CPU
	lockup_detector_runs = true;
#endif
	for_each_possible_cpu(cpu)
		if (cpu_online(cpu) && is_watched(cpu) && !THREADS_ENABLE)
			watchdog_enable(cpu);
#if defined(LS_HANG_TICKS)
	silent_hang_init();
#endif
}
