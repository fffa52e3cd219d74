#!/usr/bin/env bash
# `lockstep prove --every-n` on the families of examples/every_n: what can be counted is proved, and the proof is checked
# again by other solvers; what cannot is refused with its place; what has a fault is violated on a few CPUs.
set -uo pipefail
lockstep=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

fail() {
    echo "FAIL: $*"
    failures=$((failures + 1))
}

# prove STATUS WANTED_TEXT FILE OPTION...
prove() {
    local wanted=$1 text=$2 file=$3 status=0
    shift 3
    "$lockstep" prove "$file" --every-n "$@" >"$work/out" 2>"$work/err" || status=$?
    [ "$status" -eq "$wanted" ] || fail "$file $*: status $status, not $wanted: $(head -n 2 "$work/out" "$work/err")"
    grep -qF -- "$text" "$work/out" "$work/err" || fail "$file $*: '$text' is not said: $(head -n 3 "$work/out")"
}

# certified NAME [MOST]: for every number of CPUs, or up to so many; z3 and cvc5 confirm it; the record has its obligations, with the time of each, and says where facts
# come from.
certified() {
    "$root/scripts/check-certificate" "$work/$1" >"$work/checked" 2>&1 ||
        fail "$1: the certificate is refused: $(tail -n 3 "$work/checked")"
    python3 - "$work/$1.json" "$work/$1" "${2:-0}" <<'PY' >"$work/checked" 2>&1 || fail "$1: the record: $(tail -n 1 "$work/checked")"
import json, pathlib, sys
record = json.load(open(sys.argv[1]))
proof = record["proof"]
names = [obligation["name"] for obligation in proof["obligations"]]
assert sorted(names) == sorted(file.stem for file in pathlib.Path(sys.argv[2]).glob("*.smt2")), names
assert all(obligation["seconds"] > 0 for obligation in proof["obligations"]), "no time"
assert proof["engine"] == "counting" and proof["every_n"] and record["cpus"] == int(sys.argv[3]), "for which numbers of CPUs?"
assert proof["mined_from"]["cpus"] == [3, 4, 5] and proof["mined_from"]["states"] > 0 and proof["family"], "mined from?"
assert proof["lemmas"] and all(p["status"] == "proved" for p in proof["properties"]), "not proved"
PY
}

for family in completion barrier rwlock call_function ticket_lock ack_mask; do
    # Of 128 CPUs, a mask has two words.
    range=">= 3"
    [ "$family" = ack_mask ] && range="from 3 to 64"
    prove 0 "proved for every N $range, explored for fewer" "$root/examples/every_n/$family.c" \
        --certificate "$work/$family" --json "$work/$family.json"
    certified "$family" "$([ "$family" != ack_mask ] || echo 64)"
done
prove 0 "states of 3, 4 and 5 CPUs hold for ever" "$root/models/scenarios/multi_cpu_stop.c" \
    --certificate "$work/multi_cpu_stop" --json "$work/multi_cpu_stop.json"
grep -q "proved for every N >= 3" "$work/out" || fail "multi_cpu_stop: $(head -n 1 "$work/out")"
certified multi_cpu_stop

# What is being done is shown on a terminal.
script -qec "'$lockstep' prove '$root/models/scenarios/multi_cpu_stop.c' --every-n" /dev/null >"$work/out" 2>&1 </dev/null ||
    fail "multi_cpu_stop on a terminal"
for stage in 'exploring 4 CPUs' 'counting the states of 5 CPUs' 'rules that all members follow: control state 1 of' \
    'facts that every rule preserves: round 1, rule 1 of' 'checking the facts again: control state' \
    'invariant acks_in_range: control state' 'comparing the code for 64 CPUs'; do
    grep -qF "$stage" "$work/out" || fail "'$stage' is not shown"
done

prove 3 "owner, which is shared, names a CPU" "$root/examples/every_n/owner_lock.c"
prove 3 "no two CPUs are interchangeable" "$root/examples/every_n/csd_lock.c"
grep -q "no violation on up to 4 CPUs" "$work/out" || fail "csd_lock: more is said to be explored than was: $(tail -n 8 "$work/out")"
prove 3 "mask_for_all.c:19: this step changes other CPUs' bits in unanswered.bits[0]" "$root/examples/every_n/mask_for_all.c"

