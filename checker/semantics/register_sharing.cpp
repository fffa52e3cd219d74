#include "semantics/register_sharing.h"

#include "program/visit.h"

#include <algorithm>
#include <deque>

namespace lockstep {

namespace {

class Sharer {
public:
    Sharer(const Program& the_program, AutomatonId the_automaton)
        : program(the_program), automaton(program.automata[the_automaton]), index(program.variables.size(), none)
    {
        for (VariableId v : ids_of(program.variables)) {
            const Variable& variable = program.variables[v];
            if (variable.storage != Storage::local || variable.owner != the_automaton || variable.in_memory) continue;
            index[v.index] = static_cast<std::uint32_t>(registers.size());
            registers.push_back(v);
        }
        interferes.assign(registers.size(), Set(registers.size(), false));
        may_be_undefined.assign(registers.size(), false);
        stays.assign(registers.size(), false);
        propagate();
        keep_early_reads_apart();
        colour();
    }

    RegisterSharing result;

private:
    using Set = std::vector<bool>;
    static constexpr std::uint32_t none = UINT32_MAX;

    const Program& program;
    const Automaton& automaton;
    std::vector<std::uint32_t> index;  // by VariableId
    std::vector<Set> interferes;
    std::vector<bool> may_be_undefined;
    std::vector<bool> stays;  // occupied where the process stops
    std::vector<VariableId>& registers = result.registers;

    void occupy(Set& occupied, VariableId v)
    {
        const std::uint32_t i = index[v.index];
        if (occupied[i]) return;
        for (std::size_t other = 0; other < occupied.size(); ++other)
            if (occupied[other]) interferes[i][other] = interferes[other][i] = true;
        occupied[i] = true;
    }

    /// Where ways join, two may be occupied that never met on either of them.
    void interfere_at(const Set& occupied)
    {
        std::vector<std::size_t> all;
        for (std::size_t i = 0; i < occupied.size(); ++i)
            if (occupied[i]) all.push_back(i);
        for (std::size_t a : all)
            for (std::size_t b : all)
                if (a != b) interferes[a][b] = true;
    }

    // A variable that is assigned again while occupied has met everybody else who is.
    void flow(Set& occupied, const Transition& transition)
    {
        if (transition.choice) occupy(occupied, transition.choice->variable);
        for (const Statement& statement : transition.effect) {
            if (const auto* assign = std::get_if<AssignLocal>(&statement)) {
                occupy(occupied, assign->variable);
            } else if (const auto* undefine = std::get_if<Undefine>(&statement)) {
                if (index[undefine->variable.index] == none) continue;
                occupy(occupied, undefine->variable);
                may_be_undefined[index[undefine->variable.index]] = true;
            } else if (const auto* kill = std::get_if<Kill>(&statement)) {
                if (index[kill->variable.index] == none) continue;
                occupy(occupied, kill->variable);  // it writes the cell, also where the scope has never begun
                occupied[index[kill->variable.index]] = false;
            }
        }
    }

    void propagate()
    {
        if (registers.empty()) return;
        std::vector<Set> at(automaton.locations.size());
        std::vector<std::vector<std::uint32_t>> outgoing(automaton.locations.size());
        for (TransitionId t : ids_of(automaton.transitions))
            outgoing[automaton.transitions[t].source.index].push_back(t.index);
        std::deque<std::uint32_t> work{automaton.entry.index};
        at[automaton.entry.index].assign(registers.size(), false);
        while (!work.empty()) {
            const std::uint32_t location = work.front();
            work.pop_front();
            for (std::uint32_t t : outgoing[location]) {
                const Transition& transition = automaton.transitions[TransitionId(t)];
                Set occupied = at[location];
                flow(occupied, transition);
                Set& target = at[transition.target.index];
                bool changed = target.empty();
                if (changed) target.assign(registers.size(), false);
                for (std::size_t i = 0; i < occupied.size(); ++i)
                    if (occupied[i] && !target[i]) target[i] = changed = true;
                if (changed) work.push_back(transition.target.index);
            }
        }
        for (LocationId location : ids_of(automaton.locations)) {
            const Set& occupied = at[location.index];
            interfere_at(occupied);
            if (automaton.locations[location].is_pass_through) continue;
            for (std::size_t i = 0; i < occupied.size(); ++i)
                if (occupied[i]) stays[i] = true;
        }
    }

    void note_reads(const Set& vacant, ExpressionId root, Set& early) const
    {
        if (!root.valid()) return;
        for_each_expression(program, root, [&](ExpressionId id) {
            const auto* local = std::get_if<LocalValue>(&program.expressions[id].node);
            if (local == nullptr || index[local->variable.index] == none) return;
            if (vacant[index[local->variable.index]]) early[index[local->variable.index]] = true;
        });
    }

    /// The same walk as flow(), for the registers that may be vacant.
    void vacate(Set& vacant, const Transition& transition, Set& early) const
    {
        if (transition.choice) {
            note_reads(vacant, transition.choice->low, early);
            note_reads(vacant, transition.choice->high, early);
            vacant[index[transition.choice->variable.index]] = false;
        }
        note_reads(vacant, transition.guard, early);
        for (const Statement& statement : transition.effect) {
            for (ExpressionId e : expressions_of(statement)) note_reads(vacant, e, early);
            const VariableId written = variable_of(statement);
            if (written.valid() && index[written.index] != none)
                vacant[index[written.index]] = std::holds_alternative<Kill>(statement);
        }
    }

    void keep_early_reads_apart()
    {
        if (registers.empty()) return;
        std::vector<Set> at(automaton.locations.size());
        Set early(registers.size(), false);
        at[automaton.entry.index].assign(registers.size(), true);
        for (bool changed = true; changed;) {
            changed = false;
            for (const Transition& transition : automaton.transitions) {
                if (at[transition.source.index].empty()) continue;
                Set vacant = at[transition.source.index];
                vacate(vacant, transition, early);
                Set& target = at[transition.target.index];
                if (target.empty()) {
                    target.assign(registers.size(), false);
                    changed = true;
                }
                for (std::size_t i = 0; i < vacant.size(); ++i)
                    if (vacant[i] && !target[i]) target[i] = changed = true;
            }
        }
        for (std::size_t i = 0; i < early.size(); ++i)
            for (std::size_t other = 0; early[i] && other < early.size(); ++other)
                if (other != i) interferes[i][other] = interferes[other][i] = true;
    }

    void colour()
    {
        result.shared_cell.assign(registers.size(), none);
        std::vector<std::vector<std::uint32_t>> members;
        for (std::uint32_t i = 0; i < registers.size(); ++i) {
            const Type& type = program.types[program.variables[registers[i]].type];
            const RegisterSharing::Cell wanted{slot_class(type), is_signed(type), may_be_undefined[i], stays[i]};
            std::uint32_t chosen = 0;
            for (; chosen < members.size(); ++chosen) {
                if (result.cells[chosen] == wanted &&
                    std::ranges::none_of(members[chosen], [&](auto j) { return interferes[i][j]; }))
                    break;
            }
            if (chosen == members.size()) {
                members.emplace_back();
                result.cells.push_back(wanted);
            }
            members[chosen].push_back(i);
            result.shared_cell[i] = chosen;
        }
    }
};

}  // namespace

RegisterSharing share_registers(const Program& program, AutomatonId automaton)
{
    return Sharer(program, automaton).result;
}

}  // namespace lockstep
