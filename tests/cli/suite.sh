#!/usr/bin/env bash
# A run over many models by the expectations in their first comments.
. "$(dirname "$0")/support.sh"
write_models

# expecting FILE MODEL LINE...: the model, with these lines in its first comment.
expecting() {
    local file=$1 model=$2
    shift 2
    {
        echo '/*'
        printf ' * %s\n' "$@"
        echo ' */'
        cat "$model"
    } >"$file"
}

mkdir -p good/deeper good/.hidden long empty
expecting good/holds.c holds.c 'A comment.' 'expect --cpus 1: holds' 'expect --cpus 2: holds'
expecting good/deeper/violated.c violated.c 'expect --cpus 1: holds' 'expect --cpus 2: violated assertion' \
    'expect-long --cpus 3: violated assertion task=task/*'
expecting good/.hidden/wrong.c holds.c 'expect --cpus 1: violated deadlock'
cp holds.c good/none.c
cp holds.c empty/none.c
expecting long/long.c holds.c 'expect-long --cpus 2: holds'

# All as expected; a folder is searched, what is named twice is run once.
run suite good good/holds.c
expect 0
expect_empty err
expect_text out '^ok +good/holds\.c --cpus 1: holds  [0-9]+ states, [0-9.]+ s$'
expect_text out '^ok +good/deeper/violated\.c --cpus 2: violated assertion  [0-9]+ states, '
expect_text out '^4 lines in 2 files: 4 as expected; '
expect_text out '^Left out: 1 line that may take minutes \(--long runs them\), 1 file without expectations\.$'
expect_no_text out hidden
run suite good --long
expect 0
expect_text out '^ok +good/deeper/violated\.c --cpus 3: violated assertion task=task/\*  '
expect_text out '^1 line in 1 file: 1 as expected; '

# What is not as expected, and how to see for oneself.
expecting 'not so.c' violated.c 'expect --cpus 2: holds' 'expect --cpus 1: violated deadlock permanent' \
    'expect --cpus 2: violated deadlock' 'expect --cpus 2: violated assertion; deadlock' \
    'expect --cpus 2 --patch none.patch: holds' 'expect --cpus 2: violated assertion'
run suite 'not so.c' good/holds.c --junit result.xml
expect 1
expect_text out '^FAIL +not so\.c --cpus 2: holds  '
expect_text out '^ +expected: +holds  \(not so\.c:2\)$'
expect_text out '^ +got: +violated assertion( cpu=[01])? task=task/[01]$'
expect_text out "^ +by hand: +lockstep check --cpus 2 'not so\.c'\$"
expect_text out '^ +got: +holds$'
expect_text out '^ +because: +not expected: assertion'
expect_text out '^ +because: +not found: deadlock$'
expect_text out '^ERROR +not so\.c --cpus 2 --patch none\.patch: holds  '
expect_text out '^ +error: no such patch: none\.patch$'
expect_text out '^8 lines in 2 files: 3 as expected, 4 not, 1 with an error; '
expect_text result.xml '<testsuite name="not so\.c" tests="6" failures="4" errors="1" time="[0-9.]+" skipped="0">'
expect_text result.xml '<testcase classname="good/holds\.c" name="--cpus 1: holds" time="[0-9.]+">'
run suite 'not so.c' --verdict-only
expect 1
expect_text out '^6 lines in 1 file: 3 as expected, 2 not, 1 with an error; '

# By hand: the command that is shown does the same.
checks=$((checks + 1))
command=$(run suite 'not so.c'; sed -n 's/^ *by hand: *lockstep //p' out | head -1)
eval "\"$lockstep\" $command" >out 2>err
[ $? -eq 1 ] && grep -q '^violated: assertion' out || fail "by hand: $command"

# What cannot be decided is neither right nor wrong, but something that is wrong comes first.
expecting large_too.c large.c 'expect --cpus 3: holds' 'expect --cpus 2 --max-states 1000: violated deadlock'
run suite large_too.c good/holds.c --timeout 1 --junit result.xml
expect 3
expect_text out '^unknown +large_too\.c --cpus 3 --timeout 1: holds  [0-9,]+ states?, '
expect_text out '^ +because: +the time limit of 1 s is reached'
expect_text out '^ +because: +the limit of 1000 states'
expect_text out '^4 lines in 2 files: 2 as expected, 2 unknown; '
expect_text result.xml '<testsuite name="large_too\.c" tests="2" failures="0" errors="0" time="[0-9.]+" skipped="2">'
run suite large_too.c 'not so.c' --timeout 1
expect 1

