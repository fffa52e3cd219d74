/*
 * Completions: a count of how often it was completed, and those who wait for it, in order.
 *
 * complete() wakes the first waiter while it holds the completion's lock, as the kernel does: a
 * waiter cannot return (and take its completion off the stack) before complete() has let go of it.
 * What is done under the lock is one step, since the count and the list are touched by its holders
 * only; the waiter's state, which a wake-up looks at, is written once in it.
 */
#include <linux/completion.h>
#include <linux/sched.h>

#define DONE_FOR_EVER (~0U)

struct swait_queue {
	struct task_struct *task;
	struct list_head task_list;
};

/* True: one completion was there, and is taken. False: the task is queued and about to sleep. */
LS_ATOMIC static bool take_or_prepare_to_wait(struct completion *x, struct swait_queue *wait)
{
	if (!x->done) {
		if (list_empty(&wait->task_list))
			list_add_tail(&wait->task_list, &x->wait.task_list);
		current->__state = TASK_UNINTERRUPTIBLE;
		return false;
	}
	if (!list_empty(&wait->task_list))
		list_del_init(&wait->task_list);
	if (x->done != DONE_FOR_EVER)
		x->done--;
	return true;
}

void wait_for_completion(struct completion *x)
{
	struct swait_queue wait = { current, LIST_HEAD_INIT(wait.task_list) };

	might_sleep();
	raw_spin_lock_irq(&x->wait.lock);
	while (!take_or_prepare_to_wait(x, &wait)) {
		raw_spin_unlock_irq(&x->wait.lock);
		schedule();
		raw_spin_lock_irq(&x->wait.lock);
	}
	raw_spin_unlock_irq(&x->wait.lock);
}

LS_ATOMIC static bool take_if_done(struct completion *x)
{
	if (!x->done)
		return false;
	if (x->done != DONE_FOR_EVER)
		x->done--;
	return true;
}

bool try_wait_for_completion(struct completion *x)
{
	unsigned long flags;
	bool taken;

	raw_spin_lock_irqsave(&x->wait.lock, flags);
	taken = take_if_done(x);
	raw_spin_unlock_irqrestore(&x->wait.lock, flags);
	return taken;
}

/* Who is told so may take it off the stack: complete() has to have let go of it. */
bool completion_done(struct completion *x)
{
	unsigned long flags;

	if (!READ_ONCE(x->done))
		return false;
	raw_spin_lock_irqsave(&x->wait.lock, flags);
	raw_spin_unlock_irqrestore(&x->wait.lock, flags);
	return true;
}

/* The first waiter, taken off the queue; NULL: there is none. Part of an atomic step. */
static struct task_struct *dequeue_waiter(struct completion *x)
{
	struct swait_queue *wait;

	if (list_empty(&x->wait.task_list))
		return NULL;
	wait = list_first_entry(&x->wait.task_list, struct swait_queue, task_list);
	list_del_init(&wait->task_list);
	return wait->task;
}

LS_ATOMIC static struct task_struct *complete_one(struct completion *x)
{
	if (x->done != DONE_FOR_EVER)
		x->done++;
	return dequeue_waiter(x);
}

void complete(struct completion *x)
{
	struct task_struct *waiter;
	unsigned long flags;

	raw_spin_lock_irqsave(&x->wait.lock, flags);
	waiter = complete_one(x);
	if (waiter)
		wake_up_process(waiter);
	raw_spin_unlock_irqrestore(&x->wait.lock, flags);
}

LS_ATOMIC static struct task_struct *complete_for_ever(struct completion *x)
{
	x->done = DONE_FOR_EVER;
	return dequeue_waiter(x);
}

void complete_all(struct completion *x)
{
	struct task_struct *waiter;
	unsigned long flags;

	raw_spin_lock_irqsave(&x->wait.lock, flags);
	while ((waiter = complete_for_ever(x)))
		wake_up_process(waiter);
	raw_spin_unlock_irqrestore(&x->wait.lock, flags);
}
