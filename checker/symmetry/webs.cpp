// The front end gives temporaries the same register again and again, and registers share cells (semantics/layout.h). A
// *web* is a register as far as its values can meet: all places that one assignment reaches, with all assignments that
// reach these (Muchnick, "Advanced Compiler Design and Implementation", 1997, section 16.3.3). Forward over the
// automaton, for each register: may it be set there, may it not be (then it holds 0)? Registers are killed where they
// are dead (passes/reset_dead_locals), so that places at which one is set belong to one web if a transition that
// neither sets nor kills it leads from one to the other.
#include "symmetry/webs.h"

#include <boost/dynamic_bitset.hpp>

#include <algorithm>
#include <deque>
#include <numeric>

namespace lockstep::symmetry {

namespace {

using Set = boost::dynamic_bitset<std::uint64_t>;  // by position among the registers

class Finder {
public:
    Finder(const Program& program, AutomatonId a)
        : automaton(program.automata[a]), position(program.variables.size(), none)
    {
        for (VariableId v : ids_of(program.variables)) {
            const Variable& variable = program.variables[v];
            if (variable.storage != Storage::local || variable.owner != a || variable.in_memory) continue;
            position[v.index] = static_cast<std::uint32_t>(registers.size());
            registers.push_back(v);
        }
    }

    Webs run()
    {
        spread();
        Webs result;
        for (LocationId l : ids_of(automaton.locations)) {
            result.held.emplace_back();
            const Row& row = rows[l.index];
            for (std::size_t i = row.set.find_first(); i != Set::npos; i = row.set.find_next(i))
                result.held.back().push_back({registers[i], count++, row.unset[i]});
        }
        unite(result);
        return result;
    }

private:
    static constexpr std::uint32_t none = UINT32_MAX;
    struct Row {
        Set set, unset;
    };

    const Automaton& automaton;
    std::vector<std::uint32_t> position;  // by VariableId
    std::vector<VariableId> registers;
    std::vector<Row> rows;  // by location
    std::vector<std::uint32_t> parent;
    std::uint32_t count = 0;

    /// visit(position, set, unset) for what a transition does to registers, in order.
    template <typename Visit>
    void for_each_change(const Transition& transition, Visit visit) const
    {
        const auto change = [&](VariableId v, bool set, bool unset) {
            if (position[v.index] != none) visit(position[v.index], set, unset);
        };
        if (transition.choice) change(transition.choice->variable, true, false);
        for (const Statement& statement : transition.effect) {
            if (const auto* assign = std::get_if<AssignLocal>(&statement)) change(assign->variable, true, false);
            if (const auto* begin = std::get_if<Undefine>(&statement)) change(begin->variable, false, false);
            if (const auto* end = std::get_if<Kill>(&statement)) change(end->variable, false, true);
        }
    }

    void spread()
    {
        std::vector<std::vector<const Transition*>> outgoing(automaton.locations.size());
        for (const Transition& transition : automaton.transitions)
            if (!ends_run(transition)) outgoing[transition.source.index].push_back(&transition);
        rows.assign(automaton.locations.size(), {Set(registers.size()), Set(registers.size())});
        if (registers.empty()) return;
        rows[automaton.entry.index].unset.set();
        std::vector<bool> reached(automaton.locations.size(), false), is_waiting(automaton.locations.size(), false);
        reached[automaton.entry.index] = true;
        std::deque<LocationId> work{automaton.entry};
        while (!work.empty()) {
            const LocationId l = work.front();
            work.pop_front();
            is_waiting[l.index] = false;
            for (const Transition* transition : outgoing[l.index]) {
                Row row = rows[l.index];
                for_each_change(*transition, [&](std::uint32_t i, bool set, bool unset) {
                    row.set[i] = set;
                    row.unset[i] = unset;
                });
                const std::uint32_t target = transition->target.index;
                Row& there = rows[target];
                if (reached[target] && row.set.is_subset_of(there.set) && row.unset.is_subset_of(there.unset)) continue;
                there.set |= row.set;
                there.unset |= row.unset;
                reached[target] = true;
                if (!is_waiting[target]) work.push_back(transition->target);
                is_waiting[target] = true;
            }
        }
    }

    std::uint32_t root(std::uint32_t n)
    {
        while (parent[n] != n) n = parent[n] = parent[parent[n]];
        return n;
    }

    void unite(Webs& webs)
    {
        parent.resize(count);
        std::iota(parent.begin(), parent.end(), 0U);
        Set changed(registers.size());
        for (const Transition& transition : automaton.transitions) {
            if (ends_run(transition)) continue;
            changed.reset();
            for_each_change(transition, [&](std::uint32_t i, bool, bool) { changed[i] = true; });
            for (const Held& here : webs.held[transition.source.index]) {
                if (changed[position[here.variable.index]]) continue;
                const Held* there = webs.find(transition.target, here.variable);
                if (there != nullptr) parent[root(here.web)] = root(there->web);
            }
        }
        std::vector<std::uint32_t> number(count, none);
        for (auto& row : webs.held)
            for (Held& held : row) {
                std::uint32_t& web = number[root(held.web)];
                if (web == none) web = webs.count++;
                held.web = web;
            }
    }
};

}  // namespace

const Held* Webs::find(LocationId l, VariableId v) const
{
    const auto& row = held[l.index];
    const auto at = std::ranges::lower_bound(row, v, {}, &Held::variable);
    return at != row.end() && at->variable == v ? &*at : nullptr;
}

Webs find_webs(const Program& program, AutomatonId automaton) { return Finder(program, automaton).run(); }

bool ends_run(const Transition& transition)
{
    return std::ranges::any_of(transition.effect, [](const Statement& statement) {
        const auto* report = std::get_if<Report>(&statement);
        return std::holds_alternative<Prune>(statement) || (report != nullptr && report->stops);
    });
}

}  // namespace lockstep::symmetry
