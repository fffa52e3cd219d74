/*
 * Timers whose callbacks run in an interrupt; kernel/hrtimer.c says how. Times are relative
 * (HRTIMER_MODE_REL), and last whole ticks here.
 */
#ifndef _LINUX_HRTIMER_H
#define _LINUX_HRTIMER_H

#include <linux/ktime.h>
#include <linux/percpu.h>

#ifndef LOCKSTEP_NO_SOURCES
#pragma lockstep source "kernel/hrtimer.c"
#endif

#define CLOCK_REALTIME 0
#define CLOCK_MONOTONIC 1
typedef int clockid_t;

enum hrtimer_mode {
	HRTIMER_MODE_ABS = 0x00,	/* is refused: there is no time of day */
	HRTIMER_MODE_REL = 0x01,
	HRTIMER_MODE_PINNED = 0x02,	/* stays on the CPU that starts it, as all do here */
	HRTIMER_MODE_HARD = 0x08,	/* in hard interrupt context, as all are here */
	HRTIMER_MODE_REL_PINNED = HRTIMER_MODE_PINNED | HRTIMER_MODE_REL,
	HRTIMER_MODE_REL_HARD = HRTIMER_MODE_HARD | HRTIMER_MODE_REL,
	HRTIMER_MODE_REL_PINNED_HARD = HRTIMER_MODE_HARD | HRTIMER_MODE_REL_PINNED,
};

enum hrtimer_restart {
	HRTIMER_NORESTART,
	HRTIMER_RESTART,
};

struct hrtimer {
	enum hrtimer_restart (*function)(struct hrtimer *timer);
	ls_time_t expires;		/* LS_NEVER: it will not */
	bool queued;			/* waits for its time */
	int cpu;			/* on whose queue it is, or was last */
	struct hrtimer *next;		/* behind it on the queue */
};

/* In boot, after start_kernel(): sets up the interrupt. Without it there are no timers. */
void hrtimers_init(void);

void hrtimer_init(struct hrtimer *timer, clockid_t clock_id, enum hrtimer_mode mode);
void hrtimer_setup(struct hrtimer *timer, enum hrtimer_restart (*function)(struct hrtimer *timer),
		   clockid_t clock_id, enum hrtimer_mode mode);
void hrtimer_start(struct hrtimer *timer, ktime_t tim, enum hrtimer_mode mode);
int hrtimer_try_to_cancel(struct hrtimer *timer);
int hrtimer_cancel(struct hrtimer *timer);
u64 hrtimer_forward_now(struct hrtimer *timer, ktime_t interval);
bool hrtimer_active(const struct hrtimer *timer);
bool hrtimer_is_queued(const struct hrtimer *timer);
bool hrtimer_callback_running(const struct hrtimer *timer);

#endif
