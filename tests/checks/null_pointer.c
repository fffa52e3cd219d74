/*
 * A pointer that has not been set yet is followed.
 *
 * expect --cpus 1: violated memory task=body message=null*pointer*
 * expect --cpus 1 -D FIXED: holds
 */
#include <lockstep.h>

struct node {
	struct node *next;
	int value;
};
static struct node first, second = { .value = 3 };

static void body(void *unused)
{
#ifdef FIXED
	first.next = &second;
#endif
	ls_assert(first.next->value == 3);
}

void ls_boot(void)
{
	ls_run(0, ls_task(body, (void *)0, 1, LS_TASK, "body"));
}
