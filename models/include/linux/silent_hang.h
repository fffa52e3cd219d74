/*
 * Not a part of the kernel but a question about its detectors: is there a run in which a CPU gets
 * nowhere for LS_HANG_TICKS ticks, and none of them says so? kernel/silent_hang.c.
 */
#ifndef _LINUX_SILENT_HANG_H
#define _LINUX_SILENT_HANG_H

#include <linux/percpu.h>

#ifndef LOCKSTEP_NO_SOURCES
#pragma lockstep source "kernel/silent_hang.c"
#endif

/* The CPU has scheduled, or could have, since the last look. Set by sched.c and entry.c. */
DECLARE_PER_CPU(bool, silent_hang_alive);

void silent_hang_init(void);
void silent_hang_reported(void);

#endif
