#!/usr/bin/env bash
# --patch, --replace, --before and --after change what is read, and nothing on disk.
. "$(dirname "$0")/support.sh"

# A miniature kernel of one function, whose fix is its last change.
mkdir -p models/kernel models/include/linux models/patches
cp "$LOCKSTEP_MODELS/include/lockstep.h" models/include/
export LOCKSTEP_MODELS=$directory/models
cat >models/include/linux/counter.h <<'C'
#ifndef COUNTER_H
#define COUNTER_H
#include <lockstep.h>
#pragma lockstep source "kernel/counter.c"
extern int counter;
void count(void);
#endif
C
cat >models/kernel/counter.c <<'C'
#include <linux/counter.h>

int counter;

LS_ATOMIC void count(void)
{
	counter++;
}
C
cat >models/patches/1111111aaaa-count-atomically.patch <<'P'
Count atomically

--- a/kernel/counter.c
+++ b/kernel/counter.c
@@ -2,7 +2,7 @@

 int counter;

-void count(void)
+LS_ATOMIC void count(void)
 {
 	counter++;
 }
P
echo 1111111aaaa-count-atomically.patch >models/patches/series
sed 's/^static int x, finished/static int finished/; s/x++/count()/; s/x == /counter == /; s/<lockstep.h>/<linux\/counter.h>/' >count.c <<'C'
#include <lockstep.h>
static int x, finished;
static LS_ATOMIC int finish(void) { return ++finished; }
static void body(void *unused)
{
	x++;
	if (finish() == NR_CPUS)
		ls_assert(x == NR_CPUS);
}
void ls_boot(void)
{
	int cpu;

	for (cpu = 0; cpu < NR_CPUS; cpu++)
		ls_run(cpu, ls_task(body, 0, 1 + cpu, LS_TASK, "task/%d", cpu));
}
C
before=$(find . -type f -name '*.[ch]' -exec cksum {} +)

run check count.c
expect 0
run check count.c --after 1111111
expect 0
run check count.c --before 1111111aaaa
expect 1
expect_text out 'counter: 0 -> 1'
expect_text out 'kernel/counter\.c:7'
refused '1111111aaaa +count-atomically' check count.c --before 2222222

# A user's change comes on top of the chosen point.
cat >break.patch <<'P'
--- a/tree/kernel/counter.c
+++ b/tree/kernel/counter.c
@@ -6,3 +6,3 @@
 {
-	counter++;
+	counter += 2;
 }
P
run check count.c --patch break.patch
expect 1
run check count.c --before 1111111 --patch break.patch
expect 1
run check count.c --patch break.patch --patch break.patch
expect 2
expect_text err 'made already'

# The scenario itself can be patched.
cat >scenario.patch <<'P'
--- count.c
+++ count.c
@@ -6,4 +6,4 @@
 	count();
 	if (finish() == NR_CPUS)
-		ls_assert(counter == NR_CPUS);
+		ls_assert(counter != NR_CPUS);
 }
P
run check count.c --patch scenario.patch
expect 1
expect_text out 'counter != NR_CPUS'

# Another version of a file, itself patched or not.
sed 's/LS_ATOMIC //' models/kernel/counter.c >mine.c
run check count.c --replace kernel/counter.c=mine.c
expect 1
expect_text out 'mine\.c:7'
cat >fix.patch <<'P'
--- a/kernel/counter.c
+++ b/kernel/counter.c
@@ -4,3 +4,3 @@
 
-void count(void)
+LS_ATOMIC void count(void)
 {
P
run check count.c --replace kernel/counter.c=mine.c --patch fix.patch
expect 0

# Fuzz is said.
sed 's/^int counter;$/int counter = 0;/' models/kernel/counter.c >fuzzy.c
run check count.c --replace kernel/counter.c=fuzzy.c --before 1111111
expect_text out 'warning: .*replaced'

# A kernel's file that uses more than the headers have: all of it is said at once, with the header of each name.
mkdir -p tree/kernel tree/include/linux
printf '#include <linux/inner.h>\nvoid outer_call(int n);\n' >tree/include/linux/outer.h
printf '#define INNER_FLAG 1\nstruct inner {\n\tint a;\n};\n' >tree/include/linux/inner.h
{
    printf '#include <linux/outer.h>\n#include <trace/none.h>\n'
    cat models/kernel/counter.c
    printf 'void more(struct inner *i) { outer_call(INNER_FLAG); outer_call(i->a); nowhere(); }\n'
} >tree/kernel/counter.c
run check count.c --replace kernel/counter.c=tree/kernel/counter.c
expect 2
expect_text err "lack 4 of the names and 2 of the headers"
expect_text err '^ *linux/inner\.h: INNER_FLAG, inner$'
expect_text err '^ *linux/outer\.h, which is not there: outer_call$'
expect_text err '^ *trace/none\.h, which is not there: nothing else is missed$'
expect_text err '^ *\(header not known\): nowhere$'
mkdir -p own/linux own/trace
cp tree/include/linux/*.h own/linux/
printf 'void nowhere(void) {}\n' >own/trace/none.h
sed -i 's/^void outer_call.*/static inline void outer_call(int n) {}/' own/linux/outer.h
run check count.c --replace kernel/counter.c=tree/kernel/counter.c -I own
expect 0
rm -r tree own

checks=$((checks + 1))
[ "$before" = "$(find . -type f -name '*.[ch]' ! -name mine.c ! -name fuzzy.c -exec cksum {} +)" ] || fail 'a file on disk was changed'

finish
