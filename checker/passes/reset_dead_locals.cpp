// Two states that differ in a value that will never be read again behave alike, and yet are two states. So each local
// that is not in memory is set to 0 as soon as it is dead. (Spin calls this "dead variable reset"; here it is strong
// liveness, as in Nielson, Nielson and Hankin, "Principles of Program Analysis", section 2.1 and exercise 2.4: a use in
// an assignment that is itself dead is no use.)
//
// A local is *live* at a point if some way from there reads it before it is written. Backward over the automaton:
//   assignment v := e    v is not live before it; what e reads is, if v is live after it or e may trap
//   Undefine v, Kill v   v is not live before it
//   choice v in l..h     v is not live before it; what l and h read is
//   guard, other effect  what it reads is live before it
//   a report that stops, Prune    nothing is live before it but what the report itself reads
//
// Kills come as early as possible, so that other locals can have the cell (semantics/layout.h): after the statement
// that reads or writes the local last; at the start of the effect where the guard or the choice did, or where the local
// was live at the source only for the sake of another transition. So at each location the locals that are not live
// there are 0. A Kill or an assignment of 0 that somebody reads stays.
//
// An assignment to a local that is not live is taken out unless evaluating its value may trap, since then it reports an
// error. Nothing that others can see changes. Tested in tests/passes/reset_dead_locals_test.cpp.
#include "passes/reset_dead_locals.h"

#include "program/visit.h"

#include <boost/dynamic_bitset.hpp>

namespace lockstep {

namespace {

using LocalSet = boost::dynamic_bitset<std::uint64_t>;  // by position among the automaton's registers

class DeadLocals {
public:
    DeadLocals(const Program& the_program, AutomatonId the_automaton, Automaton& where)
        : program(the_program), automaton(where), position(program.variables.size(), none)
    {
        for (VariableId id : ids_of(program.variables)) {
            const Variable& variable = program.variables[id];
            if (variable.storage != Storage::local || variable.owner != the_automaton || variable.in_memory) continue;
            position[id.index] = static_cast<std::uint32_t>(registers.size());
            registers.push_back(id);
        }
    }

    void reset()
    {
        if (registers.empty()) return;
        find_undefined();
        find_live();
        for (Transition& transition : automaton.transitions) rewrite(transition);
    }

private:
    static constexpr std::uint32_t none = UINT32_MAX;

    const Program& program;
    Automaton& automaton;
    std::vector<std::uint32_t> position;  // by VariableId
    std::vector<VariableId> registers;
    LocalSet may_be_undefined;
    std::vector<LocalSet> live;  // by LocationId

    [[nodiscard]] std::uint32_t position_of(VariableId id) const { return id.valid() ? position[id.index] : none; }

    void find_undefined()
    {
        may_be_undefined.resize(registers.size());
        for (const Transition& transition : automaton.transitions)
            for (const Statement& statement : transition.effect)
                if (std::holds_alternative<Undefine>(statement) && position_of(variable_of(statement)) != none)
                    may_be_undefined[position_of(variable_of(statement))] = true;
    }

    void find_live()
    {
        live.assign(automaton.locations.size(), LocalSet(registers.size()));
        std::vector<std::vector<TransitionId>> incoming(automaton.locations.size());
        for (TransitionId id : ids_of(automaton.transitions))
            incoming[automaton.transitions[id].target.index].push_back(id);
        std::vector<bool> waiting(automaton.locations.size(), true);
        std::vector<LocationId> work;
        for (LocationId id : ids_of(automaton.locations)) work.push_back(id);
        while (!work.empty()) {
            const LocationId target = work.back();
            work.pop_back();
            waiting[target.index] = false;
            for (TransitionId id : incoming[target.index]) {
                const Transition& transition = automaton.transitions[id];
                const LocationId source = transition.source;
                if (!include(live[source.index], live_before(transition)) || waiting[source.index]) continue;
                waiting[source.index] = true;
                work.push_back(source);
            }
        }
    }

    static bool include(LocalSet& set, const LocalSet& more)
    {
        if (more.is_subset_of(set)) return false;
        set |= more;
        return true;
    }

    void read(LocalSet& set, ExpressionId root) const
    {
        if (!root.valid()) return;
        for_each_expression(program, root, [&](ExpressionId id) {
            const std::uint32_t i = position_of(variable_of(program.expressions[id]));
            if (i != none) set[i] = true;
        });
    }

