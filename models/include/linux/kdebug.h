/* What is called for an oops; kernel/panic.c. */
#ifndef _LINUX_KDEBUG_H
#define _LINUX_KDEBUG_H

#include <linux/notifier.h>

#ifndef LOCKSTEP_NO_SOURCES
#pragma lockstep source "kernel/panic.c"
#endif

enum die_val {
	DIE_OOPS = 1,
};

/* In boot. Called in the order in which they were registered. */
int register_die_notifier(struct notifier_block *nb);

#endif
