# Lamport's bakery for three processes. Tickets end at LIMIT: who would draw a higher one comes back later.
# states: 31341 (spin agrees)
# expect: holds
const N = 3
const LIMIT = 4
var choosing: bool[N]
var number: u3[N]
var inside: u2

automaton P(i) {
    local k: u2
    local highest: u3
    location outside, draw, drawn, look await, compare await, critical, leaving
    outside -> draw        { choosing[i] := 1 }
    draw -> draw           when k < N { highest := number[k] > highest ? number[k] : highest; k := k + 1 }
    draw -> drawn          when k == N && highest < LIMIT { number[i] := highest + 1; highest := 0; k := 0 }
    draw -> outside        when k == N && highest == LIMIT { choosing[i] := 0; k := 0; highest := 0 }
    drawn -> look          { choosing[i] := 0 }
    look -> compare        when k < N && !choosing[k]
    look -> critical       when k == N { k := 0 }
    compare -> look        when number[k] == 0 || number[k] > number[i] || number[k] == number[i] && k >= i
                           { k := k + 1 }
    critical -> leaving    { inside := inside + 1 }
    leaving -> outside     { inside := inside - 1; number[i] := 0; progress }
}

process p0: P(0)
process p1: P(1)
process p2: P(2)
invariant mutual_exclusion: inside <= 1
