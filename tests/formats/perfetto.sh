#!/usr/bin/env bash
# --perfetto is read by chrome-trace, which pairs the begins and ends of each thread.
. "$(dirname "$0")/support.sh"
need_packages

run check "$LOCKSTEP_MODELS/scenarios/stop_machine_oom.c" --cpus 2 --quiet --perfetto trace.json
expect 1
node_check perfetto.js trace.json CPU0 CPU1 clock
expect_text trace.json '"name":"watchdog: BUG: soft lockup - CPU#1 stuck for 22s! \[migration/1:18\]","cat":"report","ph":"i"'
expect_text trace.json '"name":"kworker/1:1.msdata.state","cat":"wait","ph":"s"'
expect_text trace.json '"name":"does not wait","cat":"busy","ph":"B"'

# The reader notices what is wrong.
checks=$((checks + 1))
sed '0,/"ph":"B"/{/"ph":"B"/d}' trace.json >broken.json
! node "$here/perfetto.js" broken.json 2>/dev/null || fail 'a begin that is missing was not noticed'

run check "$LOCKSTEP_MODELS/scenarios/migrate_swap.c" --before 0b26351b910f --quiet --perfetto trace.json
expect 1
node_check perfetto.js trace.json CPU0 CPU1
expect_text trace.json '"name":"cpu_stopper\[0\]\.lock\.owner","cat":"wait","ph":"s"'
write_models
run check violated.c --all --cpus 3 --quiet --perfetto trace.json
expect 1
node_check perfetto.js trace.json CPU0 CPU1 CPU2
run check holds.c --quiet --perfetto -
expect 0
expect_text err '^holds'
expect_text out '"displayTimeUnit"'
finish
