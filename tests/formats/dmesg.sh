#!/usr/bin/env bash
# --format dmesg is a kernel log: util-linux's dmesg reads it, every line with its time, in order. Of the field report
# from which the scenario comes it has the lines' form.
. "$(dirname "$0")/../cli/support.sh"
dmesg --version 2>/dev/null | grep -q util-linux || {
    echo "SKIPPED: util-linux's dmesg is not to be had here"
    exit 77
}

run check "$LOCKSTEP_MODELS/scenarios/stop_machine_oom.c" --cpus 2 --format dmesg
expect 1
expect_empty err
expect_text out '^\[ +24\.[0-9]{6}\] watchdog: BUG: soft lockup - CPU#1 stuck for 22s! \[migration/1:18\]$'
expect_text out '^\[ +24\.[0-9]{6}\] CPU: 1 PID: 18 Comm: migration/1$'
expect_text out '^\[ +24\.[0-9]{6}\] Call Trace:$'
expect_text out '^\[ +24\.[0-9]{6}\]  </IRQ>$'
expect_text out '^\[ +24\.[0-9]{6}\]  multi_cpu_stop \(kernel/stop_machine\.c:[0-9]+\)$'
expect_text out '^\[ +24\.[0-9]{6}\]  smpboot_thread_fn '
expect_text out 'lockstep: transient; migration/1:18 waits for mysqld'
# For whom it waits, and what he does.
expect_text out '^\[ +24\.[0-9]{6}\] lockstep: NMI backtrace for cpu 0: mysqld:1001 does not wait$'
expect_text out '^\[ +24\.[0-9]{6}\] CPU: 0 PID: 1001 Comm: mysqld$'
expect_text out '^\[ +24\.[0-9]{6}\]  dump_tasks \(kernel/oom\.c:[0-9]+\)$'
expect_text out 'lockstep: --format steps shows the [0-9]+ steps that lead here$'

# dmesg wants the priority that the kernel's own buffer has. It finds each line's time, and how long after the one before.
sed 's/^/<4>/' out >log
dmesg --decode --show-delta --file log >read 2>err
checks=$((checks + 1))
[ "$(wc -l <out)" -gt 5 ] &&
    [ "$(grep -cE '^kern  :warn  : \[   24\.[0-9]{6} <    0\.[0-9]{6}>\] ' read)" -eq "$(wc -l <out)" ] &&
    [ "$(wc -l <read)" -eq "$(wc -l <out)" ] || fail 'dmesg does not read the log as it was written'

run check "$LOCKSTEP_MODELS/scenarios/migrate_swap.c" --before 0b26351b910f --format dmesg
expect 1
expect_text out '^\[ +0\.[0-9]{6}\] lockstep: deadlock: .* can never go on \(kernel/sched\.c:[0-9]+\)$'
expect_text out 'CPU: 0 PID: 1002 Comm: custom_exporter$'
expect_text out 'CPU: 1 PID: 18 Comm: migration/1$'
expect_text out 'lockstep: permanent; custom_exporter waits for migration/1 waits for custom_exporter$'

write_models
run check holds.c --format dmesg
expect 0
expect_text out '^lockstep: holds: 2 CPUs'
finish
