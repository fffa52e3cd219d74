#!/usr/bin/env bash
# `lockstep prove`: what is proved is re-checked without it, what fails is shown as what it is, and whatever ends a run
# early is said.
. "$(dirname "$0")/support.sh"
write_models
tests=$(cd "$LOCKSTEP_MODELS/../tests" && pwd)
check_certificate=$tests/../scripts/check-certificate

# same WHAT ACTUAL EXPECTED
same() {
    checks=$((checks + 1))
    [ "$2" = "$3" ] || fail "$command_line: $1: $2, expected $3"
}

# certified ARGUMENTS...: proved, and z3 and cvc5 agree; what was said is left in out. The record lists the certificate's
# obligations, and the time that each took.
certified() {
    rm -rf certificate
    run prove "$@" --certificate certificate --json proof.json
    expect 0
    expect_text out '^holds: .*(proved by (induction|property-directed reachability)|no run is longer)'
    expect_text out '^certificate in certificate$'
    command_line="check-certificate, after lockstep $*"
    "$check_certificate" certificate >checked 2>err || status=$?
    expect 0
    expect_text checked 'obligations? confirmed by z3 and cvc5$'
    expect_no_text checked REFUSED
    checks=$((checks + 1))
    python3 - proof.json certificate <<'PY' >checked 2>&1 || fail "$command_line: the record: $(tail -n 1 checked)"
import json, pathlib, sys
record = json.load(open(sys.argv[1]))
proof = record["proof"]
files = {file.stem for file in pathlib.Path(sys.argv[2]).glob("*.smt2")}
names = [obligation["name"] for obligation in proof["obligations"]]
assert len(set(names)) == len(names) and set(names) == files, f"{names} for {files}"
readme = pathlib.Path(sys.argv[2], "README").read_text().splitlines()
for obligation in proof["obligations"]:
    # To ask about a constant takes no time.
    asked = "\nfalse\n" not in pathlib.Path(sys.argv[2], obligation["name"] + ".smt2").read_text()
    assert obligation["seconds"] > 0 or not asked, f"{obligation['name']}: no time"
    line = readme[readme.index(obligation["name"] + ".smt2") + 1]
    assert line == f"    {obligation['says']} ({obligation['seconds']:.3f} s)", line
assert record["verdict"] == "holds" and record["evidence"] and proof["engine"], "no engine"
assert all(p["status"] == "proved" for p in proof["properties"]), "a property that is not proved"
PY
}

# ---- Proofs, and their certificates ------------------------------------------------------------------------------------

certified "$tests/programs/peterson.ls"
expect_text out '^holds: 1 CPU, proved by induction \(k = 1\), without exploring$'
expect_text out 'proved +invariant mutual_exclusion +\(k = 1'
expect_text out '^Lemmas: [0-9]+ of [0-9]+ facts mined from [0-9]+ states of 1 CPU hold for ever'
expect_text out '^Obligations: [0-9]+ discharged in [0-9.]+ s, the slowest, [a-z0-9_-]+, in [0-9.]+ s \(--full-trace lists'
expect_text out '^not covered: livelocks'
run prove "$tests/programs/peterson.ls" --full-trace
expect_text out '^ +[0-9.]+ s  lemmas-step-1: every step of p0 preserves'
expect_text out '^ +[0-9.]+ s  invariant-mutual_exclusion-step: a state that is as it should be is followed by such a state'
certified "$tests/programs/dekker.ls"

# tampered SED: so changed, it is not confirmed (1) or no certificate (2).
tampered() {
    command_line="check-certificate, $1"
    status=0
    "$check_certificate" tampered >out 2>err || status=$?
    expect "$2"
    expect_text "$3" "$4"
    rm -rf tampered
}
certified "$tests/programs/peterson.ls"
# Without what is asserted of the state before the step it can be lost.
cp -r certificate tampered
sed -i '/^(and true$/,/^)/ { /^t[0-9]*$/ d }' tampered/invariant-mutual_exclusion-step.smt2
tampered 'nothing asserted' 1 out '^REFUSED +invariant-mutual_exclusion-step.smt2 .*z3 (sat|.error).*cvc5'
cp -r certificate tampered && rm tampered/lemmas-base.smt2
tampered 'an obligation is missing' 2 err 'incomplete: lemmas-base.smt2'
cp -r certificate tampered && cp tampered/lemmas-base.smt2 tampered/more.smt2
tampered 'one too many' 2 err 'more.smt2: the README does not list it'
cp -r certificate tampered && sed -i 's/^(check-sat)/(echo "unsat")/' tampered/lemmas-base.smt2
tampered 'an answer of its own' 2 err 'lemmas-base.smt2'
cp -r certificate tampered && sed -i 's/^(set-logic QF_BV)/& (check-sat) (reset)/' tampered/lemmas-base.smt2
tampered 'another question' 2 err 'an obligation has no command .check-sat'
mkdir tampered
tampered 'an empty folder' 2 err 'is no certificate: there is no README'
tampered 'no folder' 2 err 'is no folder'

