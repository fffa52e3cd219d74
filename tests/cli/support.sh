# Sourced by the scripts here, which are called with the path of the program. Each runs in a directory of its own.
set -uo pipefail

lockstep=$(realpath "$1")
export LOCKSTEP_MODELS=${LOCKSTEP_MODELS:-$(cd "$(dirname "$0")/../../models" && pwd)}
unset NO_COLOR
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory" || exit 1

checks=0
failures=0

fail() {
    failures=$((failures + 1))
    printf 'FAILED: %s\n' "$1"
    printf '  exit status %s; standard output:\n' "$status"
    head -c 2000 out | sed 's/^/    /'
    printf '  standard error:\n'
    head -c 2000 err | sed 's/^/    /'
}

# run ARGUMENTS...: leaves its status in $status, its output in the files out and err.
run() {
    command_line="lockstep $*"
    status=0
    "$lockstep" "$@" >out 2>err </dev/null || status=$?
}

# interrupted ARGUMENTS...: as run, with a Ctrl-C after two seconds.
interrupted() { interrupted_after '' "$@"; }

# interrupted_after PATTERN ARGUMENTS...: with a Ctrl-C two seconds after a line of out has matched; however slow the
# machine is, what comes after that line has begun then.
interrupted_after() {
    local pattern=$1
    shift
    command_line="lockstep $*, interrupted"
    status=0
    "$lockstep" "$@" >out 2>err &
    local pid=$!
    while [ -n "$pattern" ] && kill -0 $pid && ! grep -qE -- "$pattern" out; do sleep 0.1; done
    sleep 2
    kill -INT $pid
    wait $pid || status=$?
}

# expect STATUS: of the last run.
expect() {
    checks=$((checks + 1))
    [ "$status" -eq "$1" ] || fail "$command_line: status $1 expected"
}

# expect_text FILE PATTERN: the extended regular expression matches a line of out or err.
expect_text() {
    checks=$((checks + 1))
    grep -qE -- "$2" "$1" || fail "$command_line: '$2' expected in $1"
}

expect_no_text() {
    checks=$((checks + 1))
    ! grep -qE -- "$2" "$1" || fail "$command_line: '$2' not expected in $1"
}

expect_empty() {
    checks=$((checks + 1))
    [ ! -s "$1" ] || fail "$command_line: nothing expected in $1"
}

# refused PATTERN ARGUMENTS...: status 2, nothing on standard output, one error on standard error that matches.
refused() {
    local pattern=$1
    shift
    run "$@"
    expect 2
    expect_empty out
    expect_text err "$pattern"
    checks=$((checks + 1))
    [ "$(grep -c 'error:' err)" -eq 1 ] || fail "$command_line: one error expected"
    expect_no_text err 'bug in lockstep'
}

finish() {
    echo "$((checks - failures)) of $checks checks passed"
    [ "$failures" -eq 0 ]
    exit
}

# model NAME: writes the body given on standard input as a model of one task on each CPU.
model() {
    {
        echo '#include <lockstep.h>'
        cat
        cat <<'C'
void ls_boot(void)
{
	int cpu;

	for (cpu = 0; cpu < NR_CPUS; cpu++)
		ls_run(cpu, ls_task(body, 0, 1 + cpu, LS_TASK, "task/%d", cpu));
}
C
    } >"$1"
}

write_models() {
    model holds.c <<'C'
static int x;
static LS_ATOMIC void add(void) { x++; }
static void body(void *unused) { add(); ls_assert(x <= NR_CPUS); }
C
    model violated.c <<'C'
static int x, finished;
static LS_ATOMIC int finish(void) { return ++finished; }
static void body(void *unused)
{
	x++;
	if (finish() == NR_CPUS)
		ls_assert(x == NR_CPUS);
}
C
    # Far more states than any limit that the tests set.
    model large.c <<'C'
static int x[NR_CPUS];
static void body(void *unused)
{
	for (;;) {
		x[ls_cpu()] = ls_choose(0, 1000);
		ls_progress();
	}
}
C
}
