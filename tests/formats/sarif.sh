#!/usr/bin/env bash
# --sarif is valid by the schema of SARIF 2.1.0.
. "$(dirname "$0")/support.sh"
need_packages

run check "$LOCKSTEP_MODELS/scenarios/migrate_swap.c" --before 0b26351b910f --quiet --sarif swap.json
expect 1
expect_text swap.json '"uri": "kernel/sched\.c"'
run check "$LOCKSTEP_MODELS/scenarios/stop_machine_oom.c" --cpus 2 --quiet --sarif oom.json
expect 1
expect_text oom.json '"text": "mysqld:1001 does not wait; it is in [a-z_]+\(\) at kernel/[a-z_]+\.c:[0-9]+\."'
write_models
run check holds.c --quiet --sarif holds.json
expect 0
run check violated.c --all --cpus 3 --quiet --sarif violated.json
expect 1
cp violated.c 'a name with ümläuts & 100%.c'
run check 'a name with ümläuts & 100%.c' --quiet --sarif name.json
expect 1
expect_text name.json 'a%20name%20with%20%C3%BCml%C3%A4uts%20%26%20100%25\.c'
run check large.c --max-states 1000 --quiet --sarif unknown.json
expect 3
node_check validate.js sarif swap.json oom.json holds.json violated.json name.json unknown.json

# The schema notices what is wrong.
sed 's/"startLine": /"startLine": -/' swap.json >broken.json
checks=$((checks + 1))
! node "$here/validate.js" sarif broken.json 2>/dev/null || fail 'a line below 0 was not noticed'
finish
