# A bounded buffer under a lock, with two producers and two consumers; consumers see what producers put there.
# states: 1006 (spin agrees)
# expect: holds
const SIZE = 2
var buffer: u2[SIZE]
var head: u1
var count: u2
var lock: bool
var empty: u2 = 2    # semaphores
var full: u2
var last: u2         # what was taken out last

automaton Producer(i) {
    location idle await, want_lock await, put, unlock, signal
    idle -> want_lock      when empty > 0 { empty := empty - 1 }
    want_lock -> put       when !lock { lock := 1 }
    put -> unlock          { buffer[(head + count) & 1] := i; count := count + 1 }
    unlock -> signal       { lock := 0 }
    signal -> idle         { full := full + 1; progress }
}

automaton Consumer {
    location idle await, want_lock await, take, unlock, signal
    idle -> want_lock      when full > 0 { full := full - 1 }
    want_lock -> take      when !lock { lock := 1 }
    take -> unlock         { last := buffer[head]; buffer[head] := 0; head := head ^ 1; count := count - 1 }
    unlock -> signal       { lock := 0 }
    signal -> idle         { empty := empty + 1; progress }
}

process p1: Producer(1)
process p2: Producer(2)
process c1: Consumer
process c2: Consumer
invariant never_too_full: count <= SIZE
