/* The out-of-memory killer's dump; kernel/oom.c. */
#ifndef _LINUX_OOM_H
#define _LINUX_OOM_H

#include <linux/types.h>

#ifndef LOCKSTEP_NO_SOURCES
#pragma lockstep source "kernel/oom.c"
#endif

struct oom_control {
	bool memcg;		/* a memory cgroup's limit was hit, not the machine's */
	int nr_tasks;		/* how many tasks the dump will list */
};

bool out_of_memory(struct oom_control *oc);

#endif
