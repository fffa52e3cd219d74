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

/* In boot, after start_kernel(): starts the detectors. Without this call there are none. */
void lockup_detector_init(void);

#if CONFIG_HOTPLUG_CPU
/* By a thread of the CPU that has come or is about to go. */
void lockup_detector_online_cpu(unsigned int cpu);
void lockup_detector_offline_cpu(unsigned int cpu);

/* By whoever has taken a CPU down, when CPUs may come and go again. */
#if CONFIG_HARDLOCKUP_DETECTOR_PERF
void lockup_detector_cleanup(void);
#else
#define lockup_detector_cleanup() do { } while (0)
#endif
#endif

void touch_softlockup_watchdog(void);
void touch_softlockup_watchdog_sched(void);
void touch_all_softlockup_watchdogs(void);
void touch_nmi_watchdog(void);

#endif
