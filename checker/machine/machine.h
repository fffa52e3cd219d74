// The machine: CPUs, contexts, tasks, interrupts, NMI and time, as variables and transitions of the Program.
//
//   declare()      before the C code is read: adds the machine's variables to the Program
//   lower()        while it is read: what an intrinsic (models/include/lockstep.h) does, as guard, effect and value
//   add_handler()  wraps a handler's body: its automaton begins with "pending and deliverable" and ends with the return
//   instantiate()  after boot has run: adds a process for each task, handler and hook, and the clock
//
// What a CPU is doing follows from its variables alone (all per CPU unless said otherwise):
//
//   current          task number on this CPU, -1 none
//   context          0: the task runs; 1 + vector: that interrupt's handler runs on top of it; interrupt_first:
//   neither,
//                    some interrupt comes first
//   irqs_off         interrupts are disabled
//   halted           in ls_halt, until an interrupt has been handled
//   stolen           ticks for which the hypervisor has taken the CPU away
//   pending[v]       interrupt v has been raised and not yet been delivered
//   timer[v]         ticks until v is raised; 0: not running
//   due              a bit for each v that its timer has raised
//   task_cpu[t]      (global) the CPU that task t runs on or last ran on
//   task_data[t]     (global) what ls_set_task_data said
//   in_hook[t]       (global) task t is in its exit hook
//   delay[p]         (global) ticks that process p still has to spend in ls_delay
//
// A pending interrupt may be delivered any number of steps later: it may still be on its way from another CPU, and a
// timer may expire a little before or after what else happens in the same tick. But one that a timer raised while it
// could not be delivered, with interrupts off or the CPU stolen, comes as soon as it can, before the CPU does anything
// else. (So it finds what kept it waiting, and does not blame whoever runs next.)
#pragma once

#include "program/program.h"

#include <span>
#include <string_view>

namespace lockstep::machine {

inline constexpr std::uint32_t max_vectors = 16;
/// An NMI of this vector (LS_OBSERVER) is no part of what is modelled: it comes to a stolen CPU, too.
inline constexpr std::uint32_t observer_vector = max_vectors - 1;
inline constexpr std::uint32_t interrupt_first = 1 + max_vectors;  // a value of `context`
inline constexpr std::uint32_t max_tasks = 500;       // during boot; afterwards there are as many as were created
inline constexpr std::uint32_t max_processes = 4096;  // during boot, likewise

struct Machine {
    VariableId current, context, irqs_off, halted, stolen, pending, timer, due;
    VariableId task_cpu, task_data, in_hook, delay;
    // What boot says, read by instantiate() and then gone:
    VariableId task_count, task_entry, task_argument, task_pid, task_flags, task_name, task_name_number;
    VariableId handler, handler_is_nmi;
    TypeId int_type, bool_type, void_pointer_type, time_type;
};

/// Adds the machine's variables; the Program's `cpus` is already set.
Machine declare(Program& program);

/// What a call of an intrinsic does: one transition with this guard and effect; then `value` is its result (none for
/// void), to be evaluated before the next step of anybody. After a transition `blocks_after` (a second guard) must hold
/// before the task goes on: ls_delay, ls_switch_to, ls_halt.
struct Lowered {
    ExpressionId guard = {};
    std::vector<Statement> effect = {};
    ExpressionId value = {};
    ExpressionId blocks_after = {};
    bool value_is_shared = false;  // evaluating `value` reads what others may change: a step of its own
};

/// True for the names that lower() knows. ls_await, ls_choose, ls_assume, ls_assert, ls_report, ls_fail, ls_progress,
/// ls_per_cpu_address, ls_own_cpu_address and cpu_relax belong to the language, not to the machine, and are not among
/// them.
bool is_intrinsic(std::string_view name);

/// The arguments are expressions over constants and locals. `name_format` is the string of ls_create_task.
Lowered lower(Program& program, const Machine& machine, std::string_view name, std::span<const ExpressionId> arguments);

/// Functions that may become automata of their own, by what they are passed to.
struct Entries {
    std::vector<std::pair<FunctionId, AutomatonId>> tasks;
    std::vector<std::pair<FunctionId, AutomatonId>> handlers;  // bodies, already wrapped by wrap_handler()
    std::vector<std::pair<FunctionId, AutomatonId>> nmis;      // the same functions wrapped as NMIs
    AutomatonId exit_hook;                                     // wrapped by wrap_exit_hook(); none: the model has none
};

/// Turn the automaton of a plain function body into that of a handler, an NMI's handler, or the exit hook: a waiting
/// location in front, the return from the interrupt at the end, and back to the front. `exit_hook_exists` says whether
/// a handler's end has to start the hook.
void wrap_handler(Program& program, const Machine& machine, AutomatonId body, bool exit_hook_exists);
void wrap_nmi(Program& program, const Machine& machine, AutomatonId body);
void wrap_exit_hook(Program& program, const Machine& machine, AutomatonId body);

/// Runs boot and adds the processes. Throws InputError: no task was created, boot failed, boot's choices disagree on
/// which tasks there are, boot did not end within its limit of steps.
void instantiate(Program& program, Machine& machine, const Entries& entries);

}  // namespace lockstep::machine
