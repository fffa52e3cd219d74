/*
 * One task that sleeps until a condition holds, and is woken up by whoever makes it true. The
 * waiter names itself, sets its state, looks; the waker changes what is looked at, and then looks
 * for a name. Each of these is a step, since the order decides whether a wake-up can be lost.
 *
 * Left out: the RCU section around the wake-up, which keeps the task from being freed.
 */
#ifndef _LINUX_RCUWAIT_H
#define _LINUX_RCUWAIT_H

#include <linux/sched.h>

struct rcuwait {
	struct task_struct *task;	/* who waits; NULL: nobody */
};

#define __RCUWAIT_INITIALIZER(name) { NULL }

static inline int rcuwait_wake_up(struct rcuwait *w)
{
	struct task_struct *task = READ_ONCE(w->task);

	return task ? wake_up_process(task) : 0;
}

/* One step: a wake-up in between would find it running, and say no more than it says itself. */
LS_ATOMIC static inline void finish_rcuwait(struct rcuwait *w)
{
	w->task = NULL;
	current->__state = TASK_RUNNING;
}

#define rcuwait_wait_event(w, condition, state)                                                \
	do {                                                                                   \
		WRITE_ONCE((w)->task, current);                                                \
		for (;;) {                                                                     \
			set_current_state(state);                                              \
			if (condition)                                                         \
				break;                                                         \
			schedule();                                                            \
		}                                                                              \
		finish_rcuwait(w);                                                             \
	} while (0)

#endif