    LocalSet live_before(const Transition& transition) const
    {
        LocalSet set = live[transition.target.index];
        for (std::size_t i = transition.effect.size(); i-- > 0;) go_back(set, transition.effect[i]);
        read(set, transition.guard);
        if (transition.choice) {
            set[position_of(transition.choice->variable)] = false;
            read(set, transition.choice->low);
            read(set, transition.choice->high);
        }
        return set;
    }

    // From the locals that are live after a statement to those that are before it.
    void go_back(LocalSet& set, const Statement& statement) const
    {
        const std::uint32_t written = position_of(variable_of(statement));
        if (written != none) {
            if (const auto* assign = std::get_if<AssignLocal>(&statement)) {
                const bool counts = set[written] || may_trap(assign->value);
                set[written] = false;
                if (counts) read(set, assign->value);
            } else {
                set[written] = false;
            }
            return;
        }
        const auto* report = std::get_if<Report>(&statement);
        if (std::holds_alternative<Prune>(statement) || (report != nullptr && report->stops)) set.reset();
        for (ExpressionId id : expressions_of(statement)) read(set, id);
    }

    bool may_trap(ExpressionId root) const
    {
        bool found = false;
        for_each_expression(program, root, [&](ExpressionId id) { found = found || node_may_trap(id); });
        return found;
    }

    bool node_may_trap(ExpressionId id) const
    {
        return std::visit(Overloaded{
                              [](const Constant&) { return false; }, [](const FunctionConstant&) { return false; },
                              [](const StringConstant&) { return false; },
                              [&](const LocalValue& node) { return may_be_undefined.test(position_of(node.variable)); },
                              [](const AddressOf&) { return false; }, [](const Unary&) { return false; },
                              [](const Binary& node) {
                                  return node.op == BinaryOp::divide || node.op == BinaryOp::remainder ||
                                         node.op == BinaryOp::shift_left || node.op == BinaryOp::shift_right ||
                                         node.op == BinaryOp::slots_between;
                              },
                              [](const Convert&) { return false; }, [](const Select&) { return false; },
                              [](const auto&) { return true; },  // loads, address arithmetic; Own may load
                          },
                          program.expressions[id].node);
    }

    // ---- Rewriting ---------------------------------------------------------------------------------------------

    void rewrite(Transition& transition)
    {
        const std::size_t count = transition.effect.size();
        std::vector<LocalSet> after(count + 1);  // after[i]: live before statement i; the last: at the target
        after[count] = live[transition.target.index];
        for (std::size_t i = count; i-- > 0;) {
            after[i] = after[i + 1];
            go_back(after[i], transition.effect[i]);
        }
        std::vector<Statement> effect;
        // What was live at the source or has been chosen, and is not live when the effect begins.
        LocalSet occupied = live[transition.source.index];
        if (transition.choice) occupied[position_of(transition.choice->variable)] = true;
        kill(occupied, after[0], effect);
        for (std::size_t i = 0; i < count; ++i) {
            const Statement& statement = transition.effect[i];
            const std::uint32_t written = position_of(variable_of(statement));
            const bool unnoticed = written != none && !after[i + 1][written] && !must_evaluate(statement);
            if (!unnoticed) {
                effect.push_back(statement);
                if (written != none) occupied[written] = true;
            }
            kill(occupied, after[i + 1], effect);
        }
        transition.effect = std::move(effect);
    }

    bool must_evaluate(const Statement& statement) const
    {
        const auto* assign = std::get_if<AssignLocal>(&statement);
        return assign != nullptr && may_trap(assign->value);
    }

    void kill(LocalSet& occupied, const LocalSet& needed, std::vector<Statement>& effect) const
    {
        const LocalSet dead = occupied - needed;
        for (std::size_t i = dead.find_first(); i != LocalSet::npos; i = dead.find_next(i))
            effect.emplace_back(Kill{registers[i]});
        occupied &= needed;
    }
};

}  // namespace

void reset_dead_locals(Program& program)
{
    for (AutomatonId id : ids_of(program.automata)) DeadLocals(program, id, program.automata[id]).reset();
}

}  // namespace lockstep
