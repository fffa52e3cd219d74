#!/usr/bin/env bash
# --json is as checker/report/record.schema.json says, which knows every field and no other.
. "$(dirname "$0")/support.sh"
need_packages
schema=$here/../../checker/report/record.schema.json

run check "$LOCKSTEP_MODELS/scenarios/migrate_swap.c" --before 0b26351b910f --quiet --json swap.json
expect 1
run check "$LOCKSTEP_MODELS/scenarios/stop_machine_oom.c" --cpus 2 --quiet --json oom.json
expect 1
write_models
run check holds.c -D X=1 -I . --no-reduction all --quiet --json holds.json
expect 0
run check violated.c --all --cpus 3 --quiet --json violated.json
expect 1
run check large.c --max-states 1000 --quiet --json unknown.json
expect 3
run check large.c --max-states 1000 --approximate bitstate --approximate-memory 16M --quiet --json approximate.json
expect 3
# Proofs: by induction, by an invariant that was found, not at all, for every number of CPUs; and a violation instead.
programs=$LOCKSTEP_MODELS/../tests/programs
run prove "$programs/peterson.ls" --certificate certificate --quiet --json proved.json
expect 0
run prove "$programs/dijkstra_ring.ls" --pdr first --quiet --json reachability.json
expect 0
run prove "$programs/bounded_buffer.ls" --induction 1 --pdr never --quiet --json not_inductive.json
expect 3
run prove "$LOCKSTEP_MODELS/../examples/every_n/completion.c" --every-n --quiet --json every_n.json
expect 0
run prove violated.c --bmc 40 --quiet --json refuted.json
expect 1
node_check validate.js "$schema" swap.json oom.json holds.json violated.json unknown.json approximate.json proved.json \
    reachability.json not_inductive.json every_n.json refuted.json

# A field that is new, or is missing, is noticed.
for change in 's/"pid"/"number"/' 's/"format": [0-9]*/"format": 0/' 's/"verdict": "[a-z]*"/"verdict": "perhaps"/'; do
    sed "$change" swap.json >broken.json
    checks=$((checks + 1))
    ! node "$here/validate.js" "$schema" broken.json 2>/dev/null || fail "$change was not noticed"
done
for change in 's/"engine": "[a-z]*"/"engine": "guessing"/' 's/"mined_from"/"from"/' 's/"says"/"text"/'; do
    sed "$change" proved.json >broken.json
    checks=$((checks + 1))
    ! node "$here/validate.js" "$schema" broken.json 2>/dev/null || fail "$change was not noticed"
done
finish
