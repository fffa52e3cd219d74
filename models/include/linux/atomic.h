/* Each operation is one step, as on the hardware. */
#ifndef _LINUX_ATOMIC_H
#define _LINUX_ATOMIC_H

#include <linux/types.h>

#define ATOMIC_INIT(value) { (value) }

static inline int atomic_read(const atomic_t *v)
{
	return v->counter;
}

static inline void atomic_set(atomic_t *v, int value)
{
	v->counter = value;
}

LS_ATOMIC static inline int atomic_add_return(int value, atomic_t *v)
{
	int sum = v->counter + value;

	v->counter = sum;
	return sum;
}

LS_ATOMIC static inline int atomic_xchg(atomic_t *v, int value)
{
	int old = v->counter;

	v->counter = value;
	return old;
}

LS_ATOMIC static inline int atomic_cmpxchg(atomic_t *v, int old, int value)
{
	int found = v->counter;

	if (found == old)
		v->counter = value;
	return found;
}

#define atomic_add(value, v) ((void)atomic_add_return(value, v))
#define atomic_inc(v) ((void)atomic_add_return(1, v))
#define atomic_dec(v) ((void)atomic_add_return(-1, v))
#define atomic_inc_return(v) atomic_add_return(1, v)
#define atomic_dec_return(v) atomic_add_return(-1, v)
#define atomic_dec_and_test(v) (atomic_add_return(-1, v) == 0)

#endif
