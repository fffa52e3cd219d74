/*
 * High-resolution timers: each has its callback run, in an interrupt, once its time has come.
 *
 * Modelled: each CPU's queue of timers, the next to expire first; the interrupt, which takes one
 * timer after the other that has expired off the queue, and runs its callback without the queue's
 * lock, so that others can start and cancel it meanwhile; its being started again by what the
 * callback returns, unless somebody has started it already; starting it on another CPU, where it
 * then belongs (but a timer whose callback runs stays where that is); the canceller that waits
 * until the callback has returned.
 *
 * All timers of a CPU share one vector, HRTIMER_VECTOR, as in the kernel: the CPU's countdown
 * stands at the first one that expires, and is set anew whenever that changes. So there may be any
 * number of them, and those that expire at once run in the order in which they were started. The
 * watchdog keeps a vector for itself: what is one step there (taking the timer off the queue, its
 * callback, and the next expiry) would be three here, and every scenario with detectors would have
 * more states.
 *
 * One step is what is done under a queue's lock; nobody waits for anything while he holds it. It
 * includes, in the kernel, the second lock where a timer changes queues, for whose sake
 * hrtimer_start() and hrtimer_try_to_cancel() look again whether the timer is still there.
 *
 * Time is in ticks. A span that is no multiple of one is rounded up, as a timer never expires
 * early. Left out: absolute times and the clocks that they need, slack, timers that expire in soft
 * interrupt context (HRTIMER_MODE_SOFT), the choice of a busy CPU for a timer that is not pinned,
 * CPUs that go. A canceller on PREEMPT_RT would sleep; here it spins.
 *
 * Only where hrtimers_init() was called in boot can timers be started.
 */
#include <asm/irq_vectors.h>
#include <linux/bug.h>
#include <linux/hrtimer.h>
#include <linux/kernel.h>
#include <linux/processor.h>
#include <linux/smp.h>

struct hrtimer_cpu_base {
	struct hrtimer *first;		/* the next to expire */
	struct hrtimer *running;	/* its callback runs */
};

static DEFINE_PER_CPU(struct hrtimer_cpu_base, hrtimer_bases);

static bool has_hrtimer_vector;

/* ---- The queue: parts of atomic steps -------------------------------------------------------- */

/* Whoever has expired already has the interrupt raised at once. */
static void hrtimer_reprogram(int cpu)
{
	const struct hrtimer *first = per_cpu(hrtimer_bases.first, cpu);
	const long ticks = first ? (long)(first->expires - ls_now()) : 0;

	ls_timer_start(cpu, HRTIMER_VECTOR, max(ticks, 0L));
	if (first && ticks <= 0)
		ls_irq_raise(cpu, HRTIMER_VECTOR);
}

static void enqueue_hrtimer(struct hrtimer *timer, int cpu)
{
	struct hrtimer **link = &per_cpu(hrtimer_bases.first, cpu);

	while (*link && (long)(timer->expires - (*link)->expires) >= 0)
		link = &(*link)->next;
	timer->next = *link;
	*link = timer;
	timer->queued = true;
	timer->cpu = cpu;
}

static void dequeue_hrtimer(struct hrtimer *timer)
{
	struct hrtimer **link = &per_cpu(hrtimer_bases.first, timer->cpu);

	while (*link != timer)
		link = &(*link)->next;
	*link = timer->next;
	timer->next = NULL;
	timer->queued = false;
}

static bool is_running(const struct hrtimer *timer)
{
	return per_cpu(hrtimer_bases.running, timer->cpu) == timer;
}

/* ---- The interrupt --------------------------------------------------------------------------- */

/* The first timer that has expired; NULL: there is none (any more), and the countdown is set. */
LS_ATOMIC static struct hrtimer *hrtimer_take_expired(void)
{
	struct hrtimer_cpu_base *base = this_cpu_ptr(&hrtimer_bases);
	struct hrtimer *timer = base->first;

	if (!timer || (long)(timer->expires - ls_now()) > 0) {
		hrtimer_reprogram(smp_processor_id());
		return NULL;
	}
	dequeue_hrtimer(timer);
	base->running = timer;
	return timer;
}

