// Much of a kernel's memory is set up once: a CPU's run queue knows its number, a stopper its thread, a request its
// function. Reading what never changes is no step that others could come before or after, so that it joins its
// neighbours (passes/mark_locations).
//
// A slot is steady if no Store, Copy, Undefine, Kill or Invalidate of any automaton but boot may denote it
// (passes/places), and it is not a time stamp (which ages). This trusts pointers to point at what their types say. A
// program can cheat (a struct seen through a pointer to another one of like shape), and then a write hits a slot that
// was taken for steady: the evaluator notices, and reports the write as the type punning that it is. So a run without
// such a report has proved the assumption along the way.
#include "passes/find_steady.h"

#include <algorithm>

namespace lockstep {

namespace {

class Writes {
public:
    explicit Writes(const Program& the_program)
        : program(the_program), places(program), written(places.slot_count(), false)
    {
        for (AutomatonId a : ids_of(program.automata)) {
            if (a == program.boot) continue;
            for (const Transition& transition : program.automata[a].transitions)
                for (const Statement& statement : transition.effect) note(statement);
        }
    }

    [[nodiscard]] bool is_written(VariableId v, std::uint32_t slot) const
    {
        return written[places.first_slot(v) + slot];
    }

private:
    const Program& program;
    Places places;
    std::vector<bool> written;

    void note(const Statement& statement)
    {
        if (const auto* store = std::get_if<Store>(&statement)) note(store->address, 1);
        if (const auto* copy = std::get_if<Copy>(&statement)) note(copy->destination, copy->slots);
        if (const auto* invalidate = std::get_if<Invalidate>(&statement)) note(invalidate->address, invalidate->slots);
        if (const auto* begin = std::get_if<Undefine>(&statement)) note(begin->variable);
        if (const auto* end = std::get_if<Kill>(&statement)) note(end->variable);
    }

    void note(ExpressionId address, std::uint32_t length)
    {
        for (std::uint32_t slot : places.slots_of(address, length)) written[slot] = true;
    }

    void note(VariableId v)
    {
        if (!program.variables[v].in_memory) return;
        for (std::uint32_t i = 0; i < program.types[program.variables[v].type].slots; ++i)
            written[places.first_slot(v) + i] = true;
    }
};

}  // namespace

void find_steady(Program& program)
{
    const Writes writes(program);
    for (VariableId v : ids_of(program.variables)) {
        Variable& variable = program.variables[v];
        // What the machine's own variables are is said by the machine; a local is not there before its scope begins.
        if (!variable.in_memory || variable.is_hardware || variable.storage == Storage::local) continue;
        const std::vector<TypeId> types = slot_types(program, variable.type);
        variable.steady.assign(types.size(), false);
        for (std::uint32_t slot = 0; slot < types.size(); ++slot)
            variable.steady[slot] = types[slot].valid() && !writes.is_written(v, slot) &&
                                    !std::holds_alternative<TimeType>(program.types[types[slot]].kind);
    }
}

SteadySlots::SteadySlots(const Program& program) : places(program), steady(places.slot_count(), false)
{
    for (VariableId v : ids_of(program.variables)) {
        const Variable& variable = program.variables[v];
        for (std::uint32_t slot = 0; slot < variable.steady.size(); ++slot)
            if (variable.steady[slot]) steady[places.first_slot(v) + slot] = true;
    }
}

bool SteadySlots::contains(ExpressionId address) const
{
    const std::vector<std::uint32_t> slots = places.slots_of(address);
    return !slots.empty() && std::ranges::all_of(slots, [&](std::uint32_t slot) { return steady[slot]; });
}

}  // namespace lockstep
