program "random machine"
cpus 1
tick 1000
files { "random" }
function handler0
function task0
function task1
strings {
    "t%d"
}
frame 0 "handler0"
frame 1 "handler0"
frame 2 "handler0"
frame 3 "handler0"
frame 4 "handler0"
frame 5 "handler0"
frame 6 "task0"
frame 7 "task0"
frame 8 "task0"
frame 9 "task0"
frame 10 "task0"
frame 11 "task0"
frame 12 "task0"
frame 13 "task0"
frame 14 "task1"
frame 15 "task1"
frame 16 "task1"
frame 17 "task1"
frame 18 "task1"
frame 19 "task1"
frame 20 "task1"
frame 21 "boot"
frame 22 "boot"
frame 23 "boot"
frame 24 "boot"
frame 25 "boot"
frame 26 "boot"
frame 27 "boot"
frame 28 "boot"
frame 29 "boot"
frame 30 "clock"
per_cpu var ls_current: i10 hardware unaliased = -1
per_cpu var ls_context: u8 hardware steady unaliased
per_cpu var ls_irqs_off: u1 hardware steady unaliased
per_cpu var ls_halted: u1 hardware unaliased
per_cpu var ls_stolen: u16 hardware unaliased
per_cpu var ls_pending: u1[16] hardware unaliased
per_cpu var ls_timer: u16[16] hardware unaliased
per_cpu var ls_due: u16 hardware unaliased
var ls_task_cpu: u8[2] hardware steady [0, 1, 2] unaliased
var ls_task_data: (ptr void)[2] hardware steady [0, 1, 2] unaliased
var ls_in_hook: u1[2] hardware unaliased
var ls_delay: u16[4] hardware unaliased
var ls_task_count: i32 hardware unaliased
var ls_task_entry: fn[1] hardware unaliased
var ls_task_argument: (ptr void)[1] hardware unaliased
var ls_task_pid: i32[1] hardware unaliased
var ls_task_flags: i32[1] hardware unaliased
var ls_task_name: (ptr i8)[1] hardware unaliased
var ls_task_name_number: i32[1] hardware unaliased
var ls_handler: fn[1] hardware unaliased
var ls_handler_is_nmi: u1[1] hardware unaliased
per_cpu var c0: u2 steady unaliased
per_cpu var c1: u2 steady unaliased
per_cpu var c2: u2 steady [] unaliased
var g0: u2 steady unaliased
var g1: u2 steady [] unaliased
var row: u2[1] steady unaliased
automaton handler0 {
    local r: u2
    local s: u2
    location l0 passed frame 0 @0:1:1
    location l1 frame 1 @0:2:1
    location l2 await passed frame 2 @0:4:1
    location l3 atomic passed frame 3 @0:6:1
    location l4 passed frame 4 @0:8:1
    location l5 passed frame 5 @0:10:1
    location l6 entry await settles frame 0 @0:1:1
    l0 -> l1 @0:3:1 { r := per_cpu(c0, own.cpu); }
    l1 -> l2 @0:5:1 { per_cpu(ls_pending, 0)[0] := 1; }
    l2 -> l3 @0:7:1 { g1 := r; kill r; }
    l3 -> l4 @0:9:1
    l4 -> l5 @0:11:1
    l6 -> l0 when per_cpu(ls_pending, own.cpu)[own.argument] && (!per_cpu(ls_context, own.cpu) || per_cpu(ls_context, own.cpu) == 17) && !per_cpu(ls_irqs_off, own.cpu) && !per_cpu(ls_stolen, own.cpu) @0:1:1 { per_cpu(ls_pending, own.cpu)[own.argument] := 0; per_cpu(ls_context, own.cpu) := (own.argument + 1) as u8; per_cpu(ls_due, own.cpu) := (per_cpu(ls_due, own.cpu) & (~(1 << own.argument as u16 : u16) : u16) : u16); per_cpu(ls_irqs_off, own.cpu) := 1; per_cpu(ls_halted, own.cpu) := 0; }
    l5 -> l6 @0:10:1 { per_cpu(ls_context, own.cpu) := (per_cpu(ls_due, own.cpu) as u1 ? 17 : 0) as u8; per_cpu(ls_irqs_off, own.cpu) := 0; }
}
automaton task0 {
    local r: u2
    local s: u2
    location l0 settles frame 6 @0:12:1
    location l1 passed frame 7 @0:13:1
    location l2 frame 8 @0:15:1
    location l3 passed frame 9 @0:16:1
    location l4 passed frame 10 @0:19:1
    location l5 frame 11 @0:22:1
    location l6 passed frame 12 @0:23:1
    location l7 passed frame 13 @0:27:1
    l0 -> l1 @0:14:1 { per_cpu(ls_timer, own.cpu)[0] := 1 as u16; }
    l1 -> l2 when (2 - 3 : u2) == 1 @0:17:1
    l1 -> l3 when (2 - 3 : u2) != 1 @0:18:1
    l2 -> l4 @0:20:1 { per_cpu(ls_irqs_off, own.cpu) := 1; }
    l4 -> l3 @0:21:1
    l3 -> l6 when per_cpu(c0, own.cpu) == 3 @0:24:1
    l3 -> l5 when !(per_cpu(c0, own.cpu) == 3) @0:25:1
    l6 -> l5 @0:26:1 { report "warning" ""; }
    l5 -> l7 @0:28:1 { per_cpu(ls_context, own.cpu) := (per_cpu(ls_due, own.cpu) as u1 ? 17 : 0) as u8; per_cpu(ls_irqs_off, own.cpu) := 0; }
    l7 -> l0 @0:29:1 { progress; }
}
automaton task1 {
    local r: u2
    local s: u2
    location l0 frame 14 @0:30:1
    location l1 frame 15 @0:31:1
    location l2 passed frame 16 @0:33:1
    location l3 frame 17 @0:35:1
    location l4 await frame 18 @0:37:1
    location l5 passed frame 19 @0:39:1
    location l6 finished frame 20 @0:41:1
    l0 -> l1 @0:32:1 { per_cpu(c2, own.cpu) := per_cpu(c1, own.cpu); }
    l1 -> l2 @0:34:1 { per_cpu(ls_irqs_off, own.cpu) := 1; }
    l2 -> l3 @0:36:1 { per_cpu(c2, own.cpu) := (3 + 0 : u2); }
    l3 -> l4 @0:38:1 { per_cpu(ls_current, own.cpu) := (own.task % 2 == 0 ? own.task + 1 : own.task - 1) as i10; ls_task_cpu[own.task % 2 == 0 ? own.task + 1 : own.task - 1] := own.cpu as u8; }
    l4 -> l5 @0:40:1
    l5 -> l6 @0:42:1
}
automaton boot {
    local r: u2
    local s: u2
    location l0 frame 21 @0:43:1
}
automaton clock {
    location l0 await settles frame 30
    l0 -> l0 settled { per_cpu(ls_pending, 0)[0] := (per_cpu(ls_pending, 0)[0] || per_cpu(ls_timer, 0)[0] == 1) as u1; per_cpu(ls_due, 0) := (per_cpu(ls_due, 0) | (per_cpu(ls_timer, 0)[0] == 1 ? 1 : 0) : u16); per_cpu(ls_timer, 0)[0] := per_cpu(ls_timer, 0)[0] as u1 ? (per_cpu(ls_timer, 0)[0] - 1 : u16) : per_cpu(ls_timer, 0)[0]; age; }
}
process t0: task0 kind task task 0 pid 10 daemon cpu ls_task_cpu[0i32] as i32 running per_cpu(ls_current, ls_task_cpu[0i32] as i32) == 0 && !per_cpu(ls_context, ls_task_cpu[0i32] as i32) && !per_cpu(ls_stolen, ls_task_cpu[0i32] as i32)
process t1: task1 kind task task 1 pid 11 daemon cpu ls_task_cpu[1i32] as i32 running per_cpu(ls_current, ls_task_cpu[1i32] as i32) == 1 && !per_cpu(ls_context, ls_task_cpu[1i32] as i32) && !per_cpu(ls_stolen, ls_task_cpu[1i32] as i32)
process handler0_on_CPU0 "handler0 on CPU0": handler0 kind interrupt daemon cpu 0 own_task per_cpu(ls_current, 0) as i32 running !per_cpu(ls_stolen, 0)
process clock: clock kind clock cpu 0
state [ 0*8, 1, 0*15, 2, 0*29, 2, 9007199254740993, 0, 10, 1, 4503599627370496, 0, 9007199254740992, 0 ]
