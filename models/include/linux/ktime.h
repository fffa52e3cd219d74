/*
 * Time spans in the kernel's unit, and in the machine's: a tick is one period of the watchdog's
 * timer (kernel/watchdog.c), or a second where that is the first generation's.
 */
#ifndef _LINUX_KTIME_H
#define _LINUX_KTIME_H

#include <linux/types.h>

typedef s64 ktime_t;		/* nanoseconds */

#if CONFIG_SOFTLOCKUP_GENERATION == 1
#define LS_TICK_NSEC 1000000000LL
#else
#define LS_TICK_NSEC (WATCHDOG_THRESH * 400000000LL)
#endif

/* What lasts longer than n ticks takes n + 1. */
#define LS_TICKS_OF_NSEC(nsec) (((nsec) + LS_TICK_NSEC - 1) / LS_TICK_NSEC)

#define ns_to_ktime(ns) ((ktime_t)(ns))
#define us_to_ktime(us) ns_to_ktime((us) * 1000LL)
#define ms_to_ktime(ms) ns_to_ktime((ms) * 1000000LL)
#define ktime_set(secs, nsecs) ns_to_ktime((secs) * 1000000000LL + (nsecs))

#endif
