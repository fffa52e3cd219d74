#!/usr/bin/env bash
# `lockstep graph`: what it writes is read by graphviz and by an XML parser, and holds what `check --json` says. A graph
# that is cut says so. Where nothing can be drawn, nothing is written.
. "$(dirname "$0")/support.sh"
write_models
course=$(cd "$LOCKSTEP_MODELS/../examples/course" && pwd)
checks_folder=$(cd "$LOCKSTEP_MODELS/../tests/checks" && pwd)

# nodes_dot FILE CLASS: how many nodes of a class graphviz reads there ('': of any).
nodes_dot() {
    dot -Tdot_json "$1" | python3 -c '
import json, sys
nodes = json.load(sys.stdin).get("objects", [])
print(sum("nodes" not in n and (not sys.argv[1] or sys.argv[1] in n.get("class", "").split()) for n in nodes))' "$2"
}

# nodes_svg FILE CLASS: the same of a picture.
nodes_svg() {
    python3 -c '
import sys, xml.etree.ElementTree as tree
groups = tree.parse(sys.argv[1]).iter("{http://www.w3.org/2000/svg}g")
classes = [g.get("class", "").split() for g in groups]
print(sum("node" in c and (not sys.argv[2] or sys.argv[2] in c) for c in classes))' "$1" "$2"
}

# same WHAT ACTUAL EXPECTED
same() {
    checks=$((checks + 1))
    [ "$2" = "$3" ] || fail "$command_line: $1: $2, expected $3"
}

recorded() { sed -n "s/^ *\"$1\": \([0-9]*\),\$/\1/p" result.json | head -1; }

# ---- States: as many as `check` explores, whatever the reductions ---------------------------------------------------

for model in "$course/01_lost_update/fixed.c" "$course/04_lock_order/fixed.c" "$checks_folder/daemon.c -D FIXED"; do
    for how in '' '--no-reduction all'; do
        # shellcheck disable=SC2086
        run check $model $how --quiet --json result.json
        expect 0
        # shellcheck disable=SC2086
        run graph $model $how --states --limit 2000 -o states.dot
        expect 0
        expect_empty out
        expect_text err "^$(recorded states) states?, $(recorded transitions) transitions?: all that can be reached"
        same states "$(nodes_dot states.dot state)" "$(recorded states)"
        same nodes "$(nodes_dot states.dot '')" "$(recorded states)"
        same 'initial states' "$(nodes_dot states.dot initial)" 1
        same cuts "$(nodes_dot states.dot cut)" 0
        same violations "$(nodes_dot states.dot violation)" 0
    done
done

# What is wrong is there: an assertion has a node of its own, a deadlock is a state.
run check violated.c --all --quiet --json result.json
run graph violated.c --states -o states.svg
expect 0
same states "$(nodes_svg states.svg state)" "$(recorded states)"
same violations "$(nodes_svg states.svg violation)" 2
expect_text states.svg 'assertion failed: x == NR_CPUS'
expect_text states.svg 'CPU1 task/1, line 6'
run graph "$course/04_lock_order/buggy.c" --states -o states.svg
same violations "$(nodes_svg states.svg violation)" 1
expect_text states.svg 'deadlock: customer/0, customer/1 can never go on'
run graph "$checks_folder/livelock.c" --states -o states.svg
same violations "$(nodes_svg states.svg violation)" 4

# ---- The cut ---------------------------------------------------------------------------------------------------------

run graph violated.c --states --limit 5
expect 0
expect_text err '^cut: the first 5 states are shown, breadth first; [0-9]+ steps lead from them to [0-9]+ states not shown'
expect_text out 'cut: the first 5 states'
same states "$(nodes_dot out state)" 5
same notes "$(nodes_dot out note)" 1
checks=$((checks + 1))
[ "$(nodes_dot out cut)" -ge 1 ] || fail 'no state is marked as having steps that are not shown'
run graph large.c --states -o cut.dot  # the size that --help states
expect 0
same states "$(nodes_dot cut.dot state)" 200
run graph --help
expect_text out 'default 200, at most 10000'

# ---- Automata --------------------------------------------------------------------------------------------------------

run graph violated.c --automata -o automata.svg
expect 0
expect_text err '^2 automata, [0-9]+ locations, [0-9]+ transitions'
expect_text automata.svg 'body, run by task/0, task/1'
expect_text automata.svg 'x\+\+;'
run show violated.c
locations=$(sed -n '/^body:/,/^$/p' out | grep -c '^  L[0-9]')
run graph violated.c --automata --automaton body
expect 0
expect_text err '^1 automaton, '
same locations "$(nodes_dot out '')" "$locations"
refused "there is no automaton 'nobody'" graph violated.c --automata --automaton nobody
run graph "$LOCKSTEP_MODELS/scenarios/migrate_swap.c" --automata -o large.dot
expect 0
expect_text err 'nodes are hardly readable in one picture; --automaton NAME draws one of .*fault \([0-9]+\)'
expect_text large.dot '^digraph'

