#!/usr/bin/env bash
# `lockstep show` prints the transitions with C's names; with --dot as a graph (see graph.sh). `check --explain-symmetry`
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
refused 'missing\.c' show missing.c
refused '1 and 128' show violated.c --cpus 129

run check violated.c --cpus 3 --explain-symmetry
expect 0
expect_text out 'interchangeable|like no other'
expect_empty err

finish
