// Steps that access memory and yet may join the step before them: left movers (Lipton, "Reduction", CACM 1975; for what
// makes an access one see Flanagan and Qadeer, "A type and effect system for atomicity", PLDI 2003, and Dwyer,
// Hatcliff, Robby and Prasad Ranganath, "Exploiting object escape and locking information in partial-order reductions
// for concurrent object-oriented programs", FMSD 2004).
//
// A process stands at a location, and its next transition accesses only what nobody else can reach before it goes on.
// Then whatever others do meanwhile, the transition could as well have come first: it commutes to the left, up to the
// step that led to the location, and needs no interleaving of its own. Nothing is lost if the process never goes on:
// what it would have written nobody else reads until then, and an invariant, which reads whenever it likes, makes what
// it reads nobody's own. Such are
//   - a local in memory that no pointer points into (passes/find_unaliased);
//   - a global that only this process accesses;
//   - the own CPU's copy of a variable that everybody accesses through his own CPU's number (passes/accesses), while
//   the
//     process keeps the CPU and none of those who may come in between on that CPU (interrupts, the NMI, the clock)
//     accesses it in a way that conflicts.
// A process keeps the CPU from one of its steps to the next
//   - if interrupts are off (passes/interrupts_off): nobody preempts or moves it, and its CPU is not stolen from it; or
//   - if it cannot be preempted: a task without an exit hook that could switch at the end of an interrupt; and no
//   handler
//     changes who runs.
// unless the step before may have handed the CPU on. Which CPU it is is then the same before and after, so that an
// address made with the own CPU's number is, too.
//
// What is left where it is: what may trap, since the error would be found in a state that is not reached; what ages
// with time; what a Report or a Prune follows without an access in between, since that would join as well and be seen
// earlier than others' steps that it depends on; the last step of a process; a guard that may be false, for whoever
// stands there waits, and others see that.
//
// Tested in tests/engine/merging_test.cpp, on random Programs on the machine: what is reached with these steps merged
// is what is reached without and stands at a stopping location, state by state.
#include "passes/left_movers.h"

#include "program/visit.h"

#include <algorithm>
#include <array>

