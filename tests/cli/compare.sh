#!/usr/bin/env bash
# `lockstep compare`: what a change fixes, leaves, introduces or hides, and what a run cut short leaves open.
. "$(dirname "$0")/support.sh"
write_models

# Fixed: the patch makes the addition one step.
cat >fix.patch <<'P'
--- a/violated.c
+++ b/violated.c
@@ -4,5 +4,5 @@
 static void body(void *unused)
 {
-	x++;
+	__atomic_fetch_add(&x, 1, __ATOMIC_SEQ_CST);
 	if (finish() == NR_CPUS)
 		ls_assert(x == NR_CPUS);
P
run compare violated.c --patch fix.patch
expect 0
expect_text out '^2 CPUs +\| before +\| after$'
expect_text out '^assertion +CPU[01] +task/[01] +\| yes +\| -$'
expect_text out '^states +\| [0-9,]+ +\| [0-9,]+$'
expect_text out '^fixes it: removes (the only violation|all 2 violations), none is left or new$'
expect_empty err
run compare violated.c --patch fix.patch --cpus 1,2 --cpus 3 --quiet
expect 0
expect_text out '^fixes it'
checks=$((checks + 1))
[ "$(wc -l <out)" -eq 1 ] || fail "$command_line: one line expected"
run compare violated.c --patch fix.patch --cpus 1
expect 1
expect_text out '^changes nothing: no violation before and none after$'

# Nothing changes.
cat >useless.patch <<'P'
--- a/violated.c
+++ b/violated.c
@@ -6,3 +6,3 @@
 {
-	x++;
+	x += 1;
 	if (finish() == NR_CPUS)
P
run compare violated.c --patch useless.patch
expect 1
expect_text out '^changes nothing: leaves assertion of task/[01]'

# Something is new.
cat >break.patch <<'P'
--- a/holds.c
+++ b/holds.c
@@ -2,3 +2,3 @@
 static int x;
-static LS_ATOMIC void add(void) { x++; }
+static LS_ATOMIC void add(void) { x += 2; }
 static void body(void *unused) { add(); ls_assert(x <= NR_CPUS); }
P
run compare holds.c --patch break.patch
expect 1
expect_text out '^assertion +CPU[01] +task/[01] +\| - +\| yes$'
expect_text out '^introduces assertion of task/[01]'

# A detector, its threshold, and a stall that lasts 20 ticks, or for ever.
cat >stall.c <<'C'
#include <lockstep.h>
#define THRESHOLD 5
static int finished, worker_task;
static void worker(void *unused)
{
#ifdef FOR_EVER
	ls_await(0);
#endif
	ls_delay(20);
	finished = 1;
}
static void detector(void *unused)
{
	int tick, reported = 0;

	for (tick = 1; tick < 30; tick++) {
		ls_delay(1);
		if (finished)
			return;
		if (tick == THRESHOLD) {
			ls_report("soft_lockup", 0, worker_task, "stuck for %d ticks", tick);
			reported = 1;
		}
#ifdef LS_HANG_TICKS
		if (tick == LS_HANG_TICKS && !reported)
			ls_report("silent_hang", 0, worker_task, "no progress for %d ticks", tick);
#endif
	}
}
void ls_boot(void)
{
	worker_task = ls_task(worker, 0, 1, LS_TASK, "worker");
	ls_run(0, worker_task);
	ls_run(1, ls_task(detector, 0, 2, LS_TASK, "detector"));
}
C
cat >later.patch <<'P'
--- a/stall.c
+++ b/stall.c
@@ -1,3 +1,3 @@
 #include <lockstep.h>
-#define THRESHOLD 5
+#define THRESHOLD 25
 static int finished, worker_task;
P
run compare stall.c --patch later.patch
expect 1
expect_text out '^soft_lockup +CPU0 +worker +\| transient +\| -$'
expect_text out '^silent_hang +CPU0 +worker +\| - +\| transient$'
expect_text out '^hides a report while the stall stays: removes soft_lockup of worker on CPU0, but introduces silent_hang'
run compare stall.c --patch later.patch --hang-ticks 0
expect 0
expect_text out '^fixes it'
run compare stall.c --patch later.patch --hang-ticks 25
expect 0
run compare stall.c --patch later.patch -D LS_HANG_TICKS=25
expect 0
sed 's/THRESHOLD 25/THRESHOLD 35/' later.patch >never.patch
run compare stall.c --patch never.patch -D FOR_EVER --hang-ticks 0
expect 1
expect_text out '^deadlock +CPU0 +worker +\| permanent +\| permanent$'
expect_text out '^hides a report while the stall stays: removes soft_lockup of worker on CPU0, but leaves deadlock of worker'

# A stall that lasts longer is worse, a shorter one milder.
cat >for_ever.patch <<'P'
--- a/stall.c
+++ b/stall.c
@@ -1,3 +1,4 @@
 #include <lockstep.h>
+#define FOR_EVER
 #define THRESHOLD 5
 static int finished, worker_task;
P
run compare stall.c --patch for_ever.patch
expect 1
expect_text out '^soft_lockup +CPU0 +worker +\| transient +\| permanent$'
expect_text out '^introduces deadlock of worker on CPU0; makes soft_lockup of worker on CPU0 permanent instead of transient$'

# A run that was cut short shows what it found, and no more.
cat >large.patch <<'P'
--- a/large.c
+++ b/large.c
@@ -3,4 +3,5 @@
 static void body(void *unused)
 {
+	ls_assert(ls_cpu() == 0);
 	for (;;) {
 		x[ls_cpu()] = ls_choose(0, 1000);
P
run compare large.c --patch large.patch --max-states 1000
expect 3
expect_text out '^assertion .*\| not found +\| yes$'
expect_text out '^states +\| [0-9,]+, cut short'
expect_text out '^unknown: the run before the change on 2 CPUs was cut short.*; found after it: assertion of task/'
run compare large.c --patch large.patch --timeout 0.3 --quiet
expect 3
expect_text out '^unknown: .*time limit'

# A commit of the history, and a patch on the kernel before it.
scenario=$LOCKSTEP_MODELS/scenarios/migrate_swap.c
run compare "$scenario" --commit 0b26351b910f --json result.json
expect 0
expect_text out '^deadlock +CPU[01] .*\| permanent +\| -$'
expect_text out '^fixes it'
for pattern in '"commit": "0b26351b910f"' '"conclusion": "fixes"' '"difference": "removed"' '"text": "fixes it' \
    '"verdict": "violated"' '"verdict": "holds"' '"trace": \[\]'; do
    expect_text result.json "$pattern"
done
run compare "$scenario" --before 0b26351b910f --patch "$LOCKSTEP_MODELS"/patches/0b26351b910f-*.patch --json -
expect 0
expect_text out '^\{$'
expect_no_text out '^fixes'
expect_text err '^fixes it'

# Bad usage
refused 'no change to compare' compare violated.c
expect_text err '--patch FILE or --commit COMMIT'
refused 'FILE is required' compare --patch fix.patch
refused 'excludes' compare violated.c --patch fix.patch --commit 0b26351b910f
refused 'excludes' compare violated.c --commit 0b26351b910f --before 0b26351b910f
refused 'unknown commit' compare violated.c --commit deadbeef
refused 'no such patch' compare violated.c --patch missing.patch
refused 'does not apply' compare violated.c --patch useless.patch --patch fix.patch
refused '1 and 128 CPUs' compare violated.c --patch fix.patch --cpus 2,129
refused 'hang-ticks' compare violated.c --patch fix.patch --hang-ticks -1
refused 'max-states' compare violated.c --patch fix.patch --max-states 0
refused 'cannot write' compare violated.c --patch fix.patch --json missing/result.json
printf 'var x: u1\nautomaton A { location a }\nprocess p: A\n' >tiny.ls
refused 'for C files' compare tiny.ls --patch fix.patch
run compare --help
expect 0
expect_text out 'Exit status: 0 the change removes violations'

finish
