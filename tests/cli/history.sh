#!/usr/bin/env bash
# `lockstep history` lists the upstream changes that the miniature kernel can go back over.
. "$(dirname "$0")/support.sh"

run history
expect 0
expect_empty err
expect_text out '^0b26351b910f  stop_machine, sched: Fix migrate_swap\(\) .* deadlock +models/scenarios/migrate_swap\.c$'
run history --json history.json
expect 0
expect_text history.json '"scenario": "models/scenarios/migrate_swap\.c"'
run history --json -
expect 0
expect_text out '^\{$'
expect_text err '^0b26351b910f '

# Another history.
mkdir -p mine/include mine/patches
cp "$LOCKSTEP_MODELS/include/lockstep.h" mine/include/
refused 'no such series of patches: .*mine/patches/series' history --models mine
printf '# oldest first\n1111111-one.patch\n2222222-two.patch\n' >mine/patches/series
refused 'no such patch: .*1111111-one\.patch' history --models mine
printf 'The first\n\nShown by: models/scenarios/one.c\n\n--- a/x\n+++ b/x\n' >mine/patches/1111111-one.patch
printf 'The second change\n\n--- a/x\n+++ b/x\n' >mine/patches/2222222-two.patch
run history --models mine
expect 0
printf '%s\n' '1111111  The first          models/scenarios/one.c' '2222222  The second change  -' >expected
checks=$((checks + 1))
cmp -s expected out || fail "$command_line: other lines expected"
echo 'no-commit.patch' >>mine/patches/series
refused 'series:4: error: this is no name of a patch' history --models mine

refused 'include/lockstep\.h' history --models missing
refused 'not expected' history now
run history --help
expect 0
expect_text out 'lockstep compare'

finish
