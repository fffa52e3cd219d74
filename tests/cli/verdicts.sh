#!/usr/bin/env bash
# Verdicts and their exit statuses, what is printed where, limits, and Ctrl-C.
. "$(dirname "$0")/support.sh"
write_models

run check holds.c
expect 0
expect_text out '^holds: 2 CPUs, all [0-9,]+ reachable states explored$'
expect_text out 'everything explored'
expect_empty err

run check violated.c
expect 1
expect_text out '^violated: assertion: task/[01]:[12] on CPU[01] \(violated\.c:[0-9]+\)$'
expect_text out '^  CPU0 task/0:1 \[task\]  body\(\)'
expect_text out 'x: 0 -> 1'
expect_empty err
expect_no_text out $'\x1b'

run check violated.c --cpus 1
expect 0
run check violated.c --search dfs
expect 1
run check violated.c --native on
expect 1
run check large.c --native off --max-states 1000
expect 3
run check violated.c --all --cpus 3
expect 1
expect_text out '^\[1 of [0-9]+\] assertion'

# Only the verdict.
for file in holds violated; do
    run check $file.c --quiet
    checks=$((checks + 1))
    [ "$(wc -l <out)" -eq 1 ] || fail "$command_line: one line expected"
done

# Limits end in `unknown`, never in `holds`.
run check large.c --max-states 1000
expect 3
expect_text out '^unknown: .*state'
run check large.c --timeout 0.5
expect 3
expect_text out '^unknown: .*(time|second)'
run check large.c --max-memory 16M
expect 3
expect_text out '^unknown: .*memory'
run check holds.c --max-memory 50%
expect 0

# The system's memory may run out anywhere, also while threads share the store. (A sanitizer's shadow memory alone needs
# more than these limits.)
if (ulimit -v 250000 && "$lockstep" check holds.c --threads 2 >/dev/null 2>&1); then
    for limit in 250000 270000 290000; do
        command_line="lockstep check large.c --cpus 3 --threads 2, with ulimit -v $limit"
        status=0
        (ulimit -v $limit && exec "$lockstep" check large.c --cpus 3 --threads 2 >out 2>err) || status=$?
        expect 3
        expect_text out '^unknown: memory ran out .*3 CPUs, [0-9,]* states explored'
    done
fi

# The JSON, to a file and to standard output.
run check violated.c --json result.json
expect 1
for field in verdict reason cpus complete states transitions depth seconds peak_memory_bytes bytes_per_state violations \
    kind permanent cpu task message file line waits_for trace; do
    checks=$((checks + 1))
    grep -q "\"$field\":" result.json || fail "$command_line: no field $field"
done
# The memory is its own, not that of whoever starts it: the same, within half of what the shell grows by.
peak() { sed -n 's/.*"peak_memory_bytes": \([0-9]*\).*/\1/p' "$1"; }
checks=$((checks + 1))
"$lockstep" check holds.c --json alone.json >/dev/null
(large=$(head -c 250000000 /dev/zero | tr '\0' x); exec "$lockstep" check holds.c --json small.json >/dev/null)
[ "$(peak alone.json)" -gt 1000000 ] && [ "$(peak small.json)" -lt $(($(peak alone.json) + 125000000)) ] ||
    fail "peak_memory_bytes is $(peak small.json) after a large shell, $(peak alone.json) without"

run check violated.c --json -
expect 1
expect_text out '^\{$'
expect_no_text out '^violated'
expect_text err '^violated'
cut -d: -f1 out | sort -u >fields_out
cut -d: -f1 result.json | sort -u >fields_file
checks=$((checks + 1))
cmp -s fields_out fields_file || fail 'the same fields expected in the file and on standard output'

# An old result stays where the new one cannot be had.
run check missing.c --json result.json
expect 2
checks=$((checks + 1))
grep -q '"verdict": "violated"' result.json || fail 'result.json was lost'
checks=$((checks + 1))
[ -z "$(find . -name '.result*')" ] || fail 'a temporary file was left behind'

# Output that cannot be written is noticed.
if [ -e /dev/full ]; then
    status=0
    command_line='lockstep check holds.c >/dev/full'
    "$lockstep" check holds.c >/dev/full 2>err || status=$?
    expect 2
    expect_text err 'cannot write'
    run check holds.c --json /dev/full
    expect 2
    expect_text out '^holds'
fi

# Ctrl-C ends the exploration with what it has.
interrupted check large.c --json interrupted.json
expect 3
expect_text out '^unknown: .*interrupt'
checks=$((checks + 1))
grep -q '"verdict": "unknown"' interrupted.json || fail 'no result after the interrupt'

# Help and version.
run --help
expect 0
expect_text out 'Exit status: 0 holds'
run check --help
expect 0
expect_text out '--max-memory'
run --version
expect 0
expect_text out '^lockstep [0-9]'

finish
