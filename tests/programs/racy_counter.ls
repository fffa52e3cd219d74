# Three processes increment a counter twice each, in two steps each time: updates get lost.
# states: 1776 (spin agrees)
# expect: violated invariant no_update_lost
const N = 3
const ROUNDS = 2
var x: u8
var done: u2

automaton P {
    local round: u2
    local seen: u8
    location read, write, end finished
    read -> write    when round < ROUNDS { seen := x }
    write -> read    { x := seen + 1; seen := 0; round := round + 1 }
    read -> end      when round == ROUNDS { done := done + 1 }
}

process p0: P
process p1: P
process p2: P
invariant no_update_lost: done < N || x == N * ROUNDS
