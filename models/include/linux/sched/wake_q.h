/*
 * Tasks to be woken up later, when no lock is held any more. A task can be in one wake_q at a time
 * in the whole system: whoever finds it taken relies on the one who has it. kernel/wake_q.c says
 * how they behave.
 */
#ifndef _LINUX_SCHED_WAKE_Q_H
#define _LINUX_SCHED_WAKE_Q_H

#include <linux/sched.h>

#ifndef LOCKSTEP_NO_SOURCES
#pragma lockstep source "kernel/wake_q.c"
#endif

struct wake_q_head {
	struct wake_q_node *first;
	struct wake_q_node **lastp;
};

#define WAKE_Q_TAIL ((struct wake_q_node *)0x01)

#define DEFINE_WAKE_Q(name) struct wake_q_head name = { WAKE_Q_TAIL, &name.first }
#define WAKE_Q(name) DEFINE_WAKE_Q(name)

LS_ATOMIC static inline void wake_q_init(struct wake_q_head *head)
{
	head->first = WAKE_Q_TAIL;
	head->lastp = &head->first;
}

static inline bool wake_q_empty(struct wake_q_head *head)
{
	return head->first == WAKE_Q_TAIL;
}

void wake_q_add(struct wake_q_head *head, struct task_struct *task);
void wake_up_q(struct wake_q_head *head);

#endif
