/* khungtaskd reports tasks that sleep for too long; kernel/hung_task.c says how it behaves. */
#ifndef _LINUX_HUNG_TASK_H
#define _LINUX_HUNG_TASK_H

#include <linux/sched.h>

/*
 * In boot, after start_kernel() and lockup_detector_init(): starts khungtaskd. Without this call,
 * or without -D CONFIG_DETECT_HUNG_TASK, there is none.
 */
#if CONFIG_DETECT_HUNG_TASK
#ifndef LOCKSTEP_NO_SOURCES
#pragma lockstep source "kernel/hung_task.c"
#endif
void hung_task_init(void);
#else
static inline void hung_task_init(void)
{
}
#endif

#endif
