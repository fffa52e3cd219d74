// An access is by name if its address is a variable's, a part of it, an element, or the copy of some CPU; which slots
// it may touch follows from that, with an index that is no constant taken for any. It is of the own CPU's copy if the
// number is written as the own CPU's at the very place (Own::cpu; in what a process says of itself, the same expression
// as its `cpu`): a number that has been kept may have become another CPU's meanwhile.
#include "passes/accesses.h"

#include "program/visit.h"

#include <algorithm>

namespace lockstep {

namespace {

class Finder {
public:
    Finder(const Program& the_program, ExpressionId the_own_cpu, const std::function<void(const Access&)>& the_visit)
        : program(the_program), own_cpu(the_own_cpu), visit(the_visit)
    {
    }

    void find(const Transition& transition) const
    {
        if (transition.choice) {
            find_in(transition.choice->low);
            find_in(transition.choice->high);
        }
        if (transition.guard.valid()) find_in(transition.guard);
        for (const Statement& statement : transition.effect) find(statement);
    }

    void find_in(ExpressionId value) const
    {
        const auto& node = program.expressions[value].node;
        if (const auto* load = std::get_if<Load>(&node)) return access(load->address, 1, false);
        for (ExpressionId operand : operands_of(program.expressions[value])) find_in(operand);
    }

private:
    const Program& program;
    ExpressionId own_cpu;
    const std::function<void(const Access&)>& visit;

    void find(const Statement& statement) const
    {
        if (const auto* store = std::get_if<Store>(&statement)) {
            find_in(store->value);
            access(store->address, 1, true);
        } else if (const auto* copy = std::get_if<Copy>(&statement)) {
            access(copy->source, copy->slots, false);
            access(copy->destination, copy->slots, true);
        } else if (const auto* invalidate = std::get_if<Invalidate>(&statement)) {
            access(invalidate->address, invalidate->slots, true);
        } else {
            for (ExpressionId e : expressions_of(statement)) find_in(e);
        }
    }

    void access(ExpressionId address, std::uint32_t length, bool writes) const
    {
        Access found;
        found.address = address;
        found.writes = writes;
        if (resolve(address, found))
            found.last = std::min(found.last + length, slots_of(found.variable)) - 1;
        else
            found.variable = {};
        visit(found);
    }

    [[nodiscard]] std::uint32_t slots_of(VariableId v) const { return program.types[program.variables[v].type].slots; }

    /// Sets the slots at which the access may begin, and reports what is read on the way.
    bool resolve(ExpressionId address, Access& access) const
    {
        const auto& node = program.expressions[address].node;
        if (const auto* name = std::get_if<AddressOf>(&node)) {
            access.variable = name->variable;
            access.first = access.last = name->offset;
            return true;
        }
        if (const auto* field = std::get_if<FieldAddress>(&node); field != nullptr && field->offset >= 0) {
            const bool is_by_name = resolve(field->base, access);
            access.first += static_cast<std::uint32_t>(field->offset);
            access.last += static_cast<std::uint32_t>(field->offset);
            return is_by_name;
        }
        if (const auto* element = std::get_if<ElementAddress>(&node); element != nullptr && element->count > 0) {
            find_in(element->index);
            const bool is_by_name = resolve(element->base, access);
            const auto* index = std::get_if<Constant>(&program.expressions[element->index].node);
            const bool is_known = index != nullptr && index->value >= 0 && index->value < element->count;
            const auto at = is_known ? static_cast<std::uint32_t>(index->value) : 0;
            access.first += at * element->stride;
            access.last += (is_known ? at : element->count - 1) * element->stride;
            return is_by_name;
        }
        if (const auto* per_cpu = std::get_if<PerCpuAddress>(&node)) {
            find_in(per_cpu->cpu);
            const bool is_by_name = resolve(per_cpu->base, access);
            access.is_own_copy = is_own(per_cpu->cpu);
            return is_by_name;
        }
        find_in(address);
        return false;
    }

    [[nodiscard]] bool is_own(ExpressionId cpu) const
    {
        if (cpu == own_cpu) return true;
        const auto& node = program.expressions[cpu].node;
        if (const auto* convert = std::get_if<Convert>(&node)) return is_own(convert->operand);
        const auto* own = std::get_if<Own>(&node);
        return own != nullptr && own->what == Own::What::cpu;
    }
};

}  // namespace

void for_each_access(const Program& program, const Transition& transition,
                     const std::function<void(const Access&)>& visit)
{
    Finder(program, {}, visit).find(transition);
}

Accesses::Accesses(const Program& the_program) : program(the_program), first(program.variables.size(), unknown)
{
    std::uint32_t count = 0;
    for (VariableId v : ids_of(program.variables)) {
        const Variable& variable = program.variables[v];
        if (!variable.is_unaliased || variable.storage == Storage::local) continue;
        first[v.index] = count;
        count += program.types[variable.type].slots;
    }
    uses.resize(count);
    std::vector<bool> is_invariant(program.processes.size(), false);
    for (const Invariant& invariant : program.invariants) is_invariant[invariant.process.index] = true;
    IdVector<AutomatonId, Kinds> seen;
    seen.resize(program.automata.size());
    for (ProcessId p : ids_of(program.processes)) {
        const Process& process = program.processes[p];
        const ProcessKind kind = is_invariant[p.index] ? ProcessKind::plain : process.kind;
        if (!seen[process.automaton].contains(kind)) note(process, kind);
        seen[process.automaton].add(kind);
        for (ExpressionId e : {process.cpu, process.own_task, process.running})
            if (e.valid()) note_own(process, kind, e);
    }
}

void Accesses::note(const Process& process, ProcessKind kind)
{
    for (const Transition& transition : program.automata[process.automaton].transitions) {
        for_each_access(program, transition, [&](const Access& access) { note(process.automaton, kind, access); });
        if (std::ranges::any_of(transition.effect,
                                [](const Statement& s) { return std::holds_alternative<AgeTimes>(s); }))
            note_aging(process.automaton, kind);
    }
}

void Accesses::note_own(const Process& process, ProcessKind kind, ExpressionId e)
{
    const std::function<void(const Access&)> visit = [&](const Access& access) {
        note(process.automaton, kind, access);
    };
    Finder(program, process.cpu, visit).find_in(e);
}

void Accesses::note(AutomatonId automaton, ProcessKind kind, const Access& access)
{
    if (!access.variable.valid() || first[access.variable.index] == unknown) return;
    // What the clock does happens when nobody can get on: see passes/left_movers.
    const bool is_elsewhere = !access.is_own_copy && kind != ProcessKind::clock;
    for (std::uint32_t slot = access.first; slot <= access.last; ++slot) {
        SlotUse& use = uses[first[access.variable.index] + slot];
        (access.writes ? use.writers : use.readers).add(kind);
        (access.writes ? use.is_written_from_elsewhere : use.is_read_from_elsewhere) |= is_elsewhere;
        use.has_several_automata |= use.only_automaton.valid() && use.only_automaton != automaton;
        use.only_automaton = automaton;
    }
}

void Accesses::note_aging(AutomatonId automaton, ProcessKind kind)
{
    for (VariableId v : ids_of(program.variables)) {
        if (first[v.index] == unknown) continue;
        const std::vector<TypeId> types = slot_types(program, program.variables[v].type);
        for (std::uint32_t slot = 0; slot < types.size(); ++slot)
            if (types[slot].valid() && std::holds_alternative<TimeType>(program.types[types[slot]].kind))
                note(automaton, kind, {v, {}, slot, slot, true, false});
    }
}

}  // namespace lockstep