/* Somebody else may have started it meanwhile. */
LS_ATOMIC static void hrtimer_callback_returned(struct hrtimer *timer, enum hrtimer_restart restart)
{
	if (restart != HRTIMER_NORESTART && !timer->queued)
		enqueue_hrtimer(timer, smp_processor_id());
	if (!timer->queued)
		timer->expires = LS_NEVER;
	this_cpu_write(hrtimer_bases.running, NULL);
}

static void hrtimer_interrupt(void)
{
	struct hrtimer *timer;

	while ((timer = hrtimer_take_expired()))
		hrtimer_callback_returned(timer, timer->function(timer));
}

/* ---- What others call ------------------------------------------------------------------------ */

bool hrtimer_is_queued(const struct hrtimer *timer)
{
	return READ_ONCE(timer->queued);
}

LS_ATOMIC bool hrtimer_callback_running(const struct hrtimer *timer)
{
	return is_running(timer);
}

/* It waits for its time, or its callback runs. */
LS_ATOMIC bool hrtimer_active(const struct hrtimer *timer)
{
	return timer->queued || is_running(timer);
}

/* Starts it, or starts it anew, and waits for nothing: its callback may be running. */
LS_ATOMIC static void hrtimer_start_ticks(struct hrtimer *timer, int ticks)
{
	const int cpu = is_running(timer) ? timer->cpu : smp_processor_id();

	if (timer->queued) {
		dequeue_hrtimer(timer);
		hrtimer_reprogram(timer->cpu);
	}
	timer->expires = ls_now() + ticks;
	enqueue_hrtimer(timer, cpu);
	hrtimer_reprogram(cpu);
}

void hrtimer_start(struct hrtimer *timer, ktime_t tim, enum hrtimer_mode mode)
{
	BUG_ON(!has_hrtimer_vector);		/* no hrtimers_init() in boot */
	BUG_ON(!(mode & HRTIMER_MODE_REL));	/* there is no time of day */
	BUG_ON(LS_TICKS_OF_NSEC(tim) > 900);	/* later times are not told apart */
	hrtimer_start_ticks(timer, LS_TICKS_OF_NSEC(tim));
}

/* 1: it was waiting, 0: it was not; in both cases it does not any more. -1: its callback runs. */
LS_ATOMIC int hrtimer_try_to_cancel(struct hrtimer *timer)
{
	if (is_running(timer))
		return -1;
	if (!timer->queued)
		return 0;
	dequeue_hrtimer(timer);
	timer->expires = LS_NEVER;
	hrtimer_reprogram(timer->cpu);
	return 1;
}

/* What the callback started again is cancelled, too. */
int hrtimer_cancel(struct hrtimer *timer)
{
	int ret;

	do {
		ret = hrtimer_try_to_cancel(timer);
		if (ret < 0)
			cpu_relax();
	} while (ret < 0);
	return ret;
}

/*
 * For the callback (a timer that is not queued has a time to expire only there): as many intervals
 * on from that time as have passed until now.
 */
LS_ATOMIC static u64 hrtimer_forward_ticks(struct hrtimer *timer, int ticks)
{
	u64 overruns = 0;

	if (WARN_ON(timer->queued))
		return 0;
	BUG_ON(timer->expires == LS_NEVER);
	for (; (long)(timer->expires - ls_now()) <= 0; overruns++)
		timer->expires += ticks;
	return overruns;
}

/* How often it would have expired since it was to; its next expiry is in the future then. */
u64 hrtimer_forward_now(struct hrtimer *timer, ktime_t interval)
{
	BUG_ON(interval <= 0 || LS_TICKS_OF_NSEC(interval) > 900);
	return hrtimer_forward_ticks(timer, LS_TICKS_OF_NSEC(interval));
}

/* ---- Setting up ------------------------------------------------------------------------------ */

LS_ATOMIC void hrtimer_init(struct hrtimer *timer, clockid_t clock_id __maybe_unused,
			    enum hrtimer_mode mode __maybe_unused)
{
	timer->function = NULL;
	timer->expires = LS_NEVER;
	timer->queued = false;
	timer->cpu = smp_processor_id();
	timer->next = NULL;
}

void hrtimer_setup(struct hrtimer *timer, enum hrtimer_restart (*function)(struct hrtimer *timer),
		   clockid_t clock_id, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock_id, mode);
	timer->function = function;
}

void hrtimers_init(void)
{
	ls_irq_handler(HRTIMER_VECTOR, hrtimer_interrupt);
	has_hrtimer_vector = true;
}