# Options for all lines.
run suite good/holds.c --threads 1 --with '-D A=1  --search dfs' --with '-D B'
expect 0
expect_text out '^ok +good/holds\.c --cpus 1 -D A=1 --search dfs -D B --threads 1: holds  '
cat >with_lock.c <<'C'
#include <linux/kthread.h>
#include <linux/spinlock.h>
#include <linux/start_kernel.h>
static DEFINE_SPINLOCK(a);
static int take(void *data)
{
	spin_lock(&a);
	spin_unlock(&a);
	return 0;
}
void ls_boot(void)
{
	start_kernel();
	start_task(kthread_create_on_cpu(take, NULL, 0, "one"), 0);
	start_task(kthread_create_on_cpu(take, NULL, 1, "two"), 1);
}
C
expecting kernel.c with_lock.c 'expect --cpus 2: holds' 'expect --cpus 2 --before 0b26351b910f: violated deadlock' \
    'expect --cpus 2 --patch mine.patch: holds'
run suite kernel.c --with "--replace kernel/spinlock.c=$LOCKSTEP_MODELS/kernel/spinlock.c"
expect 0
expect_text out '^1 line in 1 file: 1 as expected; '
expect_text out '^Left out: 2 lines for other versions of what is replaced\.$'
run suite kernel.c --as-before 0b26351b910f
expect 1
expect_text out '^FAIL +kernel\.c --cpus 2: violated deadlock  '
expect_text out '^1 line in 1 file: 0 as expected, 1 not; '

# A Ctrl-C ends the line that runs with what it has; the others are not run.
expecting interrupted.c large.c 'expect --cpus 3: holds' 'expect --cpus 4: holds'
interrupted_after '^ok .*--cpus 2: ' suite good/holds.c interrupted.c --junit result.xml
expect 3
expect_text out '^unknown +interrupted\.c --cpus 3: holds  [0-9,]+ states?, '
expect_text out '^ +because: +interrupted$'
expect_no_text out '--cpus 4: holds'
expect_text out '^4 lines in 2 files: 2 as expected, 1 unknown, 1 not run; '
expect_text out '^Interrupted: '
expect_text result.xml 'skipped message="not run: interrupted"'

# Bad input: nothing is run, and nothing written.
rm -f result.xml
refused '^error: no such file: nowhere\.c$' suite nowhere.c --junit result.xml
refused '^holds\.c: error: no expectation in its first comment$' suite good holds.c --junit result.xml
refused '^empty: error: no C file in this folder has an expectation' suite good empty --junit result.xml
refused 'error: all lines begin with expect-long$' suite long --junit result.xml
refused 'error: no line begins with expect-long$' suite good/holds.c --long
expecting slip.c holds.c 'expect --cpus 2: hold'
refused '^slip\.c:2:21: error: the verdict is neither `holds` nor' suite good slip.c --junit result.xml
expecting slip.c holds.c 'expect --cpus 2: holds' 'expect --cpu 2: holds'
refused '^slip\.c:3: error: .*--cpu' suite good slip.c --junit result.xml
expect_text err 'hint: this line is run as: lockstep check --cpu 2 slip\.c$'
expecting slip.c holds.c 'expect --cpus 2 and: holds'
refused "^slip\.c:2: error: 'and' is no option$" suite slip.c
expecting slip.c holds.c 'expect --cpus 2 --json x.json: holds'
refused '^slip\.c:2: error: these options write something' suite slip.c
expecting slip.c holds.c 'expect --help: holds'
refused '^slip\.c:2: error: these options print something' suite slip.c
refused 'error: .*--timeout: a number of seconds above 0' suite good --timeout 0
refused 'error: ' suite
refused 'error: cannot write no/folder/x\.xml' suite good --junit no/folder/x.xml
checks=$((checks + 1))
[ ! -e result.xml ] && [ -z "$(find . -maxdepth 1 -name '.result.xml.*')" ] || fail 'something was written in spite of bad input'
finish
