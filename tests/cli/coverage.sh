#!/usr/bin/env bash
# `--coverage`, and the warning about functions that are never executed.
. "$(dirname "$0")/support.sh"
write_models

# Of each kind of dead code some: by a constant, by what data can be, by what interleavings there are.
cat >dead.c <<'C'
#include <lockstep.h>

static int x, y, never_true;

static int twice(int n)
{
	return 2 * n;
}

static void by_data(void)
{
	y = 7;
}

static void by_interleaving(void)
{
	y = 8;
}

static void unused_helper(void)
{
	y = 9;
}

static LS_ATOMIC void add(int by)
{
	if (by == 3)
		x += 100;
	else
		x += by;
}

static void body(void *unused)
{
	int before = x, i;

	add(twice(1));
	if (NR_CPUS > 8) {
		x = -1;
	}
	if (never_true)
		by_data();
	if (x < before)
		by_interleaving();
	for (i = 0; i < 2; i++) {
		if (i == 5)
			break;
	}
	switch (i) {
	case 1:
		y = 1;
		break;
	case 2:
		y = 2;
	}
}

void ls_boot(void)
{
	int cpu;

	for (cpu = 0; cpu < NR_CPUS; cpu++)
		ls_run(cpu, ls_task(body, 0, 1 + cpu, LS_TASK, "task/%d", cpu));
}
C
cat >dead.expected <<'I'
FN:5,twice
FN:10,by_data
FN:15,by_interleaving
FN:25,add
FN:33,body
FN:58,ls_boot
FNDA:1,twice
FNDA:0,by_data
FNDA:0,by_interleaving
FNDA:1,add
FNDA:1,body
FNDA:1,ls_boot
FNF:6
FNH:4
BRDA:27,0,0,0
BRDA:27,0,1,1
BRDA:41,0,0,0
BRDA:41,0,1,1
BRDA:43,0,0,0
BRDA:43,0,1,1
BRDA:45,0,0,1
BRDA:45,0,1,1
BRDA:46,0,0,0
BRDA:46,0,1,1
BRDA:49,0,0,0
BRDA:49,0,1,1
BRDA:49,0,2,0
BRDA:62,0,0,1
BRDA:62,0,1,1
BRF:15
BRH:9
DA:7,1
DA:12,0
DA:17,0
DA:27,1
DA:28,0
DA:30,1
DA:35,1
DA:37,1
DA:38,1
DA:39,0
DA:41,1
DA:42,0
DA:43,1
DA:44,0
DA:45,1
DA:46,1
DA:47,0
DA:49,1
DA:51,0
DA:52,0
DA:54,1
DA:62,1
DA:63,1
LF:23
LH:14
end_of_record
I

# same FILE FILE: they have the same text.
same() {
    checks=$((checks + 1))
    diff "$1" "$2" || fail "$command_line: $1 and $2 differ"
}

# record FILE: what is said of a file, without its name.
record() { sed -n "/^SF:.*$1\$/,/^end_of_record/p" info | tail -n +2; }

# accepted FILE: by those who made the format.
accepted() {
    checks=$((checks + 1))
    genhtml --quiet --branch-coverage --output-directory html "$1" >genhtml.log 2>&1 || {
        cat genhtml.log
        fail "genhtml does not accept $1"
    }
}

run check dead.c --coverage info
expect 0
record dead.c >found
same dead.expected found
expect_text info '^TN:lockstep$'
expect_text info "^SF:$PWD/dead.c\$"
accepted info
expect_text out '^Executed in some reachable state:$'
expect_text out '^  dead.c +functions 4/6, lines 14/23, branches 9/15$'
expect_text out '^Never executed in dead.c:$'
expect_text out '^  by_data\(\)$'
expect_text out '^  28 +x \+= 100;$'
expect_text out '^  51-52 +y = 1;$'
expect_text out '^  12 +y = 7;$'
expect_text out '^  49 +switch \(i\) \{   \[never another value\]$'
expect_text out '^  46 +if \(i == 5\)   \[never true\]$'
expect_no_text out 'unused_helper'

