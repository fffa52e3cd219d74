/* The machine's interrupt vectors. One that is in use has its handler set in boot, by the part that it belongs to. */
#ifndef _ASM_IRQ_VECTORS_H
#define _ASM_IRQ_VECTORS_H

#include <lockstep.h>

enum {
	RESCHEDULE_VECTOR = 0,		/* kernel/sched.c */
	LOCAL_TIMER_VECTOR = 1,		/* kernel/watchdog.c: the watchdog's hrtimer */
	NMI_VECTOR = 2,			/* kernel/watchdog.c: the cycle counter's overflow */
	CALL_FUNCTION_VECTOR = 3,	/* kernel/smp.c */
	HUNG_TASK_VECTOR = 4,		/* kernel/hung_task.c: the timer of khungtaskd's sleep */
	NMI_BACKTRACE_VECTOR = 5,	/* kernel/nmi.c: a CPU is to show where it is */
	RCU_VECTOR = 6,			/* kernel/rcu.c */
	HRTIMER_VECTOR = 7,		/* kernel/hrtimer.c */
	SCENARIO_VECTOR = 8,		/* this and those up to 11 are the scenarios' own */
	SCHED_TICK_VECTOR = 12,		/* kernel/sched_fair.c */
	SILENT_HANG_VECTOR = LS_OBSERVER,	/* kernel/silent_hang.c */
};

#endif
