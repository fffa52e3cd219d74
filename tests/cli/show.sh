#!/usr/bin/env bash
# `lockstep show` prints the transitions with C's names; with --dot graphviz can draw them. `check --explain-symmetry`
# says which CPUs are interchangeable.
. "$(dirname "$0")/support.sh"
write_models

run show violated.c
expect 0
expect_text out 'body'
expect_text out 'finished'
expect_empty err
run show --dot violated.c
expect 0
expect_text out '^digraph'
if command -v dot >/dev/null; then
    checks=$((checks + 1))
    dot -Tsvg out >drawing.svg 2>err || fail 'graphviz does not read it'
fi
refused 'missing\.c' show missing.c
refused '1 and 128' show violated.c --cpus 129

run check violated.c --cpus 3 --explain-symmetry
expect 0
expect_text out 'interchangeable|like no other'
expect_empty err

finish
