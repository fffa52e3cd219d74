#!/usr/bin/env bash
# The invariants of the stopper's queue are proved by induction, and z3 and cvc5 confirm it; without the lock they are not.
. "$(dirname "$0")/../cli/support.sh"
model=$LOCKSTEP_MODELS/../tests/models/stopper_queue.c

run prove "$model" --cpus 3 --induction 1 --certificate certificate
expect 0
expect_text out '^holds: 3 CPUs, proved by induction'
for property in list_is_linked queued_is_linked enabled_or_empty; do
    expect_text out "^  proved +invariant $property "
done
"$(dirname "$model")/../../scripts/check-certificate" certificate >out 2>err || status=$?
expect 0
expect_text out 'obligations confirmed by z3 and cvc5$'

run prove "$model" --cpus 3 -D NO_LOCK --induction 1 --timeout 120
expect_no_text out '^holds'
checks=$((checks + 1))
[ "$status" -eq 1 ] || [ "$status" -eq 3 ] || fail "$command_line: status 1 or 3 expected"
finish
