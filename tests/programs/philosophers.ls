# Five dining philosophers who all take the left fork first.
# states: 392 (spin agrees)
# expect: violated deadlock
const N = 5
var fork: bool[N]    # taken

automaton Philosopher(i) {
    location thinking await, one await, eating, leaving
    thinking -> one       when !fork[i] { fork[i] := 1 }
    one -> eating         when !fork[(i + 1) % N] { fork[(i + 1) % N] := 1 }
    eating -> leaving     { fork[(i + 1) % N] := 0; progress }
    leaving -> thinking   { fork[i] := 0 }
}

process p0: Philosopher(0)
process p1: Philosopher(1)
process p2: Philosopher(2)
process p3: Philosopher(3)
process p4: Philosopher(4)
