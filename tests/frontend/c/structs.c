/* Structs, unions, bit-fields, copies, initialisers. */
#include "record.h"

struct point { int x, y; };
struct box { struct point low, high; const char *name; int tags[3]; };
struct flags { unsigned int ready : 1, level : 3; signed int delta : 4; _Bool on : 1; unsigned int : 0; unsigned short rest; };
union number { int i; struct point p; };
struct tagged { int tag; union { int small; struct { long a, b; }; }; };

static struct box box = { .high = { 7, 8 }, .low.y = 2, .tags = { [1] = 5 } };
static struct point grid[2][3] = { { { 1, 2 }, { 3, 4 } }, { [2] = { .y = 9 } } };
static struct flags flags = { .level = 6, .delta = -2 };
static struct point *chosen = &grid[1][2];
static int *into = &box.tags[2];
static struct point pair[] = { { 1 }, { 2, 3 } };
static struct tagged tagged = { .tag = 1, .a = 11 };
static char text[] = "hey";

static struct point make(int x, int y) { return (struct point){ .x = x, .y = y }; }
static struct point add(struct point a, struct point b)
{
	a.x += b.x;
	a.y += b.y;
	return a;
}
static int sum(const struct point *p) { return p->x * 10 + p->y; }

static void copies(void)
{
	struct point p = { 1, 2 }, q = p, r;
	struct box b = box;

	RECORD(sum(&p));
	q.x = 5;
	RECORD(q.x + p.x);
	r = q;
	RECORD(r.x * 10 + r.y);
	b.low = r;
	b.tags[0] = 42;
	RECORD(b.low.x + b.tags[0] + b.tags[1] + b.high.y);
	RECORD(box.tags[0]);
	box = b;
	RECORD(box.tags[0] + box.low.y);
	r = make(3, 4);
	RECORD(sum(&r));
	RECORD(add(make(1, 2), r).y);
	r = add(r, add(r, r));
	RECORD(r.x * 100 + r.y);
	grid[0][2] = r;
	RECORD(grid[0][2].x);
	grid[1][0] = (struct point){ .y = 6 };
	RECORD(sum(&grid[1][0]));
	RECORD(sum(&(struct point){ 8, 1 }));
	p = (q = r);
	RECORD(p.x == r.x && q.y == r.y);
	p = r.x > 3 ? q : make(0, 0);
	RECORD(p.y);
	p = ({ struct point t = { 5, 5 }; t.x++; t; });
	RECORD(sum(&p));
}

static void initial(void)
{
	int zeros[4] = { 0 }, some[] = { 1, 2, [5] = 3 };
	struct { int a; struct point p[2]; } local = { 1, { { 2 }, { .y = 3 } } };

	RECORD(box.high.x + box.low.y + box.low.x + (box.name == 0));
	RECORD(grid[0][1].y + grid[1][2].y + grid[1][1].x);
	RECORD(chosen->y);
	*into = 4;
	RECORD(box.tags[2]);
	RECORD(sizeof(pair) / sizeof(pair[0]) + pair[0].y + pair[1].y);
	RECORD(zeros[3] + some[5] + some[4] + some[1] + sizeof(some) / sizeof(int));
	RECORD(local.a + local.p[0].x + local.p[0].y + local.p[1].y);
	RECORD(text[1] + text[3] + sizeof(text));
	for (int i = 0; i < 3; i++) {
		int fresh[2] = { i };
		fresh[1] += i;
		RECORD(fresh[0] + fresh[1]);
	}
}

static void bitfields(void)
{
	struct flags local = { 1, 2, 3, 1, 4 };

	RECORD(flags.level);
	RECORD(flags.delta);
	flags.level += 3;
	RECORD(flags.level);
	flags.delta = 7;
	flags.delta++;
	RECORD(flags.delta);
	flags.ready = 2;
	RECORD(flags.ready);
	flags.ready = 3;
	RECORD(flags.ready);
	flags.on = 2;
	RECORD(flags.on);
	RECORD(flags.level = 9);
	RECORD(flags.level++);
	RECORD(flags.level);
	RECORD(local.ready + local.level + local.delta + local.on + local.rest);
	local.delta = -8;
	local.delta--;
	RECORD(local.delta);
	RECORD(flags.ready - 2 < 0);
}

static void unions(void)
{
	union number n;
	struct tagged copy;

	n.i = 5;
	RECORD(n.i);
	n.p = make(1, 2);
	RECORD(n.p.y);
	n.p.x = 3;
	RECORD(n.p.x + n.p.y);
	RECORD(tagged.a + tagged.b);
	tagged.small = 12;
	RECORD(tagged.small + tagged.tag);
	copy = tagged;
	RECORD(copy.small);
}

static void run(void)
{
	initial();
	copies();
	bitfields();
	unions();
}
