/* Mixed widths in compound assignments, atomics, memory functions, nested calls and blocks. */
#include "record.h"

void *memset(void *, int, unsigned long);
void *memcpy(void *, const void *, unsigned long);

static unsigned char u8;
static signed char s8;
static short s16;
static int s32;
static unsigned long u64;
static volatile int watched = 5;

struct pair { int a; short b; };
struct deep { struct pair pairs[2]; struct { int x; union { int y; long z; }; } in; struct pair *link; };
static struct deep deep, *deeps[2] = { &deep };
static int counter;

static void compound(void)
{
	u8 = 200; u8 *= 3; RECORD(u8);
	u8 <<= 3; RECORD(u8);
	u8 /= 7; RECORD(u8);
	u8 -= 100; RECORD(u8);
	s8 = -5; s8 >>= 1; RECORD(s8);
	s8 *= 60; RECORD(s8);
	s16 = -300; s16 /= -2; RECORD(s16);
	s16 %= 7; RECORD(s16);
	s32 = 1; s32 += 1L << 40; RECORD(s32);
	s32 = -7; s32 /= 2u; RECORD(s32);
	u64 = 1; u64 <<= 63; RECORD(u64 >> 62);
	u64 -= 1; RECORD(u64 > 0x7ffffffffffffffeul);
	s32 = (u8 = 300); RECORD(s32);
	s32 = (s8 = 200) + 1; RECORD(s32);
	RECORD((s16 = 70000, s16));
	RECORD(++u8 + u8++);
	RECORD(-(u8 > s8) * 3);
	RECORD(1 ? -1 : 1u);
	RECORD((s8 < 0 ? s8 : u64) > 5);
	RECORD(sizeof(s32++) + s32);
	RECORD((u8 & 0xf) == 0xf ^ 1);
	RECORD(watched * watched);
	RECORD(5 - -watched - ~watched);
	RECORD(-2147483647 - 1 == (int)0x80000000);
	RECORD(!u8 == 0 && ~0u > 0);
}

static int fibonacci(int n)
{
	int a = 0, b = 1;

	for (int i = 0, t; i < n; t = a + b, a = b, b = t, i++)
		;
	return a;
}

static int twice(int n) { return n + n; }
static int both(int a, int b) { int c = twice(a); return c * 10 + twice(b); }
static long widen(unsigned char c) { return c; }
static unsigned char narrow(int n) { return n; }
static _Bool truth(int n) { return n; }
static struct pair swapped(struct pair p) { struct pair q = { p.b, p.a }; p.a = 99; return q; }
static struct pair *first(struct deep *d) { return d->pairs; }
static struct pair pick(int which) { if (which) return deep.pairs[1]; return (struct pair){ -1, -2 }; }
static int (*choose(int which))(int) { return which ? twice : fibonacci; }
static void set(int *place, int value) { *place = value; counter++; }

static void calls(void)
{
	int local = 3;
	struct pair p = { 1, 2 };

	RECORD(fibonacci(20));
	RECORD(both(both(1, 2), twice(twice(3))));
	RECORD(widen(300) + narrow(511) + truth(512));
	RECORD(swapped(p).a * 10 + swapped(swapped(p)).a + p.a);
	deep.pairs[1] = p;
	RECORD(pick(1).b + pick(0).a);
	RECORD(choose(1)(7) + choose(0)(7));
	set(&local, 8);
	set(&deep.in.x, local + 1);
	set(&deep.pairs[0].a, twice(local));
	RECORD(local + deep.in.x + first(&deep)->a + counter);
	RECORD(twice(({ int t = local; t *= 2; t; })) + ({ twice(1); }));
	int sum = 0;
	for (int i = 0; i < 3; i++) {
		int squares[3];
		int *end = squares;
		while (end < squares + 3)
			*end++ = i * i;
		sum += squares[2] + squares[i];
	}
	RECORD(sum);
}

static void memory(void)
{
	struct deep copy;

	deep.in.z = 77;
	deep.link = &deep.pairs[1];
	memcpy(&copy, &deep, sizeof(copy));
	RECORD(copy.in.z + copy.pairs[1].b + copy.link->b);
	memset(&copy, 0, sizeof(copy));
	RECORD(copy.in.x + copy.pairs[0].a + (copy.link == 0));
	copy = *deeps[0];
	RECORD(deeps[1] == 0 && deeps[0]->link == copy.link);
	deeps[1] = &copy;
	(*deeps[1]).in.y = 4;
	RECORD(deeps[1]->in.y);
	struct deep **walk = deeps;
	RECORD((*++walk)->in.y + (walk - deeps));
	struct pair local[2] = { { 1, 2 }, { 3 } };
	memset(local, 0, sizeof(local));
	RECORD(local[0].a + local[1].b);
}

static void atomics(void)
{
	int n = 5, *p = &n;

	RECORD(__atomic_fetch_add(p, 3, __ATOMIC_SEQ_CST));
	RECORD(__atomic_add_fetch(&n, 3, __ATOMIC_RELAXED));
	RECORD(__atomic_load_n(p, __ATOMIC_ACQUIRE));
	__atomic_store_n(p, 40, __ATOMIC_RELEASE);
	RECORD(__atomic_exchange_n(p, 41, __ATOMIC_SEQ_CST) + n);
	RECORD(__sync_fetch_and_or(p, 6) + __sync_add_and_fetch(p, 1));
	RECORD(__sync_val_compare_and_swap(p, 48, 50) + n);
	RECORD(__sync_bool_compare_and_swap(p, 50, 51) + n);
	RECORD(__sync_bool_compare_and_swap(p, 50, 52) + n);
	RECORD(__sync_lock_test_and_set(p, 9) + n);
	__sync_lock_release(p);
	RECORD(n);
	__sync_synchronize();
	asm volatile("" ::: "memory");
}

static int search(int wanted)
{
	for (int i = 0; i < 4; i++) {
		int row[2] = { i, i * i };
		for (int j = 0; j < 2; j++) {
			if (row[j] == wanted)
				goto found;
			if (i + j == 5)
				return -5;
		}
		continue;
found:
		return i * 10 + row[0];
	}
	return -1;
}

static void blocks(void)
{
	for (int i = 0; i < 12; i += 3)
		RECORD(search(i));
	int x = 0;
	do {
		int y = x;
		if (y == 3)
			break;
		x = y + 1;
	} while (x < 10);
	RECORD(x);
	switch ((long)x << 32) {
	case 3L << 32: x = 1; break;
	case 0: x = 2;
	}
	RECORD(x);
	switch ((unsigned char)(x + 255)) { case 0: RECORD(5); break; case 256 - 1: RECORD(6); }
	{
		extern int counter_elsewhere;
		int counter = 12;
		RECORD(counter + sizeof(counter_elsewhere));
	}
	__typeof__(x + 1L) wide = 1L << 40;
	__auto_type same = wide;
	RECORD(same);
}

static void run(void)
{
	compound();
	calls();
	memory();
	atomics();
	blocks();
}