# It is the same whatever is searched in which way.
cp info first
for way in '--search dfs' '--threads 1' '--no-reduction all' '--native on' '--all' '--reduction cpu-symmetry' \
    '--no-reduction propagate-constants'; do
    run check dead.c --coverage info $way
    expect 0
    same first info
done

# The warning needs no option, and is only about what the scenario itself defines and names.
run check dead.c --json result.json
expect 0
expect_text out '^warning: no reachable state executes by_data\(\) \(dead.c:10\), by_interleaving\(\) \(dead.c:15\)$'
expect_text result.json '"function": "by_interleaving"'
run check holds.c
expect 0
expect_no_text out 'no reachable state executes'
run check "$LOCKSTEP_MODELS/scenarios/multi_cpu_stop.c" --coverage info
expect 0
expect_text out '^  .*multi_cpu_stop.c +functions ([0-9]+)/\1, lines'
expect_text out '^  [0-9]+ other files +functions [0-9]+/[0-9]+, lines [0-9]+/[0-9]+, branches [0-9]+/[0-9]+$'
expect_text info '^SF:/.*/models/kernel/stop_machine.c$'
accepted info
cat >nothing.c <<'C'
#include <lockstep.h>
static void nothing(void *unused) { }
void ls_boot(void) { ls_run(0, ls_task(nothing, 0, 1, LS_TASK, "task")); }
C
run check nothing.c
expect 0
expect_no_text out 'no reachable state executes'

cat >invariant.c <<'C'
#include <lockstep.h>
static int x;
static _Bool is_small(void) { return x < 2; }
LS_INVARIANT(small, is_small());
static void task(void *unused) { x = 1; }
void ls_boot(void) { ls_run(0, ls_task(task, 0, 1, LS_TASK, "task")); }
C
run check invariant.c --coverage info
expect 0
expect_no_text out 'Never executed|no reachable state executes'
expect_text out 'invariant.c +functions 4/4, lines 4/4'

# "Never" is only said where everything was explored.
run check violated.c --coverage info
expect 1
expect_text out '^Executed in what was explored \(the search ended at the first violation; --all goes on\):$'
expect_no_text out 'Never executed|no reachable state executes'
expect_text info '^TN:lockstep_incomplete$'
run check violated.c --coverage info --all
expect 1
expect_text out '^Executed in some reachable state:$'
run check large.c --coverage info --max-states 1000
expect 3
expect_text out '^Executed in what was explored \(the limit of 1000 states'
expect_no_text out 'Never executed|no reachable state executes'
run check large.c --coverage info --timeout 2
expect 3
expect_text out '^Executed in what was explored \(the time limit'
interrupted check large.c --coverage info
expect 3
expect_text out '^Executed in what was explored \(interrupted'
accepted info
run check dead.c --coverage info --approximate hash
expect 3
expect_text out '^Executed in what was explored \('
record dead.c >found
same dead.expected found
run check dead.c --reduction stubborn-sets
expect 0
expect_no_text out 'no reachable state executes'

# A search that goes on has executed what it had before.
run check dead.c --coverage info --max-states 40 --checkpoint state
expect 3
run check dead.c --coverage info --resume state
expect 0
same first info
refused 'another search.*points: ' check dead.c --resume state

# What cannot be answered is refused, and nothing is written.
rm -f info
refused 'stubborn sets leave out states' check dead.c --coverage info --reduction stubborn-sets
refused 'stubborn sets leave out states' check dead.c --coverage info --reduction auto
printf 'automaton A { location a finished }\nprocess p: A\n' >text.ls
refused 'textual Program has no source lines' check text.ls --coverage info
refused 'name of a file' check dead.c --coverage ''
refused 'missing/info' check dead.c --coverage missing/info
checks=$((checks + 1))
[ ! -e info ] || fail 'something was written'

run check dead.c --coverage - --quiet
expect 0
expect_text out '^end_of_record$'
expect_no_text out '^holds'

finish
