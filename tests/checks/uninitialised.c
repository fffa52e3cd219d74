/*
 * A local is read that one way leaves unset; of a struct, a member. Copying a struct with such a member is fine, also
 * into a global, at run time or at boot; reading the member of the copy is not.
 *
 * expect --cpus 1: violated memory task=body message=*never*written
 * expect --cpus 1 -D MEMBER: violated memory task=body message=*never*written
 * expect --cpus 1 -D FIXED: holds
 * expect --cpus 1 -D COPIED: violated memory task=body message=*never*written
 * expect --cpus 1 -D COPIED -D FIXED: holds
 * expect --cpus 1 -D BOOT: violated memory task=body message=*never*written
 * expect --cpus 1 -D BOOT -D FIXED: holds
 * expect --cpus 1 -D MEMBER -D FIXED: holds
 */
#include <lockstep.h>

static int x;
struct pair {
	int a, b;
};

static struct pair first, second;

static void publish(void)
{
	struct pair pair;

	pair.a = 1;
	first = pair;
	second = first;
}

static void use(struct pair *pair)
{
	x = pair->a + pair->b;
}

static void body(void *unused)
{
#if defined(COPIED) || defined(BOOT)
#ifdef COPIED
	publish();
#endif
#ifdef FIXED
	second.b = 2;
#endif
	use(&second);
#elif defined(MEMBER)
	struct pair pair;

	pair.a = 1;
#ifdef FIXED
	pair.b = 2;
#endif
	use(&pair);
#else
	int value;

	if (ls_choose(0, 1))
		value = 1;
#ifdef FIXED
	else
		value = 0;
#endif
	x = value;
#endif
}

void ls_boot(void)
{
#ifdef BOOT
	publish();
#endif
	ls_run(0, ls_task(body, (void *)0, 1, LS_TASK, "body"));
}
