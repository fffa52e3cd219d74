#!/usr/bin/env bash
# `--reduction cpu-symmetry`: what is said of the states, with other reductions, with checkpoints, and where it is not
# used.
. "$(dirname "$0")/support.sh"
write_models

# CPUs count to two each; the second one to come is late.
cat >alike.ls <<'P'
cpus 4
per_cpu var mine: u4
automaton A { location a, b, c finished
    a -> b { per_cpu(mine, own.cpu) := 1 }
    b -> c { per_cpu(mine, own.cpu) := 2 } }
process p0: A cpu 0
process p1: A cpu 1
process p2: A cpu 2
process p3: A cpu 3
P
cat >late.ls <<'P'
cpus 3
var who: u8 = 255
automaton A { location a, b, d finished
    a -> b when who == 255 { who := own.cpu }
    a -> b when who != 255 && who != own.cpu { report "assertion" "late" stops }
    b -> d when who == own.cpu { } }
process p0: A cpu 0
process p1: A cpu 1
process p2: A cpu 2
P

run check alike.ls
expect 0
expect_text out '^holds: 4 CPUs, all 81 reachable states explored$'
run check alike.ls --reduction cpu-symmetry
expect 0
expect_text out '^holds: 4 CPUs, all 15 reachable states explored, counted up to exchange of CPUs$'
expect_text out 'reductions: .*cpu-symmetry'
expect_empty err
run check alike.ls --reduction cpu-symmetry --reduction stubborn-sets
expect 0
expect_text out '^holds: .* that stubborn sets leave, counted up to exchange of CPUs$'
run check alike.ls --reduction cpu-symmetry --reduction auto --search dfs
expect 0
expect_text out '^holds: 4 CPUs, all 15 reachable states explored, counted'

run check late.ls --all --reduction cpu-symmetry --json late.json
expect 1
expect_text out '^violated: assertion: '
expect_text out '^  \(and the same with CPU [0-2], [0-2] for [0-2]\)$'
run replay late.json
expect 1
expect_text out '^violated: assertion: '
expect_text out '^  \(and the same with CPU [0-2], [0-2] for [0-2]\)$'

run check alike.ls --reduction cpu-symmetry --max-states 8 --checkpoint alike.state
expect 3
expect_text out '^unknown: .* left, counted up to exchange of CPUs$'
run check alike.ls --reduction cpu-symmetry --resume alike.state
expect 0
expect_text out '^holds: 4 CPUs, all 15 reachable states explored, counted'
refused 'another search.*cpu-symmetry: on there, off here' check alike.ls --resume alike.state
refused 'excludes' check alike.ls --approximate hash --reduction cpu-symmetry

# Where it has nothing to work on, that is said.
run check holds.c --reduction cpu-symmetry --cpus 1
expect 0
expect_text out '^holds: 1 CPU, all [0-9,]+ reachable states explored$'
expect_text out '^warning: .*cpu-symmetry.*--explain-symmetry'
run check alike.ls --reduction cpu-symmetry --no-false-blame
expect 0
expect_text out '^holds: 4 CPUs, all 81 reachable states explored$'
expect_text out '^warning: .*cpu-symmetry.*--no-false-blame'
refused 'cpu-symmetry' check alike.ls --no-reduction cpu-symmetry
refused 'one CPU of several' compare holds.c --patch missing.patch --reduction cpu-symmetry

# A loop over a mask tells CPUs apart by their numbers, unless it may take them in any order.
loop=$LOCKSTEP_MODELS/../tests/models/cpumask_any_order.c
run check $loop --cpus 4 --explain-symmetry
expect 0
expect_text out '^CPUs 0-3 are like no others$'
expect_text out 'cpumask.h:[0-9]*: a CPU.s number is used in arithmetic'
run check $loop --cpus 4 --explain-symmetry -D CONFIG_CPUMASK_ANY_ORDER=1
expect 0
expect_text out '^CPUs 1-3 are interchangeable$'
run check $loop --cpus 12 --reduction cpu-symmetry -D CONFIG_CPUMASK_ANY_ORDER=1
expect 0
expect_text out '^holds: 12 CPUs, .*, counted up to exchange of CPUs$'

finish
