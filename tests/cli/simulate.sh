#!/usr/bin/env bash
# `lockstep simulate`: a walk by hand from a script of commands, written, replayed, loaded and gone again.
. "$(dirname "$0")/support.sh"
write_models

# walk FILE COMMANDS: one command a line.
walk() {
    command_line="lockstep simulate $1"
    status=0
    printf '%b' "$2" | "$lockstep" simulate $1 >out 2>err || status=$?
}

# lines FILE PATTERN COUNT
lines() {
    checks=$((checks + 1))
    [ "$(grep -cE -- "$2" "$1")" -eq "$3" ] || fail "$command_line: $3 lines with '$2' expected in $1"
}

# The lost update by hand: both read x before either writes it.
walk violated.c '1\n2\n1\nstate\n2\nrun 0\nrun 1\nwrite walk.json\nquit\n'
expect 0
expect_empty err
expect_no_text out '^>'
lines out 'x: 0 -> 1$' 1
expect_text out '^  1  CPU0 task/0  body\(\) violated\.c:6: x\+\+;$'
expect_text out '^1\. CPU0 task/0  body\(\)'
expect_text out '^\* x = 1$'
expect_text out '^  finished = 0$'
expect_text out 'CPU0 has nothing to do, or waits'
expect_text out '!! assertion failed: x == NR_CPUS'
expect_text out 'CPU1 has something to report'
expect_text out '^After 7 steps, 0 ticks of time: the end'
expect_text out '^written to walk\.json'

# A walk claims nothing, but can be replayed.
run replay walk.json
expect 3
expect_text out '^unknown: a walk, not a search; 2 CPUs'
expect_text out 'How it comes about \(7 steps\)'
expect_text out '7  violated\.c:8'
sed '/"path"/{n;n;n;n;s/0/1/}' walk.json >edited.json  # another transition first
run replay edited.json
expect 4
expect_text err 'not confirmed'

# ... and gone again: with Enter to its end, and to any place of it.
walk violated.c 'load walk.json\n\n\ngoto 6\nback\ngoto 99\ntrace\n\n\nlist'
expect 0
expect_text out '^After 0 steps of 7'
expect_text out 'After 6 steps of 7'
expect_text out 'goto N: the path has the places 0 to 7'
expect_text out '!! assertion failed'
expect_text out '^After 7 steps, 0 ticks of time: the end'
checks=$((checks + 1))
tail -1 out | grep -q 'the end' || fail 'the walk did not come to its end'

# What a search has found.
run check violated.c --json found.json
expect 1
walk violated.c 'load found.json\ngoto 7\nback\n\nquit\n'
expect 0
lines out '!! assertion failed: x == NR_CPUS' 2

# Another way drops the rest of the path.
walk violated.c 'load found.json\n1\n1\n1\n1\nrun 0\nrun 1\nwrite other.json\n'
expect_no_text out 'assertion'
expect_text out 'nobody can go on$'
expect_text out 'written to other.json'

# Choices are steps of their own, and a CPU does not choose for itself.
model choice.c <<'C'
static int x;
static void body(void *unused) { x = ls_choose(3, 5); }
C
walk "choice.c --cpus 1" '3\n\nback\nback\nrun 0\n1\n1\nstate x\n'
expect 0
expect_text out '^  1 .*\[choose 3\]$'
expect_text out '^  3 .*\[choose 5\]$'
expect_text out 'x: 0 -> 5$'
expect_text out 'CPU0 could do several things'
expect_text out '^\* x = 3$'

# Who waits for whom, where they stand.
model deadlock.c <<'C'
static int lock[2];
static LS_ATOMIC void take(int i)
{
	ls_await(!lock[i]);
	lock[i] = 1;
}
static LS_ATOMIC void give(int i) { lock[i] = 0; }
static void body(void *unused)
{
	take(ls_cpu());
	take(1 - ls_cpu());
	give(1 - ls_cpu());
	give(ls_cpu());
}
C
run check deadlock.c --json deadlock.json
expect 1
walk deadlock.c 'who\n1\n1\n2\n2\nrun 0\nrun 1\nwho\nsource\nstack\nlist\n'
expect 0
expect_text out '^nobody waits'
expect_text out 'task/0 waits for lock\[1\]'
expect_text out 'task/1 could change that'
expect_text out '^->     [0-9] '
expect_text out 'take\(\) <- body\(\):'
expect_text out 'nobody can go on'

# What is wrong is said, and the session goes on.
walk violated.c 'leap\n0\n9\nback\nrun\nrun 7\ngoto\nwrite\nload\nload nothing.json\nload found.json x\nload deadlock.json\nstate zz\nwrite no/such/place\n1\n'
expect 0
expect_text out "there is no command 'leap'; .help. lists"
expect_text out 'there is no step 0; the steps are 1 to 2'
expect_text out 'there is no step 9'
expect_text out 'this is the beginning'
lines out 'run CPU: the number of a CPU' 2
expect_text out 'goto N: the path has the places 0 to 0'
expect_text out 'write FILE: '
expect_text out 'load FILE: '
expect_text out 'no such record: nothing\.json'
expect_text out 'not the one this was recorded with'
expect_text out "no variable's name contains 'zz'"
expect_text out 'cannot write no/such/place'
expect_text out '^1\. CPU0 task/0'

refused 'missing\.c' simulate missing.c
refused 'FILE' simulate

finish
