/* Pointers, arrays, lists, container_of, functions through pointers, static locals. */
#include "record.h"

#define offset_of(type, member) __builtin_offsetof(type, member)
#define container_of(ptr, type, member) ((type *)((char *)(ptr) - offset_of(type, member)))
#define old_container_of(ptr, type, member) ({ \
	const __typeof__(((type *)0)->member) *__mptr = (ptr); \
	(type *)((char *)__mptr - (unsigned long)&((type *)0)->member); })
#define new_container_of(ptr, type, member) ({ \
	void *__mptr = (void *)(ptr); \
	_Static_assert(__builtin_types_compatible_p(__typeof__(*(ptr)), __typeof__(((type *)0)->member)), ""); \
	((type *)(__mptr - offset_of(type, member))); })

struct list { struct list *next, *prev; };
struct work { int id; struct list entry; int (*function)(struct work *, int); int weight[2]; };

static struct list head = { &head, &head };
static struct work works[4];
static int matrix[3][4];
static int *cursor = matrix[1];

static void list_add_tail(struct list *entry, struct list *list)
{
	entry->prev = list->prev;
	entry->next = list;
	list->prev->next = entry;
	list->prev = entry;
}
static void list_del(struct list *entry)
{
	entry->next->prev = entry->prev;
	entry->prev->next = entry->next;
}

static int plus(struct work *work, int n) { return work->id + n; }
static int times(struct work *work, int n) { return work->id * n; }
static int weigh(struct work *work, int n) { return work->weight[n & 1]; }
static int (*const table[])(struct work *, int) = { plus, times, weigh };
typedef int operation(int, int);
static int minus(int a, int b) { return a - b; }
static int apply(operation *f, int a, int b) { return f(a, b) + (*f)(b, a) * 100; }

static int count(void)
{
	static int calls = 10;
	static struct { int a, b; } kept = { .b = 2 };

	kept.a += kept.b;
	return calls++ + kept.a * 100;
}

static void swap(int *a, int *b)
{
	int t = *a;
	*a = *b;
	*b = t;
}

static void lists(void)
{
	int total = 0;

	for (int i = 0; i < 4; i++) {
		works[i].id = i + 1;
		works[i].function = table[i % 3];
		works[i].weight[1] = 1000 * i;
		list_add_tail(&works[i].entry, &head);
	}
	list_del(&works[1].entry);
	for (struct list *p = head.next; p != &head; p = p->next) {
		struct work *work = container_of(p, struct work, entry);
		total = total * 10 + work->id;
		RECORD(work->function(work, 3));
	}
	RECORD(total);
	RECORD(old_container_of(&works[2].entry, struct work, entry)->id);
	RECORD(new_container_of(&works[3].entry, struct work, entry)->id);
	RECORD(container_of(&works[2].weight[1], struct work, weight[1])->id);
	RECORD(container_of(head.prev, struct work, entry) == &works[3]);
	RECORD(container_of(head.prev, struct work, entry) - works);
}

static void arrays(void)
{
	int a[5] = { 5, 4, 3, 2, 1 }, *p = a, *end = a + 5;
	int (*row)[4] = &matrix[2];
	void *untyped = &a[3];
	int sum = 0;

	while (p < end)
		sum = sum * 10 + *p++;
	RECORD(sum);
	RECORD(end - a);
	RECORD(*--p + p[-1] + *(p - 2));
	p = a;
	p += 2;
	*p -= 10;
	(*p)++;
	RECORD(a[2]);
	RECORD(*(int *)untyped);
	swap(&a[0], &a[4]);
	RECORD(a[0] * 10 + a[4]);
	for (int i = 0; i < 3; i++)
		for (int j = 0; j < 4; j++)
			matrix[i][j] = i * 10 + j;
	RECORD(cursor[2] + *cursor);
	RECORD((*row)[1] + row[-1][3] + *(*(matrix + 1) + 1));
	RECORD(2[a]);
	RECORD(&matrix[2][3] - &matrix[2][0]);
	RECORD(p == &a[2] && p != a && p > a && !!p);
	int i = 1;
	a[i++] = 17;
	RECORD(i + a[1]);
	a[3] += a[1] = 6;
	RECORD(a[3]);
	const char *name = 0;
	RECORD(name ? 1 : 2);
}

static void calls(void)
{
	int (*f)(struct work *, int) = times;

	RECORD(apply(minus, 9, 4));
	RECORD(f(&works[2], 5));
	f = works[0].id > 100 ? weigh : plus;
	RECORD(f(&works[2], 5));
	RECORD(table[2](&works[3], 1));
	RECORD(f == plus && f != times && f);
	for (int i = 0; i < 3; i++)
		RECORD(count());
	for (int i = 0; i < 3; i++)
		RECORD((i == 1 ? table[0] : table[1])(works + i, 7));
	RECORD(_Generic(works[0].id, int: 1, long: 2, default: 3));
	RECORD(__builtin_choose_expr(sizeof(long) == 8, 4, 5));
}

static void run(void)
{
	lists();
	arrays();
	calls();
}
