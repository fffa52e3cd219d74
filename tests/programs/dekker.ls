# Dekker's algorithm: mutual exclusion of two processes, the first one found.
# states: 106 (spin agrees)
# expect: holds
var flag: bool[2]
var turn: u1
var inside: u2

automaton P(i) {
    location outside, test, contend, give_way, wait_turn await, want_again, critical, leaving, unlock
    outside -> test           { flag[i] := 1 }
    test -> critical          when !flag[1 - i]
    test -> contend           when flag[1 - i]
    contend -> test           when turn == i
    contend -> give_way       when turn != i
    give_way -> wait_turn     { flag[i] := 0 }
    wait_turn -> want_again   when turn == i
    want_again -> test        { flag[i] := 1 }
    critical -> leaving       { inside := inside + 1 }
    leaving -> unlock         { inside := inside - 1; turn := 1 - i }
    unlock -> outside         { flag[i] := 0; progress }
}

process p0: P(0)
process p1: P(1)
invariant mutual_exclusion: inside <= 1
