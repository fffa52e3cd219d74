#include "semantics/register_sharing.h"

#include "program/visit.h"

#include <boost/dynamic_bitset.hpp>

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
        interferes.assign(registers.size(), Set(registers.size()));
        may_be_undefined.resize(registers.size());
        stays.resize(registers.size());
        propagate();
        keep_early_reads_apart();
        colour();
    }

    RegisterSharing result;

private:
    using Set = boost::dynamic_bitset<std::uint64_t>;  // of registers
    static constexpr std::uint32_t none = UINT32_MAX;

    const Program& program;
    const Automaton& automaton;
    std::vector<std::uint32_t> index;  // by VariableId
    std::vector<Set> interferes;       // whether a register interferes with itself says nothing
    Set may_be_undefined;
    Set stays;  // occupied where the process stops
    std::vector<VariableId>& registers = result.registers;

    void occupy(Set& occupied, VariableId v)
    {
        const std::uint32_t i = index[v.index];
        if (occupied[i]) return;
        interferes[i] |= occupied;
        for_each_in(occupied, [&](std::size_t other) { interferes[other].set(i); });
        occupied.set(i);
    }

    /// Where ways join, two may be occupied that never met on either of them.
    void interfere_at(const Set& occupied)
    {
        for_each_in(occupied, [&](std::size_t i) { interferes[i] |= occupied; });
    }

    template <typename Visit>
    static void for_each_in(const Set& set, const Visit& visit)
    {
        for (std::size_t i = set.find_first(); i != Set::npos; i = set.find_next(i)) visit(i);
    }

    static bool include(Set& set, const Set& more)
    {
        if (more.is_subset_of(set)) return false;
        set |= more;
        return true;
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
        at[automaton.entry.index].resize(registers.size());
        while (!work.empty()) {
            const std::uint32_t location = work.front();
            work.pop_front();
            for (std::uint32_t t : outgoing[location]) {
                const Transition& transition = automaton.transitions[TransitionId(t)];
                Set occupied = at[location];
                flow(occupied, transition);
                Set& target = at[transition.target.index];
                const bool is_new = target.empty();
                if (is_new) target.resize(registers.size());
                if (include(target, occupied) || is_new) work.push_back(transition.target.index);
            }
        }
        for (LocationId location : ids_of(automaton.locations)) {
            const Set& occupied = at[location.index];
            interfere_at(occupied);
            if (automaton.locations[location].is_pass_through) continue;
            if (!occupied.empty()) stays |= occupied;
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
        Set early(registers.size());
        at[automaton.entry.index].resize(registers.size(), true);
        for (bool changed = true; changed;) {
            changed = false;
            for (const Transition& transition : automaton.transitions) {
                if (at[transition.source.index].empty()) continue;
                Set vacant = at[transition.source.index];
                vacate(vacant, transition, early);
                Set& target = at[transition.target.index];
                if (target.empty()) {
                    target.resize(registers.size());
                    changed = true;
                }
                changed = include(target, vacant) || changed;
            }
        }
        for_each_in(early, [&](std::size_t i) {
            interferes[i].set();
            for (Set& other : interferes) other.set(i);
        });
    }

    void colour()
    {
        result.shared_cell.assign(registers.size(), none);
        std::vector<Set> members;  // by cell
        for (std::uint32_t i = 0; i < registers.size(); ++i) {
            const Type& type = program.types[program.variables[registers[i]].type];
            const RegisterSharing::Cell wanted{slot_class(type), is_signed(type), may_be_undefined.test(i),
                                               stays.test(i)};
            std::uint32_t chosen = 0;
            for (; chosen < members.size(); ++chosen) {
                if (result.cells[chosen] == wanted && !interferes[i].intersects(members[chosen])) break;
            }
            if (chosen == members.size()) {
                members.emplace_back(registers.size());
                result.cells.push_back(wanted);
            }
            members[chosen].set(i);
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
