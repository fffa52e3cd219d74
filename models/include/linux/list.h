/*
 * Doubly linked lists. Each operation is one step: every list of the miniature kernel is guarded by
 * one lock, and all who touch the list hold it (or it is still private), so that nobody can see an
 * operation half done. What a second addition of a queued node does to a list is kept; with
 * CONFIG_DEBUG_LIST it is reported, if the node is the neighbour of where it is added.
 */
#ifndef _LINUX_LIST_H
#define _LINUX_LIST_H

#include <linux/bug.h>
#include <linux/container_of.h>
#include <linux/types.h>

#define LIST_HEAD_INIT(name) { &(name), &(name) }
#define LIST_HEAD(name) struct list_head name = LIST_HEAD_INIT(name)

LS_ATOMIC static inline void INIT_LIST_HEAD(struct list_head *list)
{
	list->next = list;
	list->prev = list;
}

#if CONFIG_DEBUG_LIST
#define list_add_valid(entry, before, after)                                                   \
	WARN((entry) == (before) || (entry) == (after), "list_add double add")
#else
#define list_add_valid(entry, before, after) do { } while (0)
#endif

LS_ATOMIC static inline void list_add(struct list_head *entry, struct list_head *head)
{
	struct list_head *first = head->next;

	list_add_valid(entry, head, first);
	entry->prev = head;
	entry->next = first;
	first->prev = entry;
	head->next = entry;
}

LS_ATOMIC static inline void list_add_tail(struct list_head *entry, struct list_head *head)
{
	struct list_head *last = head->prev;

	list_add_valid(entry, last, head);
	entry->next = head;
	entry->prev = last;
	last->next = entry;
	head->prev = entry;
}

LS_ATOMIC static inline void list_del_init(struct list_head *entry)
{
	struct list_head *before = entry->prev, *after = entry->next;

	before->next = after;
	after->prev = before;
	entry->next = entry;
	entry->prev = entry;
}

static inline bool list_empty(const struct list_head *head)
{
	return head->next == head;
}

#define list_entry(pointer, type, member) container_of(pointer, type, member)
#define list_first_entry(head, type, member) list_entry((head)->next, type, member)
#define list_next_entry(position, member)                                                      \
	list_entry((position)->member.next, __typeof__(*(position)), member)
#define list_for_each_entry(position, head, member)                                            \
	for (position = list_first_entry(head, __typeof__(*position), member);                 \
	     &position->member != (head);                                                      \
	     position = list_next_entry(position, member))

#endif
