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

# certified ARGUMENTS...: proved, and z3 and cvc5 agree.
certified() {
    rm -rf certificate
    run prove "$@" --certificate certificate
    expect 0
    expect_text out '^holds: .*(proved by (induction|property-directed reachability)|no run is longer)'
    expect_text out '^certificate in certificate$'
    command_line="check-certificate, after lockstep $*"
    status=0
    "$check_certificate" certificate >out 2>err || status=$?
    expect 0
    expect_text out 'obligations? confirmed by z3 and cvc5$'
    expect_no_text out REFUSED
}

# ---- Proofs, and their certificates ------------------------------------------------------------------------------------

run prove "$tests/programs/peterson.ls"
expect 0
expect_text out '^holds: 1 CPU, proved by induction \(k = 1\), without exploring$'
expect_text out 'proved +invariant mutual_exclusion +\(k = 1'
expect_text out '^Lemmas: [0-9]+ of [0-9]+ facts'
expect_text out '^not covered: livelocks'
certified "$tests/programs/peterson.ls"
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
run prove not_inductive.ls --sample 0 --induction 2
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
run replay found.json
expect 1
# A limit of time, and Ctrl-C.
run prove "$tests/programs/filter4.ls" --pdr first --timeout 5 --certificate late
expect 3
expect_text out '^unknown: out of time'
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
run prove holds.c --bmc 100
expect 0
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
checks=$((checks + 1))
[ ! -e late ] || fail 'a certificate of nothing'

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
refused '--bmc looks for a violation and proves nothing' prove holds.c --bmc 3 --certificate new
refused '--bmc -1: between 0 and' prove holds.c --bmc -1
refused '--pdr is for a proof for one number of CPUs' prove holds.c --bmc 3 --pdr first
refused '--induction 0: between 1 and' prove holds.c --induction 0
refused '--sample -1: between 0 and' prove holds.c --sample -1
refused '--timeout: a number of seconds above 0' prove holds.c --timeout -1
refused 'missing\.c' prove missing.c
checks=$((checks + 1))
[ ! -e new ] && [ "$(ls full)" = file ] || fail 'something was written'

finish