# ---- What cannot be proved --------------------------------------------------------------------------------------------

# True, but for reasons that no state tells: what was and is no more.
cat >not_inductive.ls <<'LS'
var x: u8
var y: u8
automaton P(i) {
    location a
    a -> a when x < 200 { x := x + 2; y := y + 2; progress }
    a -> a when x >= 200 { x := 0; y := 0; progress }
}
process p: P(0)
invariant never_seven: x != 7
LS
run prove not_inductive.ls --sample 0 --induction 2 --pdr never --certificate none
expect 3
expect_text out '^unknown: not every property is inductive; 1 CPU, no violation within [0-9]+ steps'
expect_text out '^  not inductive +invariant never_seven'
expect_text out 'A counterexample to induction; whether its first state is reachable is not known'
expect_text out '^no certificate: nothing was proved'
checks=$((checks + 1))
[ ! -e none ] && [ -z "$(find . -name '*.unfinished')" ] || fail 'a certificate of nothing'
run prove not_inductive.ls --sample 0 --induction 2 --pdr never --quiet
expect 3
same lines "$(wc -l <out)" 1
expect_empty err

# ---- Property-directed reachability -----------------------------------------------------------------------------------

# Where induction fails it looks for an invariant, which z3 and cvc5 confirm.
certified not_inductive.ls --sample 0 --induction 2
expect_text out '^holds: 1 CPU, proved by property-directed reachability, without exploring$'
expect_text out '^Invariant: [0-9]+ clauses? found by property-directed reachability \([0-9]+ frames, [0-9,]+ questions'
expect_text out '^  !\(\(?x( & | == )'
expect_no_text out 'not inductive'
certified "$tests/programs/dijkstra_ring.ls" --pdr first
checks=$((checks + 1))
[ -e certificate/invariant-base.smt2 ] && [ -e certificate/invariant-somebody_has_the_privilege-follows.smt2 ] ||
    fail 'no obligations of the invariant'
# It says that there is a violation; bounded search finds and replays it.
run prove violated.c --pdr first --json found.json
expect 1
expect_text out '^violated: assertion.*'
checks=$((checks + 1))
grep -q '"engine": "bounded search"' found.json || fail 'the record does not say what found the violation'
run replay found.json
expect 1
# A limit of time, and Ctrl-C. (What comes before takes a second here, and without lemmas next to nothing; a slow machine
# needs many times as much.)
run prove "$tests/programs/filter4.ls" --pdr first --sample 0 --timeout 10 --certificate late
expect 3
expect_text out '^unknown: out of time after [0-9]+ s in property-directed reachability'
run prove "$tests/programs/filter4.ls" --induction 1 --sample 0 --timeout 12 --json late.json
expect 3
expect_text out '^unknown: out of time after [0-9]+ s in property-directed reachability; .*no violation within 2 steps'
checks=$((checks + 1))
python3 -c '
import json
record = json.load(open("late.json"))
proof = record["proof"]
assert record["verdict"] == "unknown" and record["reason"].startswith("out of time") and proof["engine"] is None
assert proof["bound"] == 2 and proof["not_inductive"] and not proof["reachability"]["proved"]
assert any(name.startswith("base-") for name in (o["name"] for o in proof["obligations"]))
' 2>err || fail 'the record of what is unknown'
SECONDS=0
interrupted prove "$tests/programs/filter4.ls" --pdr first
expect 3
expect_text out '^unknown: interrupted'
checks=$((checks + 1))
[ "$SECONDS" -lt 20 ] || fail "it took $SECONDS s"

# ---- Bounded search ---------------------------------------------------------------------------------------------------

run check violated.c --path shortest --quiet --json shortest.json
expect 1
steps() { python3 -c 'import json, sys; print(len(json.load(open(sys.argv[1]))["violations"][0]["trace"]))' "$1"; }
length=$(steps shortest.json)
run prove violated.c --bmc 40 --json found.json
expect 1
expect_text out '^violated: assertion'
same 'length of the counterexample' "$(steps found.json)" "$length"
run replay found.json
expect 1
run prove violated.c --bmc $((length - 2))
expect 3
expect_text out "^unknown: a longer run may end in one; 2 CPUs, no violation within $((length - 2)) steps of an initial state"
# Where whoever has a step only waits in a loop, and no time passes, nobody goes on.
run prove "$LOCKSTEP_MODELS/scenarios/multi_cpu_stop.c" --cpus 2 --bmc 20 \
    --patch "$LOCKSTEP_MODELS/patches/mutants/state-read-once.patch"
