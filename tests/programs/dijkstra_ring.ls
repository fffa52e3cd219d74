# Dijkstra's self-stabilising token ring (K-state machines), started in any state: somebody always has the privilege.
# states: 1296 (spin agrees)
# expect: holds
const N = 4
const K = 5
var x: u3[N]
var started: u3

automaton Bottom {
    local first: u3
    location unknown, ring await
    unknown -> ring    choose first in 0..K - 1 { x[0] := first; first := 0; started := started + 1 }
    ring -> ring       when started == N && x[0] == x[3] { x[0] := (x[0] + 1) % K; progress }
}

automaton Other(i) {
    local first: u3
    location unknown, ring await
    unknown -> ring    choose first in 0..K - 1 { x[i] := first; first := 0; started := started + 1 }
    ring -> ring       when started == N && x[i] != x[i - 1] { x[i] := x[i - 1]; progress }
}

process bottom: Bottom
process p1: Other(1)
process p2: Other(2)
process p3: Other(3)
invariant somebody_has_the_privilege: started < N || x[0] == x[3] || x[1] != x[0] || x[2] != x[1] || x[3] != x[2]
