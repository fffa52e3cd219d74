# Every construct of the language once; the tests read, print and read it again.
program "everything"
cpus 2
tick 500
const N = 3
enum color "colour": u8 { RED = 0, GREEN = 1, BLUE = 7 }
struct node { next: ptr node, value: i32, tag: color, "odd name": u3 }
union both { as_int: i32, as_pointer: ptr void }
struct list { head: node, nodes: node[N], grid: u8[2][3], any: both, handlers: fn[2], stamp: time, words: (ptr i8)[2] }
function start, stop
strings { "first" "second \"quoted\"\n" }
var lists: list[2] = [0: &lists + 4, 1: -7, 2: 7, 28: start, 29: stop]
var matrix: u8[2][3] = { 1, 2, 3, 4, 5, 6 }
var where: ptr node = &lists + 4
var name: ptr i8 = "second"
var stamp: time = never
var big: u64 = -1
per_cpu var stopper: list hardware
var lock: ptr void steady = null
var limits: u8[3] steady [0, 2]
var record: node steady [3] undefinable [0, 1]
var shadow: both undefinable
var counter: u8 unaliased = 3

automaton worker(who) {
    local i, j: i32
    local c: color
    local p: ptr node
    local f: fn
    local s: ptr i8
    local b: bool
    local tmp: node in memory
    local q: u8
    location first, second await, third, fourth atomic, last finished
    first -> second choose i in 0..N - 1 when own.cpu == who { undefine tmp; p := &tmp; tmp.next := null; tmp.value := i }
    second -> third when p->next == null && p->value < 10 || !b && lists[1].head.tag == GREEN {
        p->value := -p->value + ~i * 2 % 5 - (3 - 1) / 2;
        q := q + 1;
        q := (q + 1 : u8);
        c := p->tag;
        lists[i].nodes[j].value := lists[1].nodes[2].value << 2 >> 1 & 7 | 8 ^ 3;
        lists[i].grid[1][j] := q as i8 as u8;
        matrix[i % 2][1] := matrix[1i32][2];
        f := start;
        s := name;
        s := "first";
        where := &lists[0].nodes[1] + 1;
        i := where - &lists[0].nodes[0];
        p := field(&p->value, -1) as ptr node;
        p := (element(&lists[0].head, i, 4, 0) : ptr node);
        j := between(p, where, 1);
        lock := slot(lists, 3);
        copy &lists[0].head, &tmp, 4;
        invalidate &lists[1].any, 2;
        store &lists[1].any, 5;
        per_cpu(stopper, own.cpu).head.value := per_cpu(stopper, 1 - own.cpu).nodes[i].value;
        stamp := never
    }
    third -> fourth when (b ? i : j) >= N { b := i == j; report "soft_lockup" "CPU %d stuck for %d%%" (i, 3u8) cpu i task j; progress }
    third -> last when !((b ? i : j) >= N) { kill tmp; kill i; prune }
    fourth -> last { i := own.argument + own.task; j := own.process; age; report "assertion" "false" stops }
}

automaton clock {
    location only
    only -> only settled { age }
}

process w0 "worker/0": worker(0) kind task task 0 pid 17 cpu 0 running big != 0
process w1 "worker/1": worker(1) kind task task 1 daemon cpu 1 own_task own.cpu + 1
process ticks: clock kind clock
invariant never_stuck: matrix[0][0] < 6 || big == 0
