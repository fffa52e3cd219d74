#include "smt/effects.h"

namespace lockstep::smt {

namespace {

template <typename... Functions>
struct Overloaded : Functions... {
    using Functions::operator()...;
};

}  // namespace

Effects::Effects(Expressions& the_expressions)
    : expressions(the_expressions),
      states(the_expressions.states),
      terms(the_expressions.terms),
      program(states.program),
      layout(states.layout)
{
}

Effects::Outcome Effects::apply(SymbolicState& state, ProcessId p, const Transition& transition, Term condition)
{
    Outcome outcome;
    outcome.trap = outcome.unsaid = terms.truth(false);
    const Work work{state, p, condition, outcome};
    for (const Statement& statement : transition.effect) {
        std::visit(
            Overloaded{[&](const AssignLocal& s) { assign(work, s); }, [&](const Store& s) { store(work, s); },
                       [&](const Copy& s) { copy(work, s); },
                       [&](const Undefine& s) { set_scope(work, s.variable, Mark::undefined); },
                       [&](const Kill& s) { set_scope(work, s.variable, Mark::dead); },
                       [&](const Invalidate& s) { invalidate(work, s); }, [&](const Report& s) { report(work, s); },
                       [&](const Progress&) { outcome.makes_progress = true; },
                       [&](const Prune&) { outcome.end = End::pruned; }, [&](const AgeTimes&) { age_times(work); }},
            statement);
        if (outcome.end != End::moved) break;
    }
    return outcome;
}

Term Effects::value(const Work& work, ExpressionId e)
{
    Evaluation at{&work.state, work.process, terms.truth(false)};
    const Term found = expressions.value(at, e, work.condition);
    trap_if(work, at.trap);
    return found;
}

void Effects::write(const Work& work, std::uint32_t cell, Term condition, Term value, Term mark)
{
    work.state.values[cell] = terms.choose(condition, value, work.state.values[cell]);
    if (work.state.marks[cell].valid()) work.state.marks[cell] = terms.choose(condition, mark, work.state.marks[cell]);
}

void Effects::set_scope(const Work& work, VariableId v, Mark mark)
{
    const Variable& variable = program.variables[v];
    const Type& type = program.types[variable.type];
    if (!variable.in_memory) {
        const std::uint32_t cell = layout.processes[work.process].local[v.index];
        if (mark == Mark::undefined) return states.set_without_value(work.state, cell, mark);
        return states.set(work.state, cell, std::holds_alternative<TimeType>(type.kind) ? time_never : 0);
    }
    const std::uint32_t first = layout.address_of(program, v, 0, work.process);
    for (std::uint32_t i = 0; i < type.slots; ++i)
        if (layout.addresses[first + i].cell != Layout::no_cell)
            states.set_without_value(work.state, layout.addresses[first + i].cell, mark);
}

void Effects::assign(const Work& work, const AssignLocal& s)
{
    write(work, layout.processes[work.process].local[s.variable.index], terms.truth(true), value(work, s.value),
          states.mark(Mark::value));
}

void Effects::store(const Work& work, const Store& s)
{
    const Term address = value(work, s.address);
    const Term stored = value(work, s.value);
    const SlotClass expected = slot_class(expressions.type_of(s.value));
    const auto [places, misses] = expressions.targets(address, &expected);
    trap_if(work, misses);
    for (const auto& [place, condition] : places) {
        const Layout::Address& target = layout.addresses[place];
        const Term mark = work.state.marks[target.cell];
        if (target.is_steady) trap_if(work, condition);
        if (mark.valid()) trap_if(work, terms.both(condition, terms.is(mark, static_cast<std::uint64_t>(Mark::dead))));
        write(work, target.cell, condition, stored, states.mark(Mark::value));
    }
}

void Effects::copy(const Work& work, const Copy& s)
{
    const Term to = value(work, s.destination);
    const Term from = value(work, s.source);
    const std::vector<std::uint64_t> destinations = terms.possible_values(to);
    const std::vector<std::uint64_t> sources = terms.possible_values(from);
    if (destinations.empty() || sources.empty()) {
        work.outcome.unsaid = work.condition;
        return;
    }
    for (std::uint32_t i = 0; i < s.slots; ++i)
        for (const std::uint64_t destination : destinations)
            for (const std::uint64_t source : sources) {
                const Term condition = terms.both(terms.is(to, destination), terms.is(from, source));
                if (terms.is_false(condition)) continue;
                if (destination == 0 || source == 0)
                    trap_if(work, condition);
                else
                    copy_slot(work, destination + i, source + i, condition);
            }
}

void Effects::copy_slot(const Work& work, std::uint64_t to, std::uint64_t from, Term condition)
{
    if (to >= layout.addresses.size() || from >= layout.addresses.size()) return trap_if(work, condition);
    const Layout::Address& target = layout.addresses[to];
    const Layout::Address& source = layout.addresses[from];
    if (target.cell == Layout::no_cell && source.cell == Layout::no_cell) return;
    if (target.cell == Layout::no_cell || source.cell == Layout::no_cell || !(target.slot == source.slot) ||
        target.is_steady)
        return trap_if(work, condition);
    const Term source_mark = work.state.marks[source.cell];
    const Term target_mark = work.state.marks[target.cell];
    const auto holds = [&](Term mark, Mark what) {
        return mark.valid() ? terms.is(mark, static_cast<std::uint64_t>(what)) : terms.truth(false);
    };
    trap_if(work, terms.both(condition, terms.either(holds(source_mark, Mark::dead), holds(target_mark, Mark::dead))));
    if (!target_mark.valid()) trap_if(work, terms.both(condition, holds(source_mark, Mark::undefined)));
    write(work, target.cell, condition, work.state.values[source.cell],
          source_mark.valid() ? source_mark : states.mark(Mark::value));
}

void Effects::invalidate(const Work& work, const Invalidate& s)
{
    const Term address = value(work, s.address);
    const std::vector<std::uint64_t> known = terms.possible_values(address);
    if (known.empty()) work.outcome.unsaid = work.condition;
    for (const std::uint64_t first : known) {
        const Term condition = terms.is(address, first);
        for (std::uint32_t i = 0; i < s.slots; ++i) {
            if (first == 0 || first + i >= layout.addresses.size()) {
                trap_if(work, condition);
                break;
            }
            const std::uint32_t cell = layout.addresses[first + i].cell;
            if (cell == Layout::no_cell) continue;
            if (!layout.cells[cell].has_mark)
                trap_if(work, condition);
            else
                write(work, cell, condition, terms.constant(terms.width(work.state.values[cell]), 0),
                      states.mark(Mark::undefined));
        }
    }
}

/// Undefined and dead ones do not age; nor does what is saturated, or never (whose code is higher).
void Effects::age_times(const Work& work)
{
    const Term oldest = terms.constant(Coding::time_bits, time_saturation);
    for (std::uint32_t c = 0; c < layout.cells.size(); ++c) {
        if (layout.cells[c].kind != SlotClass::Kind::time) continue;
        const Term age = work.state.values[c];
        const Term mark = work.state.marks[c];
        Term ages = terms.binary(Op::signed_less, age, oldest);
        if (mark.valid()) ages = terms.both(ages, terms.is(mark, 0));
        const Term older = terms.binary(Op::add, age, terms.constant(Coding::time_bits, 1));
        work.state.values[c] = terms.choose(ages, older, age);
    }
}

/// Its arguments are computed, and may trap.
void Effects::report(const Work& work, const Report& r)
{
    for (const ExpressionId a : r.arguments) value(work, a);
    Evaluation at{&work.state, work.process, terms.truth(false)};
    const Process& process = program.processes[work.process];
    const ExpressionId cpu = r.cpu.valid() ? r.cpu : process.cpu;
    const ExpressionId task = r.task.valid() ? r.task : process.own_task;
    if (cpu.valid()) expressions.value(at, cpu, work.condition);
    if (task.valid()) expressions.value(at, task, work.condition);
    trap_if(work, at.trap);
    work.outcome.reports.push_back(&r);
    if (r.stops) work.outcome.end = End::stopped;
}

}  // namespace lockstep::smt
