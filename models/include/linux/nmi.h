/* The lock-up detectors; kernel/watchdog.c says how they behave. */
#ifndef _LINUX_NMI_H
#define _LINUX_NMI_H

#include <linux/types.h>

#ifndef LOCKSTEP_NO_SOURCES
#if CONFIG_SOFTLOCKUP_GENERATION == 1
#pragma lockstep source "kernel/softlockup.c"
#else
#pragma lockstep source "kernel/watchdog.c"
#endif
#endif

/* How long a tick is: the period of the detector's timer. */
#if CONFIG_SOFTLOCKUP_GENERATION == 1
#define WATCHDOG_TICK_MS MSEC_PER_SEC
#else
#define WATCHDOG_TICK_MS (WATCHDOG_THRESH * 2 * MSEC_PER_SEC / 5)
#endif

/* In boot, after start_kernel(): starts the detectors. Without this call there are none. */
void lockup_detector_init(void);

void touch_softlockup_watchdog(void);
void touch_softlockup_watchdog_sched(void);
void touch_all_softlockup_watchdogs(void);
void touch_nmi_watchdog(void);

#endif
