/* The machine's interrupt vectors. One that is in use has its handler set in boot, by the part that it belongs to. */
#ifndef _ASM_IRQ_VECTORS_H
#define _ASM_IRQ_VECTORS_H

enum {
	RESCHEDULE_VECTOR = 0,		/* kernel/sched.c */
	LOCAL_TIMER_VECTOR = 1,		/* kernel/watchdog.c: the watchdog's hrtimer */
	NMI_VECTOR = 2,			/* kernel/watchdog.c: the cycle counter's overflow */
	CALL_FUNCTION_VECTOR = 3,	/* kernel/smp.c */
	SILENT_HANG_VECTOR = 4,		/* kernel/silent_hang.c */
	SCHED_TICK_VECTOR = 7,		/* kernel/sched_fair.c */
	SCENARIO_VECTOR = 8,		/* this and those above are the scenarios' own */
};

#endif
