/* Completions; kernel/completion.c says how they behave. */
#ifndef _LINUX_COMPLETION_H
#define _LINUX_COMPLETION_H

#include <linux/list.h>
#include <linux/spinlock.h>

#ifndef LOCKSTEP_NO_SOURCES
#pragma lockstep source "kernel/completion.c"
#endif

struct swait_queue_head {
	raw_spinlock_t lock;
	struct list_head task_list;
};

struct completion {
	unsigned int done;
	struct swait_queue_head wait;
};

#define COMPLETION_INITIALIZER(name)                                                           \
	{ 0, { __RAW_SPIN_LOCK_UNLOCKED(name), LIST_HEAD_INIT((name).wait.task_list) } }
#define DECLARE_COMPLETION(name) struct completion name = COMPLETION_INITIALIZER(name)
#define DECLARE_COMPLETION_ONSTACK(name) struct completion name = COMPLETION_INITIALIZER(name)

LS_ATOMIC static inline void init_completion(struct completion *x)
{
	x->done = 0;
	raw_spin_lock_init(&x->wait.lock);
	x->wait.task_list.next = &x->wait.task_list;
	x->wait.task_list.prev = &x->wait.task_list;
}

static inline void reinit_completion(struct completion *x)
{
	x->done = 0;
}

void wait_for_completion(struct completion *x);
bool try_wait_for_completion(struct completion *x);
bool completion_done(struct completion *x);
void complete(struct completion *x);
void complete_all(struct completion *x);

#endif