# ---- Who waits for whom ----------------------------------------------------------------------------------------------

run graph "$course/04_lock_order/buggy.c" --waits -o waits.dot
expect 1
expect_empty out
expect_text err '^violated: deadlock, permanent: customer/0'
same nodes "$(nodes_dot waits.dot '')" 2
checks=$((checks + 1))
[ "$(grep -c -- '->.*class="cycle"' waits.dot)" -eq 2 ] || fail 'the cycle has two edges'
run graph "$LOCKSTEP_MODELS/scenarios/migrate_swap.c" --before 0b26351b910f --waits -o waits.svg
expect 1
same nodes "$(nodes_svg waits.svg '')" 2
expect_text waits.svg 'waits for cpu_stopper\[0\]\.lock\.owner'
run graph "$LOCKSTEP_MODELS/scenarios/stop_machine_oom.c" --waits
expect 1
expect_text out 'mysqld:[0-9]+ on CPU0.*can go on'
expect_no_text out 'class="cycle"'

# nothing_drawn STATUS REASON ARGUMENTS...: there is no file then, and one that was there stays.
nothing_drawn() {
    local expected=$1 reason=$2
    shift 2
    rm -f new.svg
    echo old >old.svg
    run graph "$@" -o new.svg
    expect "$expected"
    expect_text err "$reason"
    run graph "$@" -o old.svg
    checks=$((checks + 1))
    [ ! -e new.svg ] && [ "$(cat old.svg)" = old ] && [ -z "$(find . -name '.*.svg.*')" ] || fail "$command_line: files are left"
}
nothing_drawn 0 '^nothing is drawn: no violation was found' holds.c --waits
nothing_drawn 1 '^nothing is drawn: nobody waits' violated.c --waits
nothing_drawn 3 '^unknown: ' large.c --waits --max-states 100

# ---- Without graphviz, and with one that takes too long ---------------------------------------------------------------

mkdir none slow
printf '#!/bin/sh\nexec /bin/sleep 600\n' >slow/dot
chmod +x slow/dot
run() {
    command_line="lockstep $*"
    status=0
    PATH=$dot_path "$lockstep" "$@" >out 2>err </dev/null || status=$?
}
dot_path=$directory/none
nothing_drawn 2 'not installed' violated.c --states
expect_text err 'apt-get install graphviz'
run graph violated.c --states -o states.dot
expect 0
dot_path=$directory/slow
nothing_drawn 2 'has not drawn this in 0.2 seconds' violated.c --states --draw-timeout 0.2
expect_text err 'sfdp'
# Ctrl-C ends graphviz, too.
printf '#!/bin/sh\necho $$ >pid\nexec /bin/sleep 600\n' >slow/dot
status=0
PATH=$directory/slow:$PATH "$lockstep" graph violated.c --states -o new.svg >out 2>err &
pid=$!
for _ in $(seq 100); do [ -s pid ] && break; sleep 0.05; done
kill -INT $pid
wait $pid || status=$?
command_line='lockstep graph, interrupted'
expect 3
expect_text err '^nothing is drawn: interrupted'
checks=$((checks + 1))
[ ! -e new.svg ] && ! kill -0 "$(cat pid)" 2>/dev/null || fail 'graphviz still runs'
dot_path=$PATH

# ---- Bad input -------------------------------------------------------------------------------------------------------

refused 'Exactly 1 option' graph violated.c
refused 'Exactly 1 option' graph violated.c --states --waits
refused 'ending does not say' graph violated.c --states -o picture.jpg
refused 'ending does not say' graph violated.c --states -o violated.c
refused 'cannot write no/such/place.svg' graph violated.c --states -o no/such/place.svg
refused '--limit requires --states' graph violated.c --automata --limit 3
refused 'between 1 and 10000' graph violated.c --states --limit 0
refused 'between 1 and 10000' graph violated.c --states --limit 10001
refused '--threads requires --waits' graph violated.c --states --threads 2
refused '--automaton requires --automata' graph violated.c --waits --automaton body
refused 'number of seconds' graph violated.c --states --draw-timeout 0
refused 'missing\.c' graph missing.c --states
checks=$((checks + 1))
grep -q 'x++' violated.c || fail 'the model has been overwritten'

finish
