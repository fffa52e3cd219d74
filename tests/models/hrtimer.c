/*
 * Timers expire when their time has come, the one that was started first first; a span that is no
 * multiple of a tick is rounded up. The callback of a periodic one moves it on by
 * hrtimer_forward_now(), which says how many expiries were missed while interrupts were off. A
 * timer that is started again expires at its new time only, and one that was cancelled not at all.
 *
 * expect --cpus 1: holds
 * expect --cpus 2: holds
 * expect --cpus 1 -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 1 -D WATCHDOG_THRESH=5: violated assertion
 * expect --cpus 1 -D CANCEL_LATE: violated assertion
 */
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/start_kernel.h>

/* In ticks of 4 s: 1, 1 and 3. */
#define FIRST_MS 4000
#define SECOND_MS 3500
#define LATE_MS 9000

static struct hrtimer first, second, late, periodic, cancelled;
static ls_time_t start;
static int expired, times;

static enum hrtimer_restart first_fn(struct hrtimer *timer __maybe_unused)
{
	ls_assert(ls_now() - start == 1 && expired == 0);
	expired++;
	return HRTIMER_NORESTART;
}

static enum hrtimer_restart second_fn(struct hrtimer *timer __maybe_unused)
{
	ls_assert(ls_now() - start == 1 && expired == 1);
	expired++;
	return HRTIMER_NORESTART;
}

static enum hrtimer_restart late_fn(struct hrtimer *timer __maybe_unused)
{
	ls_assert(ls_now() - start == 5 && expired == 2);
	expired++;
	return HRTIMER_NORESTART;
}

static enum hrtimer_restart periodic_fn(struct hrtimer *timer)
{
	static const unsigned long long missed[] = { 1, 2, 1 };

	ls_assert(hrtimer_forward_now(timer, ms_to_ktime(8000)) == missed[times]);
	return ++times < 3 ? HRTIMER_RESTART : HRTIMER_NORESTART;
}

static enum hrtimer_restart cancelled_fn(struct hrtimer *timer __maybe_unused)
{
	ls_assert(false);
	return HRTIMER_NORESTART;
}

static int starter(void *unused __maybe_unused)
{
	start = ls_now();
	hrtimer_start(&cancelled, ms_to_ktime(16000), HRTIMER_MODE_REL);
	hrtimer_start(&late, ms_to_ktime(12000), HRTIMER_MODE_REL);
	hrtimer_start(&first, ms_to_ktime(FIRST_MS), HRTIMER_MODE_REL);
	hrtimer_start(&second, ms_to_ktime(SECOND_MS), HRTIMER_MODE_REL);
	ls_delay(2);
	hrtimer_start(&late, ms_to_ktime(LATE_MS), HRTIMER_MODE_REL);
#ifdef CANCEL_LATE
	ls_delay(3);
#endif
	ls_assert(hrtimer_cancel(&cancelled) == 1);
	ls_assert(hrtimer_try_to_cancel(&cancelled) == 0 && !hrtimer_active(&cancelled));
	ls_delay(4);
	ls_assert(expired == 3);
	start = LS_NEVER;

	hrtimer_start(&periodic, ms_to_ktime(8000), HRTIMER_MODE_REL);
	ls_delay(3);
	local_irq_disable();
	ls_delay(4);
	local_irq_enable();
	ls_delay(2);
	ls_assert(times == 3);
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	hrtimers_init();
	hrtimer_setup(&first, first_fn, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	hrtimer_setup(&second, second_fn, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	hrtimer_setup(&late, late_fn, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	hrtimer_setup(&periodic, periodic_fn, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	hrtimer_init(&cancelled, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	cancelled.function = cancelled_fn;
	start_task(kthread_create_on_cpu(starter, NULL, 0, "starter"), 0);
}
