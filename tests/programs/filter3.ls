# Peterson's filter lock for 3 processes: one after the other is held back on each of 2 levels.
# states: 2415 (spin agrees)
# expect: holds
const N = 3
var level: u3[N]
var last: u3[N]
var inside: u3

automaton P(i) {
    local l, k: u3
    location outside, announce, claim, scan await, critical, leaving
    outside -> announce    { l := 1 }
    announce -> claim      { level[i] := l }
    claim -> scan          { last[l] := i; k := 0 }
    scan -> scan           when k < N && (k == i || level[k] < l || last[l] != i) { k := k + 1 }
    scan -> announce       when k == N && l < N - 1 { l := l + 1 }
    scan -> critical       when k == N && l == N - 1
    critical -> leaving    { inside := inside + 1 }
    leaving -> outside     { inside := inside - 1; level[i] := 0; l := 0; k := 0; progress }
}

process p0: P(0)
process p1: P(1)
process p2: P(2)
invariant mutual_exclusion: inside <= 1
