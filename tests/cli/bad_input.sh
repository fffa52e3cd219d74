#!/usr/bin/env bash
# Bad input: each ends with status 2 (3 where it is a limit), with one clear message, and never with a crash.
. "$(dirname "$0")/support.sh"
write_models

# Files
: >empty.c
refused 'no ls_boot\(\) in empty\.c' check empty.c
printf '#include <lockstep.h>\nint f( { }\n' >syntax.c
run check syntax.c  # Clang's own errors, as many as it has
expect 2
expect_empty out
expect_text err '^error: syntax\.c:2:[0-9]+: error: |^syntax\.c:2:[0-9]+: error: '
expect_text err '\^'
refused 'missing\.c: error: ' check missing.c
mkdir directory.c
refused 'directory\.c.*directory' check directory.c
cp "$lockstep" binary.c
refused 'binary\.c' check binary.c
{ cat holds.c; for i in $(seq 170000); do echo "/* the quick brown fox jumps over the lazy dog, again: $i */"; done; } >comments.c
[ "$(stat -c %s comments.c)" -gt 10000000 ] || fail 'comments.c has less than 10 MB'
refused 'comments\.c' check comments.c
head -c 10000000 /dev/zero | tr '\0' '(' >parentheses.c
refused 'parentheses\.c' check parentheses.c
{ printf 'int x = 0'; head -c 500000 /dev/zero | sed 's/\x0/+1/g'; echo ';'; } >deep.c
run check deep.c
expect 2
head -c 100000 /dev/urandom >random.c
refused 'random\.c' check random.c
mkfifo pipe.c
refused 'pipe\.c' check pipe.c
printf 'int x;\0int y;\n' >nul.c
refused 'nul\.c' check nul.c
refused 'two\.patch is a patch' check holds.c --patch one.patch two.patch

# Textual Programs
: >empty.ls
run check empty.ls
expect 2
refused 'missing\.ls' check missing.ls
cp "$lockstep" binary.ls
refused 'binary\.ls' check binary.ls
head -c 10000000 /dev/zero | tr '\0' '(' >large.ls
refused 'large\.ls' check large.ls
printf 'var x: u9999\n' >syntax.ls
refused 'syntax\.ls:1' check syntax.ls
printf 'var x: u1\nautomaton A { location a }\nprocess p: A\n' >tiny.ls
refused 'stands alone' check tiny.ls holds.c
refused 'for C files' check tiny.ls -D X
refused 'does not fit' check tiny.ls --cpus 3

# Options
refused '1 and 128 CPUs' check holds.c --cpus 0
run check --help
expect_text out 'CPUs, 1 to 128 '
refused '1 and 128 CPUs' check holds.c --cpus 1000000
refused '1 and 128 CPUs' check holds.c --cpus -1
refused 'cpus' check holds.c --cpus two
refused 'not expected: --nonsense' check holds.c --nonsense
refused 'no command' --nonsense
refused 'no command' 
refused "no command 'chekc'" chekc holds.c
refused 'FILE is required' check
refused 'excludes' check holds.c --before 0b26351b910f --after 0b26351b910f
refused 'unknown commit' check holds.c --before deadbeef
refused 'is no commit' check holds.c --after HEAD
refused 'NAME=VALUE' check holds.c -D 1x
refused 'NAME=FILE' check holds.c --replace kernel/stop_machine.c
refused 'no such file' check holds.c --replace kernel/nothing.c=holds.c
refused 'no such replacement' check holds.c --replace kernel/stop_machine.c=missing.c
refused 'no such patch' check holds.c --patch missing.patch
refused 'search' check holds.c --search random
refused 'native' check holds.c --native sometimes
refused 'amount of memory' check holds.c --max-memory lots
refused 'nothing in this model looks' check holds.c --no-silent-hang 7
refused 'between 1 and' check holds.c --no-silent-hang 0
refused 'too little' check holds.c --max-memory 1K
refused 'max-states' check holds.c --max-states 0
refused 'threads' check holds.c --threads 0
refused 'timeout' check holds.c --timeout -3
refused 'cannot write' check holds.c --json missing/result.json
refused 'cannot write.*directory' check holds.c --json directory.c
refused 'include/lockstep\.h' check holds.c --models directory.c

# A patch that does not apply shows the hunk and the place that it missed.
cat >miss.patch <<'P'
--- a/holds.c
+++ b/holds.c
@@ -2,3 +2,3 @@
 static int x;
-static LS_ATOMIC void subtract(void) { x--; }
+static LS_ATOMIC void add(void) { x += 2; }
 static void body(void *unused) { add(); ls_assert(x <= NR_CPUS); }
P
refused 'miss\.patch:3: error: hunk 1 of 1 does not apply to holds\.c' check holds.c --patch miss.patch
expect_text err '^    -static LS_ATOMIC void subtract'
expect_text err '^  > +3 static LS_ATOMIC void add'

# Models that make no sense
cat >no_tasks.c <<'C'
#include <lockstep.h>
void ls_boot(void) { }
C
refused 'no_tasks\.c.*task|error: .*task' check no_tasks.c
printf 'int main(void) { return 0; }\n' >no_boot.c
refused 'ls_boot|task' check no_boot.c
cat >many_tasks.c <<'C'
#include <lockstep.h>
static void run(void *data) { }
void ls_boot(void) { for (int i = 0; i < 501; i++) ls_task(run, 0, i, LS_TASK, "t"); }
C
refused 'more than 500 tasks' check many_tasks.c
cat >bug_in_boot.c <<'C'
#include <linux/bug.h>
void ls_boot(void) { BUG_ON(1); }
C
refused 'bug_in_boot.*ls_boot\(\) fails: kernel BUG: 1' check bug_in_boot.c
cat >endless_boot.c <<'C'
#include <lockstep.h>
void ls_boot(void) { for (;;) ; }
C
run check endless_boot.c
checks=$((checks + 1))
[ "$status" -eq 2 ] || [ "$status" -eq 3 ] || fail 'a boot that never ends: status 2 or 3 expected'
expect_no_text err 'bug in lockstep'
cat >counting_boot.c <<'C'
#include <lockstep.h>
static unsigned long n;
void ls_boot(void) { for (;;) n++; }
C
run check counting_boot.c
checks=$((checks + 1))
[ "$status" -eq 2 ] || [ "$status" -eq 3 ] || fail 'a boot that never ends: status 2 or 3 expected'
model recursion.c <<'C'
static int down(int n) { return n ? down(n - 1) : 0; }
static void body(void *unused) { down(3); }
C
refused 'recursion\.c:[0-9]+:[0-9]+: error: .*(recurs|down)' check recursion.c
model float.c <<'C'
static float x;
static void body(void *unused) { x = x * 1.5f; }
C
refused 'float\.c:[0-9]+:[0-9]+: error: .*float' check float.c

finish
