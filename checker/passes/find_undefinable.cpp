// C lets a struct be copied although some of its members were never written, and lets a union's member be read only if
// it was the last one written. So memory other than locals may hold slots without a value, too. Only a slot that is
// known to be such a one pays for it: two more bits in each state (semantics/layout), and a test on each read.
//
// A slot may become undefined if an Invalidate may denote it, or a Copy whose source may be undefined: a local in
// memory (whose scope begins undefined), or another such slot. Places (passes/places) answers "may denote" by static
// type; where a pointer does not point at what its type says, the step traps instead of losing what it should have
// noted. The least solution is reached by going over all copies until nothing changes.
#include "passes/find_undefinable.h"

#include "passes/places.h"

#include <algorithm>

namespace lockstep {

namespace {

class Undefinable {
public:
    explicit Undefinable(const Program& the_program)
        : program(the_program), places(program), found(places.slot_count(), false)
    {
        for (VariableId v : ids_of(program.variables)) {
            const Variable& variable = program.variables[v];
            for (std::uint32_t slot = 0; slot < slots_in_memory(variable); ++slot)
                found[places.first_slot(v) + slot] =
                    variable.storage == Storage::local || (!variable.undefinable.empty() && variable.undefinable[slot]);
        }
        for (const Automaton& automaton : program.automata)
            for (const Transition& transition : automaton.transitions)
                for (const Statement& statement : transition.effect) note(statement);
        while (spread()) {
        }
    }

    [[nodiscard]] bool contains(VariableId v, std::uint32_t slot) const { return found[places.first_slot(v) + slot]; }

private:
    struct Flow {
        std::vector<std::uint32_t> from, to;
    };
    const Program& program;
    Places places;
    std::vector<bool> found;  // by slot number of `places`
    std::vector<Flow> copies;

    [[nodiscard]] std::uint32_t slots_in_memory(const Variable& variable) const
    {
        return variable.in_memory ? program.types[variable.type].slots : 0;
    }

    void note(const Statement& statement)
    {
        if (const auto* invalidate = std::get_if<Invalidate>(&statement)) {
            for (std::uint32_t slot : places.slots_of(invalidate->address, invalidate->slots)) found[slot] = true;
        } else if (const auto* copy = std::get_if<Copy>(&statement)) {
            copies.push_back(
                {places.slots_of(copy->source, copy->slots), places.slots_of(copy->destination, copy->slots)});
        }
    }

    bool spread()
    {
        bool grew = false;
        for (const Flow& copy : copies) {
            if (std::ranges::none_of(copy.from, [&](std::uint32_t slot) { return found[slot]; })) continue;
            for (std::uint32_t slot : copy.to) {
                grew = grew || !found[slot];
                found[slot] = true;
            }
        }
        return grew;
    }
};

}  // namespace

void find_undefinable(Program& program)
{
    const Undefinable undefinable(program);
    for (VariableId v : ids_of(program.variables)) {
        Variable& variable = program.variables[v];
        if (!variable.in_memory || variable.is_hardware || variable.storage == Storage::local) continue;
        const std::vector<TypeId> types = slot_types(program, variable.type);
        std::vector<bool> slots(types.size(), false);
        for (std::uint32_t slot = 0; slot < types.size(); ++slot)
            slots[slot] = types[slot].valid() && undefinable.contains(v, slot);
        const bool any = std::ranges::find(slots, true) != slots.end();
        variable.undefinable = any ? std::move(slots) : std::vector<bool>();
    }
}

}  // namespace lockstep