# Tickets that are not handed out atomically; that some day begin again; that are not served from the seventh on.
ticket_lock() { sed "$1" "$root/examples/every_n/ticket_lock.c" >"$work/ticket_lock.c"; }
ticket_lock 's/unsigned int mine = take_ticket();/unsigned int mine = READ_ONCE(next);WRITE_ONCE(next, mine + 1);/'
prove 1 "violated" "$work/ticket_lock.c"
ticket_lock 's/unsigned int/unsigned char/'
prove 3 "not inductive  nothing happens that was not met on fewer CPUs" "$work/ticket_lock.c"
ticket_lock 's/WRITE_ONCE(owner, owner + 1);/if (owner != 6) WRITE_ONCE(owner, owner + 1);/'
prove 3 "not inductive  somebody can always go on" "$work/ticket_lock.c"
ticket_lock 's/return next++;/return next < 6 ? next++ : next;/'
prove 3 "not every property could be proved" "$work/ticket_lock.c"

# A fault is found on few CPUs, and its trace can be executed again.
sed 's/atomic_set(&left, NR_CPUS);/atomic_set(\&left, NR_CPUS - 1);/' "$root/examples/every_n/barrier.c" >"$work/barrier.c"
prove 1 "violated" "$work/barrier.c" --json "$work/result.json"
"$lockstep" replay "$work/result.json" -q >"$work/out" 2>&1
[ $? -eq 1 ] || fail "the violation of a family cannot be replayed: $(head -n 2 "$work/out")"
for mutant in ack-reset-missing ack-reset-after-publish ack-before-irq-disable state-read-once; do
    prove 1 "violated" "$root/models/scenarios/multi_cpu_stop.c" --patch "$root/models/patches/mutants/$mutant.patch"
done

# One that shows from 6 CPUs on is not proved, though 5 hold.
cat >"$work/late.c" <<'C'
#define LOCKSTEP_NO_SOURCES
#include <linux/atomic.h>
static int came;
LS_ATOMIC static void come(void)
{
	came++;
	ls_assert(came < 6);
}
static int worker(void *unused)
{
	come();
	return 0;
}
void ls_boot(void)
{
	for (int cpu = 0; cpu < NR_CPUS; cpu++)
		ls_run(cpu, ls_task(worker, 0, 10 + cpu, LS_TASK, "worker/%d", cpu));
}
C
prove 3 "not every property could be proved" "$work/late.c"

# The code is compared for more CPUs than are explored.
sed 's/ls_assert(came < 6);/ls_assert(NR_CPUS != 6);/' "$work/late.c" >"$work/six.c"
prove 3 "6 CPUs are not the same code" "$work/six.c"
sed 's/ls_assert(came < 6);/ls_assert(NR_CPUS < 20);/' "$work/late.c" >"$work/twenty.c"
prove 0 "proved for every N from 3 to 16, explored for fewer" "$work/twenty.c"
grep -q "not covered: 32 CPUs, for which the code is another: .*twenty.c:7" "$work/out" || fail "where 32 CPUs differ is not said"

# A model may refuse to have a single CPU.
{ printf '#if NR_CPUS < 2\n#error "two, at least"\n#endif\n'; cat "$work/twenty.c"; } >"$work/two.c"
prove 0 "proved for every N from 3 to 16, explored for fewer" "$work/two.c"

sed 's/came < 6/came <= NR_CPUS/; s/ls_run(cpu,/ls_run((came = cpu == 6 ? 5 : came, cpu),/' "$work/late.c" >"$work/boot.c"
prove 3 "7 CPUs are not the same code: came begins as 5" "$work/boot.c"
sed 's/came < 6/came <= NR_CPUS/; s/ls_task(worker/ls_task(cpu == 6 ? other : worker/
    s/^void ls_boot/static int other(void *unused) { come(); come(); return 0; }\n&/' "$work/late.c" >"$work/other.c"
prove 3 "7 CPUs are not the same code: 2 CPUs are like no other, instead of 1" "$work/other.c"

prove 2 "has a number of CPUs of its own" "$root/tests/programs/peterson.ls"
prove 2 "--every-n is for every number of CPUs" "$work/late.c" --cpus 3
mkdir "$work/full" && touch "$work/full/x"
prove 2 "there is something already" "$work/late.c" --certificate "$work/full"
prove 3 "out of time; 2 CPUs, nothing proved or explored" "$root/models/scenarios/multi_cpu_stop.c" --timeout 0.001

[ "$failures" -eq 0 ] && echo "every_n: all as expected"
exit "$((failures > 0))"
