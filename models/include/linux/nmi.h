/* The lock-up detectors; kernel/watchdog.c says how they behave. */
#ifndef _LINUX_NMI_H
#define _LINUX_NMI_H

#include <linux/cpumask.h>
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

/*
 * Has other CPUs show by NMI where they are, and waits for it. False: somebody else is doing that
 * already. A scenario that calls it itself sets up the interrupt in boot. kernel/nmi.c.
 */
void nmi_backtrace_init(void);
bool nmi_trigger_cpumask_backtrace(const struct cpumask *mask, int exclude_cpu);
#define trigger_cpumask_backtrace(mask) nmi_trigger_cpumask_backtrace(mask, -1)
#define trigger_single_cpu_backtrace(cpu) trigger_cpumask_backtrace(cpumask_of(cpu))
#define trigger_all_cpu_backtrace() trigger_cpumask_backtrace(cpu_online_mask)
#define trigger_allbutcpu_cpu_backtrace(exclude_cpu)                                           \
	nmi_trigger_cpumask_backtrace(cpu_online_mask, exclude_cpu)
#if SOFTLOCKUP_ALL_CPU_BACKTRACE && !defined(LOCKSTEP_NO_SOURCES)
#pragma lockstep source "kernel/nmi.c"
#endif

/* In boot, after start_kernel(): starts the detectors. Without this call there are none. */
void lockup_detector_init(void);

#if CONFIG_SYSFS
extern unsigned int softlockup_count;
#endif

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