expect 1
expect_text out '^violated: deadlock, permanent: migration/0:12 on CPU0'
expect_text out '^How it comes about \(13 steps'
certified holds.c --bmc 100
expect_text out '^holds: 2 CPUs, no violation within [0-9]+ steps of an initial state, and no run is longer'
run prove violated.c
expect 1

# ---- Early ends -------------------------------------------------------------------------------------------------------

SECONDS=0
run prove "$tests/programs/filter4.ls" --timeout 2 --certificate late
expect 3
expect_text out '^unknown: out of time'
checks=$((checks + 1))
[ "$SECONDS" -lt 15 ] || fail "it took $SECONDS s"
SECONDS=0
interrupted prove "$tests/programs/bakery.ls" --bmc 1000
expect 3
expect_text out '^unknown: interrupted'
checks=$((checks + 1))
[ "$SECONDS" -lt 15 ] || fail "it took $SECONDS s"
# A small formula that Z3 once simplified for most of a minute, whatever the limit was.
run prove "$LOCKSTEP_MODELS/scenarios/vcpu_steal.c" --cpus 1 -D STEAL_TICKS=5 --bmc 9 --timeout 60
expect 3
expect_text out '^unknown: a longer run may end in one; 1 CPU, no violation within 9 steps of an initial state$'
# While facts are mined.
SECONDS=0
run prove "$LOCKSTEP_MODELS/scenarios/rcu_stall.c" --cpus 3 -D RCU_KTHREAD_CPUMASK=4 --timeout 1
expect 3
expect_text out '^unknown: out of time; 3 CPUs'
checks=$((checks + 1))
[ "$SECONDS" -lt 10 ] || fail "it took $SECONDS s"
checks=$((checks + 1))
[ ! -e late ] || fail 'a certificate of nothing'

# ---- Progress ----------------------------------------------------------------------------------------------------------

# On a terminal, what is being done. `script` gives it one, and writes down all that it is shown.
on_terminal() {
    command_line="lockstep prove $* on a terminal"
    checks=$((checks + 1))
    status=0
    script -qec "'$lockstep' prove $*" /dev/null >out 2>err </dev/null || status=$?
}
on_terminal "'$tests/programs/dijkstra_ring.ls'" --pdr first
expect 0
for stage in 'reading the model' 'mining facts: [0-9]+ states visited' 'mining facts from [0-9]+ states' \
    'lemmas among [0-9]+ facts: one step as a formula' 'lemmas: question 1, [0-9]+ facts left' \
    'property-directed reachability: one step as a formula' 'property-directed reachability: frame [0-9]+, [0-9]+ clauses' \
    'checking the invariant again'; do
    expect_text out "$stage"
done
on_terminal "'$tests/programs/peterson.ls'"
expect_text out 'induction over 1 state'
expect_text out 'runs of 0 steps'
run prove "$tests/programs/peterson.ls"
expect_empty err

# ---- What cannot be said in a formula ----------------------------------------------------------------------------------

cat >choice.c <<'C'
#include <lockstep.h>
static int x;
static void body(void *unused) { x = ls_choose(0, 5000); }
void ls_boot(void) { ls_run(0, ls_task(body, 0, 1, LS_TASK, "task")); }
C
run prove choice.c --cpus 1
expect 3
expect_text out '^unknown: choice\.c:3: a choice between 5001 values'

# ---- Bad input ---------------------------------------------------------------------------------------------------------

mkdir full && touch full/file
refused '--certificate full: there is something already' prove "$tests/programs/peterson.ls" --certificate full
refused 'there is no folder' prove "$tests/programs/peterson.ls" --certificate no/such/place
refused '--bmc is bounded search alone' prove holds.c --bmc 3 --sample 10 --certificate new
refused '--bmc -1: between 0 and' prove holds.c --bmc -1
refused '--pdr is for a proof for one number of CPUs' prove holds.c --bmc 3 --pdr first
refused '--induction 0: between 1 and' prove holds.c --induction 0
refused '--sample -1: between 0 and' prove holds.c --sample -1
refused '--timeout: a number of seconds above 0' prove holds.c --timeout -1
refused 'missing\.c' prove missing.c
checks=$((checks + 1))
[ ! -e new ] && [ "$(ls full)" = file ] || fail 'something was written'

finish
