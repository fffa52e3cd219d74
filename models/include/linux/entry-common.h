/*
 * Between these two the current task runs user code, which can be preempted whatever the kernel's
 * preemption model.
 */
#ifndef _LINUX_ENTRY_COMMON_H
#define _LINUX_ENTRY_COMMON_H

#ifndef LOCKSTEP_NO_SOURCES
#pragma lockstep source "kernel/entry.c"
#endif

void exit_to_user_mode(void);
void enter_from_user_mode(void);

#endif
