#!/usr/bin/env bash
# Counterexamples in columns: migrate_swap() before its fix has to fit on a page and to tell the story of the report.
. "$(dirname "$0")/support.sh"

scenario=$LOCKSTEP_MODELS/scenarios/migrate_swap.c

# order PATTERN...: the patterns match lines of out, one after the other.
order() {
    local line=0 found
    checks=$((checks + 1))
    for pattern in "$@"; do
        found=$(tail -n +$((line + 1)) out | grep -nE -m 1 -- "$pattern" | cut -d: -f1)
        [ -n "$found" ] || { fail "$command_line: '$pattern' expected after line $line"; return; }
        line=$((line + found))
    done
}

run check "$scenario" --before 0b26351b910f --format columns
expect 1
# CPU0 has the first stopper's lock; CPU1's stopper goes to sleep, and wants that lock, still on its CPU; CPU0 wakes it.
order '^CPU0: custom_exporter:1002 +CPU1: migration/1:18$' \
    '^ *raw_spin_lock_irq\($' \
    '^ {37,}smpboot_thread_fn\(\)$' \
    '^ {37,}run =$' \
    '^ {37,}p->on_rq = on_rq;$' \
    '^ {37,}stop_one_cpu_nowait\(\)$' \
    '^ {37,}raw_spin_lock_irqsave\($' \
    '^ {,30}list_add_tail' \
    '^ {,30}try_to_wake_up\(\)$' \
    '^ {,30}ls_await\(!READ_ONCE\($' \
    '^ {,30}-- waits for migration/1$' \
    '^ {37,}-- waits for custom_exporter$' \
    '^So custom_exporter waits for migration/1, and migration/1 for custom_exporter: none of them can go on\.$'
sed -n '/^CPU0: /,/left out/p' out >page
checks=$((checks + 3))
[ "$(wc -l <page)" -le 50 ] || fail 'the columns do not fit on a page'
[ "$(wc -L <page)" -le 72 ] || fail 'the columns are wider than 72 characters'
! LC_ALL=C grep -q '[^ -~]' page || fail 'the columns are not plain ASCII'
[ "$(grep -c -- '-- waits for' page)" -eq 2 ] || fail 'one wait for each CPU is expected'

# With everything, what was left out is there.
run check "$scenario" --before 0b26351b910f --format columns --full-trace
expect 1
expect_no_text out 'left out'
expect_text out '__swapped|swap\(cpu1, cpu2\)'

# A terminal has columns where it is wide, and a file has steps.
run check "$scenario" --before 0b26351b910f
expect_text out '^How it comes about'
expect_text out 'cpu_stopper\[0\]\.lock\.owner: 0 -> 1'
expect_text out '^ +\([0-9]+ steps: CPU1 migration/1:18 \[task\] in [a-z_]+\(\)\)$'
on_terminal() {
    command_line="lockstep check migrate_swap.c on a terminal of $1"
    status=0
    script -qec "stty cols $1; '$lockstep' check '$scenario' --before 0b26351b910f" /dev/null >out 2>err </dev/null ||
        status=$?
}
on_terminal 120
expect 1
expect_text out '^CPU0: custom_exporter:1002 +CPU1: migration/1:18'
on_terminal 80
expect 1
expect_no_text out '^CPU0: '

# The path as the search found it has no more steps, and alternates more.
run check "$scenario" --before 0b26351b910f --path shortest --format columns --full-trace
expect 1
expect_text out '^How it comes about \(37 steps'
run check "$scenario" --path quickest
expect 2
run check "$scenario" --format pages
expect 2

# Two formats cannot both be standard output.
run check "$scenario" --json - --html -
expect 2
expect_text err 'standard output'
finish
