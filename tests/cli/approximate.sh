#!/usr/bin/env bash
# Approximate searches: they find bugs, say what they may have omitted, and never that anything holds.
. "$(dirname "$0")/support.sh"
write_models

for how in bitstate hash; do
    run check holds.c --approximate $how --approximate-memory 16M
    expect 3
    expect_text out '^unknown: the search was approximate.*, some [0-9.e,-]+ omitted$'
    expect_text out "^approximate \($how, 16\.0 MiB\): .* coverage over 99\.99 %"
    expect_text out '^warning: .*stuck while others go on'
    expect_no_text out 'everything explored'
    run check holds.c --approximate $how --approximate-memory 16M --json result.json
    expect_text result.json '"expected_omissions"'
    run check violated.c --approximate $how --approximate-memory 16M
    expect 1
    expect_text out '^violated: assertion'
    expect_text out 'x: 0 -> 1'
    run check violated.c --approximate $how --approximate-memory 16M --json result.json
    run replay result.json --quiet
    expect 1
    # Bugs of the miniature kernel's history.
    run check "$LOCKSTEP_MODELS/scenarios/migrate_swap.c" --before 0b26351b910f --approximate $how \
        --approximate-memory 16M
    expect 1
    expect_text out '^violated: deadlock, permanent: custom_exporter'
    expect_text out '^How it comes about \(37 steps'
    run check "$LOCKSTEP_MODELS/scenarios/migrate_swap.c" --after 0b26351b910f --approximate $how \
        --approximate-memory 16M --quiet
    expect 3
done

run check large.c --max-memory 16M
expect 3
expect_text out '^note: --approximate hash'
expect_text out '^note: --checkpoint FILE'

refused 'breadth-first' check holds.c --approximate hash --search dfs
refused 'excludes' check holds.c --approximate hash --checkpoint x
refused 'excludes' check holds.c --approximate hash --resume x
refused 'excludes' check holds.c --approximate hash --reduction stubborn-sets
refused 'excludes' check holds.c --approximate hash --reduction cpu-symmetry
refused 'requires.*--approximate' check holds.c --approximate-memory 16M
refused 'bitstate' check holds.c --approximate guess

finish
