/* The end of a kernel; kernel/panic.c says how it comes. */
#ifndef _LINUX_PANIC_H
#define _LINUX_PANIC_H

#include <linux/types.h>

#ifndef LOCKSTEP_NO_SOURCES
#pragma lockstep source "kernel/panic.c"
#endif

void panic(const char *message);

/* The kernel has run into a fault: an oops. The second is for a fault in a die notifier. */
void die(const char *message);
void die_in_notifier(const char *message);

#endif
