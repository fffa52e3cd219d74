// Time passes in ticks. A tick counts down, all at once, what is measured in ticks:
//
//   delays   of the processes that are running; a task that is interrupted, preempted or on a stolen CPU does not get
//            on with its work
//   timers   of every CPU, stolen or not; one that comes to its end raises its interrupt. What raises an NMI counts the
//            CPU's own cycles (perf), so that it stands still while the CPU is stolen; but for the observer's
//   thefts   of CPUs by the hypervisor
//   stamps   every time stamp grows a tick older
//
// It is enabled only where everybody is settled (Transition::when_settled), so that a CPU that can get on does get on
// before time passes, and "slow" never looks like "stuck".
#include "machine/clock.h"

#include "machine/parts.h"
#include "program/builder.h"
#include "program/visit.h"

#include <algorithm>

namespace lockstep::machine {

using namespace build;  // NOLINT: this file does nothing but build

namespace {

/// place = place > 0 && condition ? place - 1 : place
Statement count_down(Program& program, ExpressionId place, ExpressionId condition)
{
    const ExpressionId left = load(program, place);
    const ExpressionId counts = conjunction(program, convert(program, left, bool_type(program)), condition);
    const ExpressionId less = binary(program, BinaryOp::subtract, left, constant(program, 1, type_of(program, left)));
    return Store{place, select(program, counts, less, left)};
}

/// Where the timer ends, the vector is due.
Statement note_due(Program& program, const Machine& m, ExpressionId cpu, std::uint32_t vector, ExpressionId ends)
{
    const ExpressionId due = on_cpu(program, m.due, cpu);
    const TypeId type = type_of(program, load(program, due));
    const ExpressionId bit =
        select(program, ends, constant(program, std::int64_t{1} << vector, type), constant(program, 0, type));
    return set(program, due, binary(program, BinaryOp::bit_or, load(program, due), bit));
}

/// Where the CPU's theft ends, what is due comes first, if interrupts are on.
Statement come_back(Program& program, const Machine& m, ExpressionId cpu)
{
    const ExpressionId context = on_cpu(program, m.context, cpu),
                       stolen = load(program, on_cpu(program, m.stolen, cpu));
    ExpressionId is_first = equal(program, stolen, constant(program, 1, type_of(program, stolen)));
    is_first = conjunction(program, is_first, load(program, on_cpu(program, m.due, cpu)));
    for (VariableId v : {m.context, m.irqs_off})
        is_first = conjunction(program, is_first, is_zero(program, on_cpu(program, v, cpu)));
    const ExpressionId before = load(program, context);
    return set(program, context,
               select(program, is_first, constant(program, interrupt_first, type_of(program, before)), before));
}

bool waits_for_delay(const Program& program, const Machine& machine, ProcessId process)
{
    for (const Transition& t : program.automata[program.processes[process].automaton].transitions) {
        for (const Statement& statement : t.effect) {
            const auto* store = std::get_if<Store>(&statement);
            if (store == nullptr) continue;
            const auto* place = std::get_if<ElementAddress>(&program.expressions[store->address].node);
            if (place == nullptr) continue;
            const auto* base = std::get_if<AddressOf>(&program.expressions[place->base].node);
            if (base != nullptr && base->variable == machine.delay) return true;
        }
    }
    return false;
}

}  // namespace

bool steals(const Program& program, const Machine& machine)
{
    const auto is_theft = [&](const Statement& statement) {
        const auto* store = std::get_if<Store>(&statement);
        if (store == nullptr) return false;
        const auto* copy = std::get_if<PerCpuAddress>(&program.expressions[store->address].node);
        return copy != nullptr && variable_of(program.expressions[copy->base]) == machine.stolen;
    };
    for (const Automaton& automaton : program.automata)
        for (const Transition& transition : automaton.transitions)
            if (std::ranges::any_of(transition.effect, is_theft)) return true;
    return false;
}

void add_clock(Program& program, const Machine& m, bool with_thefts)
{
    std::vector<Statement> tick;
    for (ProcessId p : ids_of(program.processes))
        if (waits_for_delay(program, m, p))
            tick.push_back(count_down(program, element(program, m.delay, int_constant(program, p.index)),
                                      program.processes[p].running));
    for (std::uint32_t c = 0; c < program.cpus; ++c) {
        const ExpressionId cpu = int_constant(program, c);
        std::vector<bool> has_vector(max_vectors, false), is_nmi(max_vectors, false);
        for (const Process& process : program.processes) {
            const auto vector = static_cast<std::size_t>(process.argument);
            if (process.kind == ProcessKind::interrupt || process.kind == ProcessKind::nmi) has_vector[vector] = true;
            if (process.kind == ProcessKind::nmi) is_nmi[vector] = true;
        }
        for (std::uint32_t v = 0; v < max_vectors; ++v) {
            if (!has_vector[v]) continue;
            const ExpressionId vector = int_constant(program, v);
            const ExpressionId timer = element_on_cpu(program, m.timer, cpu, vector);
            const ExpressionId pending = element_on_cpu(program, m.pending, cpu, vector);
            const ExpressionId left = load(program, timer);
            const ExpressionId counts =
                is_nmi[v] && v != observer_vector ? is_zero(program, on_cpu(program, m.stolen, cpu)) : ExpressionId{};
            const ExpressionId ends =
                conjunction(program, equal(program, left, constant(program, 1, type_of(program, left))), counts);
            tick.push_back(set(program, pending, binary(program, BinaryOp::logical_or, load(program, pending), ends)));
            if (!is_nmi[v]) tick.push_back(note_due(program, m, cpu, v, ends));
            tick.push_back(count_down(program, timer, counts));
        }
        if (!with_thefts) continue;
        tick.push_back(come_back(program, m, cpu));
        tick.push_back(count_down(program, on_cpu(program, m.stolen, cpu), {}));
    }
    tick.emplace_back(AgeTimes{});

    const AutomatonId clock = automaton(program, "clock");
    Location location;
    location.is_await = true;
    location.frame = program.frames.add({.function = "clock", .caller = {}, .call_place = {}});
    const LocationId only = build::location(program, clock, location);
    const TransitionId t = transition(program, clock, only, only, {}, tick);
    program.automata[clock].transitions[t].when_settled = true;
    program.automata[clock].locations[only].outgoing = {t};
    const ProcessId p = process(program, "clock", clock);
    program.processes[p].kind = ProcessKind::clock;
    program.processes[p].cpu = int_constant(program, 0);
}

}  // namespace lockstep::machine
