// A variable is unaliased if its address, or that of a part of it, is used for nothing but an access right there: to
// load, to store, to copy from or to. Whoever touches it then says so by its name, and which copy (CPU, process) it
// touches can be seen in the expression.
//
// The address is used for something else where it is stored, passed on, compared or converted; where it stands in
// another variable's initial value; and where container_of leads away from it, since it may then come to lie outside.
// A Program that brings its initial states along may have pointers anywhere in them, and so has no such variable if it
// has a pointer at all. Boot, which is run later, is looked through like everything else.
//
// Tested in tests/passes/find_unaliased_test.cpp.
#include "passes/find_unaliased.h"

#include "program/visit.h"

#include <algorithm>

namespace lockstep {

namespace {

class Aliases {
public:
    explicit Aliases(const Program& the_program) : program(the_program), aliased(program.variables.size(), false)
    {
        for (const Automaton& automaton : program.automata)
            for (const Transition& transition : automaton.transitions) note(transition);
        for (const Variable& variable : program.variables)
            for (const auto& [slot, value] : variable.initial)
                if (const auto* address = std::get_if<InitialAddress>(&value)) aliased[address->variable.index] = true;
        if (!program.initial_states.empty() && std::ranges::any_of(program.types, is_pointer))
            aliased.assign(aliased.size(), true);
    }

    [[nodiscard]] bool contains(VariableId v) const { return aliased[v.index]; }

private:
    const Program& program;
    std::vector<bool> aliased;  // by VariableId

    void note(const Transition& transition)
    {
        if (transition.choice) {
            note_value(transition.choice->low);
            note_value(transition.choice->high);
        }
        if (transition.guard.valid()) note_value(transition.guard);
        for (const Statement& statement : transition.effect) note(statement);
    }

    void note(const Statement& statement)
    {
        if (const auto* store = std::get_if<Store>(&statement)) {
            note_place(store->address);
            note_value(store->value);
        } else if (const auto* copy = std::get_if<Copy>(&statement)) {
            note_place(copy->destination);
            note_place(copy->source);
        } else if (const auto* invalidate = std::get_if<Invalidate>(&statement)) {
            note_place(invalidate->address);
        } else {
            for (ExpressionId e : expressions_of(statement)) note_value(e);
        }
    }

    void note_value(ExpressionId e)
    {
        const auto& node = program.expressions[e].node;
        if (const auto* load = std::get_if<Load>(&node)) return note_place(load->address);
        if (const auto* address = std::get_if<AddressOf>(&node)) aliased[address->variable.index] = true;
        for (ExpressionId operand : operands_of(program.expressions[e])) note_value(operand);
    }

    /// An address that is accessed at once.
    void note_place(ExpressionId e)
    {
        const auto& node = program.expressions[e].node;
        if (std::holds_alternative<AddressOf>(node)) return;
        if (const auto* field = std::get_if<FieldAddress>(&node); field != nullptr && field->offset >= 0)
            return note_place(field->base);
        if (const auto* element = std::get_if<ElementAddress>(&node); element != nullptr && element->count > 0) {
            note_place(element->base);
            return note_value(element->index);
        }
        if (const auto* per_cpu = std::get_if<PerCpuAddress>(&node)) {
            note_place(per_cpu->base);
            return note_value(per_cpu->cpu);
        }
        note_value(e);
    }
};

}  // namespace

void find_unaliased(Program& program)
{
    const Aliases aliases(program);
    for (VariableId v : ids_of(program.variables))
        program.variables[v].is_unaliased = program.variables[v].in_memory && !aliases.contains(v);
}

}  // namespace lockstep
