# Peterson's algorithm: mutual exclusion of two processes.
# states: 26 (spin agrees)
# expect: holds
var flag: bool[2]
var turn: u1
var inside: u2

automaton P(i) {
    location outside, announced, waiting await, critical, leaving
    outside -> announced   { flag[i] := 1 }
    announced -> waiting   { turn := 1 - i }
    waiting -> critical    when !flag[1 - i] || turn == i
    critical -> leaving    { inside := inside + 1 }
    leaving -> outside     { inside := inside - 1; flag[i] := 0; progress }
}

process p0: P(0)
process p1: P(1)
invariant mutual_exclusion: inside <= 1
