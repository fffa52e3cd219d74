/*
 * Lists without a lock: whoever likes adds in front, one takes all. Both are one atomic operation
 * in the kernel, too: what an addition does before it succeeds nobody else sees.
 */
#ifndef _LINUX_LLIST_H
#define _LINUX_LLIST_H

#include <linux/container_of.h>
#include <linux/types.h>

struct llist_node {
	struct llist_node *next;
};

struct llist_head {
	struct llist_node *first;
};

#define llist_entry(pointer, type, member) container_of(pointer, type, member)

/* True if the list was empty. */
LS_ATOMIC static inline bool llist_add(struct llist_node *entry, struct llist_head *head)
{
	entry->next = head->first;
	head->first = entry;
	return entry->next == NULL;
}

LS_ATOMIC static inline struct llist_node *llist_del_all(struct llist_head *head)
{
	struct llist_node *first = head->first;

	head->first = NULL;
	return first;
}

#endif
