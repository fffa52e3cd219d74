/*
 * wake_q: a list of tasks that its owner will wake up later.
 *
 * What others can see is the node in the task, and only whether it is taken: the operations on it
 * are one step each (a compare-and-exchange in the kernel, a store). The list itself belongs to its
 * owner. What decides the bugs is kept: between adding and waking anything can happen, a task that
 * is in one wake_q cannot be added to another, and it is free again before it is woken up.
 *
 * Left out: the reference on the task (tasks are never freed), and the barrier before a failed
 * compare-and-exchange (memory is sequentially consistent).
 */
#include <linux/container_of.h>
#include <linux/sched/wake_q.h>

LS_ATOMIC void wake_q_add(struct wake_q_head *head, struct task_struct *task)
{
	struct wake_q_node *node = &task->wake_q;

	if (node->next)
		return;
	node->next = WAKE_Q_TAIL;
	*head->lastp = node;
	head->lastp = &node->next;
}

/* NULL: none is left. */
LS_ATOMIC static struct task_struct *wake_q_pop(struct wake_q_head *head)
{
	struct wake_q_node *node = head->first;

	if (node == WAKE_Q_TAIL)
		return NULL;
	head->first = node->next;
	node->next = NULL;
	return container_of(node, struct task_struct, wake_q);
}

void wake_up_q(struct wake_q_head *head)
{
	struct task_struct *task;

	while ((task = wake_q_pop(head)))
		wake_up_process(task);
}
