/*
 * What somebody wants to have done by a CPU that comes: in one state so far, in which the CPU has not
 * set itself online and has interrupts off. (x86 sets up its caches there.) Set in boot.
 */
#ifndef _LINUX_CPUHOTPLUG_H
#define _LINUX_CPUHOTPLUG_H

#include <linux/types.h>

enum cpuhp_state {
	CPUHP_AP_CACHECTRL_STARTING,
};

int cpuhp_setup_state_nocalls(enum cpuhp_state state, const char *name,
			      int (*startup)(unsigned int cpu), int (*teardown)(unsigned int cpu));

#endif