namespace lockstep {

namespace {

bool has_kind(const Program& program, ProcessKind kind)
{
    return std::ranges::any_of(program.processes, [&](const Process& p) { return p.kind == kind; });
}

bool is_harmless(const Statement& statement)
{
    return std::visit(Overloaded{
                          [](const AssignLocal&) { return true; },
                          [](const Store&) { return true; },
                          [](const Undefine&) { return true; },
                          [](const Kill&) { return true; },
                          [](const Progress&) { return true; },
                          [](const auto&) { return false; },
                      },
                      statement);
}

/// Whether an expression may trap, even though what it reads has values. The machine's indices are in range.
bool may_trap(const Program& program, ExpressionId e)
{
    const Expression& expression = program.expressions[e];
    if (const auto* binary = std::get_if<Binary>(&expression.node)) {
        const bool is_delicate = binary->op == BinaryOp::divide || binary->op == BinaryOp::remainder ||
                                 binary->op == BinaryOp::shift_left || binary->op == BinaryOp::shift_right ||
                                 binary->op == BinaryOp::slots_between;
        if (is_delicate && !std::holds_alternative<Constant>(program.expressions[binary->right].node)) return true;
    }
    if (const auto* element = std::get_if<ElementAddress>(&expression.node)) {
        const auto* index = std::get_if<Constant>(&program.expressions[element->index].node);
        const auto* base = std::get_if<AddressOf>(&program.expressions[element->base].node);
        const bool is_hardware = base != nullptr && program.variables[base->variable].is_hardware;
        const bool is_in_range = index != nullptr && index->value >= 0 && index->value < element->count;
        if (!is_hardware && !is_in_range) return true;
    }
    return std::ranges::any_of(operands_of(expression),
                               [&](ExpressionId operand) { return may_trap(program, operand); });
}

/// Locations from which a process may go on to a Report or a Prune without accessing memory.
std::vector<bool> before_reports(const Program& program, const Automaton& automaton)
{
    std::vector<bool> before(automaton.locations.size(), false);
    const auto reads_memory = [&](const Transition& transition) {
        bool found = false;
        for_each_access(program, transition, [&](const Access&) { found = true; });
        return found;
    };
    std::vector<LocationId> work;
    std::vector<std::vector<LocationId>> incoming(automaton.locations.size());
    for (const Transition& t : automaton.transitions) {
        const bool reports = std::ranges::any_of(t.effect, [](const Statement& s) {
            return std::holds_alternative<Report>(s) || std::holds_alternative<Prune>(s);
        });
        if (!reports && !reads_memory(t)) incoming[t.target.index].push_back(t.source);
        if (!reports || before[t.source.index]) continue;
        before[t.source.index] = true;
        work.push_back(t.source);
    }
    while (!work.empty()) {
        const LocationId target = work.back();
        work.pop_back();
        for (LocationId source : incoming[target.index]) {
            if (before[source.index]) continue;
            before[source.index] = true;
            work.push_back(source);
        }
    }
    return before;
}

}  // namespace

/// What may come in between while a process stands at a location, apart from other CPUs.
struct LeftMovers::Place {
    AutomatonId automaton;
    bool is_only_process = false;  // of its automaton
    bool keeps_cpu = false;        // no task runs on its CPU meanwhile
    Kinds others;                  // if it keeps the CPU: who comes in on it
};

LeftMovers::LeftMovers(const Program& the_program)
    : program(the_program),
      accesses(program),
      steady(program),
      machine(machine_variables(program)),
      kinds(program.automata.size()),
      processes(program.automata.size(), 0)
{
    for (const Process& process : program.processes) {
        kinds[process.automaton].add(process.kind);
        ++processes[process.automaton];
    }
    has_exit_hook = has_kind(program, ProcessKind::exit_hook);
    if (machine && !is_machine_sound()) machine.reset();
    if (machine)
        handlers_switch = accesses.use(machine->current, 0)
                              .writers.meets({ProcessKind::interrupt, ProcessKind::nmi, ProcessKind::clock});
}

/// Who runs on a CPU is changed on that CPU only, and everybody who runs is on one.
bool LeftMovers::is_machine_sound() const
{
    std::vector<bool> is_invariant(program.processes.size(), false);
    for (const Invariant& invariant : program.invariants) is_invariant[invariant.process.index] = true;
    for (ProcessId p : ids_of(program.processes))
        if (program.processes[p].kind == ProcessKind::plain && !is_invariant[p.index]) return false;
    return std::ranges::none_of(std::array{machine->current, machine->context, machine->irqs_off},
                                [&](VariableId v) { return accesses.use(v, 0).is_written_from_elsewhere; });
}

LeftMovers::Place LeftMovers::place_of(AutomatonId automaton, ProcessKind kind, const Standing& standing) const
{
    Place place;
    place.automaton = automaton;
    place.is_only_process = processes[automaton] == 1;
    if (!machine || standing.may_have_handed_on || handlers_switch) return place;
    const bool is_preemptible = kind == ProcessKind::task && has_exit_hook;
    const bool is_in_handler = kind == ProcessKind::interrupt;
    place.keeps_cpu = !standing.is_interruptible || (!is_preemptible && !is_in_handler);
    place.others = {ProcessKind::nmi};
    if (standing.is_interruptible) place.others.add(ProcessKind::interrupt);
    // Time passes while it stands there only if it does not run.
    const bool may_be_stolen = !accesses.use(machine->stolen, 0).writers.is_empty();
    if (standing.is_interruptible || may_be_stolen) place.others.add(ProcessKind::clock);
    return place;
}

bool LeftMovers::is_private(const SlotUse& use, const Access& access, const Place& place) const
{
    if (access.writes && use.readers.contains(ProcessKind::plain) && !program.invariants.empty()) return false;
    const bool is_alone = !use.has_several_automata && use.only_automaton == place.automaton && place.is_only_process;
    if (is_alone && program.variables[access.variable].storage == Storage::global) return true;
    const bool is_own = access.is_own_copy || (machine && access.variable == machine->in_hook);
    if (!is_own || !place.keeps_cpu) return false;
    const bool from_elsewhere = (use.is_written_from_elsewhere || (access.writes && use.is_read_from_elsewhere)) &&
                                !(machine && access.variable == machine->in_hook);
    return !from_elsewhere && !use.writers.meets(place.others) && !(access.writes && use.readers.meets(place.others));
}

bool LeftMovers::is_private(const Access& access, const Place& place) const
{
    if (!access.variable.valid()) return false;
    const Variable& variable = program.variables[access.variable];
    if (variable.storage == Storage::local) return variable.is_unaliased;
    if (!accesses.is_known(access.variable)) return false;
    for (std::uint32_t slot = access.first; slot <= access.last; ++slot)
        if (!is_private(accesses.use(access.variable, slot), access, place)) return false;
    return true;
}

bool LeftMovers::is_left_mover(const Transition& transition, const Place& place) const
{
    if (transition.when_settled || !std::ranges::all_of(transition.effect, is_harmless)) return false;
    bool all = std::ranges::none_of(expressions_of(transition), [&](ExpressionId e) { return may_trap(program, e); });
    for_each_access(program, transition, [&](const Access& access) {
        all = all && ((!access.writes && steady.contains(access.address)) || is_private(access, place));
    });
    return all;
}

LeftMovers::Found LeftMovers::of(AutomatonId id, const std::vector<bool>& accesses_memory) const
{
    const Automaton& automaton = program.automata[id];
    Found found{std::vector<bool>(automaton.transitions.size(), false),
                std::vector<bool>(automaton.locations.size(), true)};
    std::optional<ProcessKind> kind;
    for (const Process& process : program.processes)
        if (process.automaton == id) kind = process.kind;
    if (!kind) return found;
    Kinds only;
    only.add(*kind);
    const bool may_hand_on =
        machine || std::ranges::any_of(program.processes, [](const Process& p) { return p.running.valid(); });
    std::vector<Standing> standings(automaton.locations.size(), Standing{true, may_hand_on});
    if (machine && kinds[id] == only) standings = find_standings(program, *machine, id, *kind, accesses_memory);
    for (LocationId l : ids_of(automaton.locations)) found.stops[l.index] = standings[l.index].may_have_handed_on;
    const std::vector<bool> reports = before_reports(program, automaton);
    for (TransitionId t : ids_of(automaton.transitions)) {
        const Transition& transition = automaton.transitions[t];
        if (!accesses_memory[t.index] || found.stops[transition.source.index] ||
            automaton.locations[transition.target].is_finished || reports[transition.target.index])
            continue;
        found.transitions[t.index] = is_left_mover(transition, place_of(id, *kind, standings[transition.source.index]));
    }
    return found;
}

}  // namespace lockstep
