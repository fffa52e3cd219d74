# Chang and Roberts: the highest number on a one-way ring of five is elected, and only that one.
# states: 1569 (spin agrees)
# expect: holds
const N = 5
var inbox: u3[N]     # one message; 0: empty
var leaders: u3

automaton Node(i) {
    local number, seen: u3
    location start, announce await, listen await, judge, forward await, elected finished
    start -> announce     { number := i * 2 % N + 1 }
    announce -> listen    when inbox[(i + 1) % N] == 0 { inbox[(i + 1) % N] := number }
    listen -> judge       when inbox[i] != 0 { seen := inbox[i]; inbox[i] := 0 }
    judge -> forward      when seen > number
    judge -> listen       when seen < number { seen := 0 }
    judge -> elected      when seen == number { leaders := leaders + 1 }
    forward -> listen     when inbox[(i + 1) % N] == 0 { inbox[(i + 1) % N] := seen; seen := 0 }
}

process n0: Node(0) daemon
process n1: Node(1) daemon
process n2: Node(2) daemon
process n3: Node(3) daemon
process n4: Node(4) daemon
invariant one_leader: leaders <= 1
