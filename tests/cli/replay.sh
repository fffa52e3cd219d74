#!/usr/bin/env bash
# `lockstep replay` executes recorded traces again, and notices where the model or the record has changed.
. "$(dirname "$0")/support.sh"
write_models

run check violated.c --all --cpus 3 --json trace.json
expect 1
grep -v 'states/s' out | grep -v 'bytes per state' >checked
run replay trace.json
expect 1
grep -v 'states/s' out | grep -v 'bytes per state' >replayed
checks=$((checks + 1))
cmp -s checked replayed || fail 'the replayed traces differ from those that were printed'
run replay trace.json --quiet
expect 1
checks=$((checks + 1))
[ "$(wc -l <out)" -eq 1 ] || fail 'one line expected'

run check holds.c --json holds.json
run replay holds.json
expect 0

# The model has changed since.
sed -i 's/x++;/x += 1; x += 0;/' violated.c
refused 'not the one this was recorded with' replay trace.json
rm violated.c
refused 'violated\.c' replay trace.json
write_models

# The record has changed since.
sed 's/"message": "assertion failed/"message": "assertion passed/' trace.json >edited.json
run replay edited.json
expect 4
expect_text err 'not confirmed'
head -c 300 trace.json >cut.json
refused 'cut\.json: error: this is no JSON' replay cut.json
echo '{}' >other.json
refused 'no record of lockstep' replay other.json
refused 'no such record' replay missing.json
refused 'directory' replay .

finish
