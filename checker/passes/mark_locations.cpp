// Which locations others can see a process stand at.
//
// A step that touches registers only, or reads what never changes (passes/find_steady), commutes with every step of
// every other process: nobody else reads or writes them. So such steps need no interleaving of their own, and a process
// that stands before one may be carried on at once: the location is *passed through*. (This is Lipton's reduction,
// "Reduction: a method of proving properties of parallel programs", 1975, in its simplest case: both-movers join the
// step before them.) Report, Prune, Progress, choices, the begin and end of a scope and reads of what only the reader
// changes (is_steady) commute as well, or only make an error be seen earlier.
//
// A location is passed through if it lies in an LS_ATOMIC body (it is then part of the step by definition), or if
//   - it has outgoing transitions, none of which touches memory or waits for the settled state, nor begins an
//     LS_ATOMIC body that does so, or that waits, later on,
//   - it is neither the automaton's entry (where a process stands at the start) nor the place of an ls_await (where it
//     has to stand while it waits), and
//   - it is not needed to break a cycle: a cycle of passed locations would be a step that never ends. Of each such
//     cycle the loop's head becomes a stopping location. Cycles that lie within LS_ATOMIC bodies altogether stay: the
//     program asked for it, and the engine bounds the length of a step.
// Outside LS_ATOMIC the guards of a passed location must not all be false at once, since a step that comes to such a
// place did not happen. The front end's branches are complementary, and where it waits it says so (is_await); whoever
// writes a Program by hand has to mark a location `await` where a register alone may block.
//
// A *settle point* is where a process that waits in a loop is found out: gone round once more alone, it comes back to
// the same state. Each cycle through a location outside LS_ATOMIC must have one, and a wait should have one rather than
// one per location, since each is a place at which time may advance. A loop's head (the target of a back edge of a
// depth-first walk from the entry) is on each of its rounds. If the head is a stopping location it is the settle
// point; if it is passed through, the stopping locations reached first from it, inside the loop, are. Every cycle
// contains the head that was discovered first of it and lies in that head's natural loop, so every cycle has one. An
// ls_await or a handler's entry may be a settle point as any other; being blocked there already counts as settled.
//
// Tested in tests/passes/mark_locations_test.cpp.
#include "passes/mark_locations.h"

#include "passes/find_steady.h"
#include "passes/left_movers.h"
#include "program/visit.h"

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/strong_components.hpp>

#include <algorithm>
#include <optional>

namespace lockstep {

namespace {

bool touches_memory(const Statement& statement)
{
    return std::holds_alternative<Store>(statement) || std::holds_alternative<Copy>(statement) ||
           std::holds_alternative<Invalidate>(statement) || std::holds_alternative<AgeTimes>(statement);
}

bool is_same(const Program& program, ExpressionId left, ExpressionId right)
{
    if (left == right) return true;
    const Expression &a = program.expressions[left], &b = program.expressions[right];
    if (a.node.index() != b.node.index() || a.type != b.type) return false;
    const Operands of_a = operands_of(a), of_b = operands_of(b);
    if (!std::ranges::equal(of_a, of_b, [&](ExpressionId x, ExpressionId y) { return is_same(program, x, y); }))
        return false;
    return std::visit(Overloaded{
                          [&](const Constant& x) { return x.value == std::get<Constant>(b.node).value; },
                          [&](const LocalValue& x) { return x.variable == std::get<LocalValue>(b.node).variable; },
                          [&](const Own& x) { return x.what == std::get<Own>(b.node).what; },
                          [&](const AddressOf& x) {
                              const auto& y = std::get<AddressOf>(b.node);
                              return x.variable == y.variable && x.offset == y.offset;
                          },
                          [&](const FieldAddress& x) { return x.offset == std::get<FieldAddress>(b.node).offset; },
                          [&](const ElementAddress& x) {
                              const auto& y = std::get<ElementAddress>(b.node);
                              return x.stride == y.stride && x.count == y.count;
                          },
                          [&](const Unary& x) { return x.op == std::get<Unary>(b.node).op; },
                          [&](const Binary& x) {
                              const auto& y = std::get<Binary>(b.node);
                              return x.op == y.op && x.stride == y.stride;
                          },
                          [](const PerCpuAddress&) { return true; },
                          [](const Load&) { return true; },
                          [](const Convert&) { return true; },
                          [](const Select&) { return true; },
                          [](const auto&) { return false; },
                      },
                      a.node);
}

/// Whether one of two guards holds where the other does not, as far as their form says.
bool is_negation(const Program& program, ExpressionId left, ExpressionId right)
{
    const auto negates = [&](ExpressionId negated, ExpressionId other) {
        const auto* unary = std::get_if<Unary>(&program.expressions[negated].node);
        return unary != nullptr && unary->op == UnaryOp::logical_not && is_same(program, unary->operand, other);
    };
    if (negates(left, right) || negates(right, left)) return true;
    const auto* a = std::get_if<Binary>(&program.expressions[left].node);
    const auto* b = std::get_if<Binary>(&program.expressions[right].node);
    if (a == nullptr || b == nullptr) return false;
    const auto pairs = [&](BinaryOp one, BinaryOp other) {
        return (a->op == one && b->op == other) || (a->op == other && b->op == one);
    };
    if (pairs(BinaryOp::equal, BinaryOp::not_equal))
        return is_same(program, a->left, b->left) && is_same(program, a->right, b->right);
    return pairs(BinaryOp::less, BinaryOp::less_equal) && is_same(program, a->left, b->right) &&
           is_same(program, a->right, b->left);
}

/// Whether others can see a transition.
class Visibility {
public:
    explicit Visibility(const Program& the_program) : program(the_program), steady(program) {}

    [[nodiscard]] bool operator()(const Transition& transition) const
    {
        if (transition.when_settled) return true;
        for (const Statement& statement : transition.effect)
            if (touches_memory(statement)) return true;
        return std::ranges::any_of(expressions_of(transition), [&](ExpressionId id) { return reads_memory(id); });
    }

private:
    const Program& program;
    SteadySlots steady;

    [[nodiscard]] bool reads_memory(ExpressionId root) const
    {
        bool found = false;
        for_each_expression(program, root, [&](ExpressionId id) {
            const auto* load = std::get_if<Load>(&program.expressions[id].node);
            found = found || (load != nullptr && !steady.contains(load->address));
        });
        return found;
    }
};

using LocationSet = std::vector<bool>;  // by LocationId

class Marker {
public:
    Marker(const Program& the_program, const Visibility& visibility, Automaton& the_automaton)
        : program(the_program), automaton(the_automaton), count(automaton.locations.size())
    {
        for (const Transition& transition : automaton.transitions) visible.push_back(visibility(transition));
    }

    /// Takes these for invisible, too, where their locations are not among `stops`.
    void add(const LeftMovers& left_movers, AutomatonId id)
    {
        movers = left_movers.of(id, visible);
        for (std::size_t i = 0; i < visible.size(); ++i) visible[i] = visible[i] && !movers.transitions[i];
        looks_at_guards = true;
    }

    void mark(bool merges)
    {
        collect_outgoing();
        find_loops();
        find_busy();
        choose_pass_through(merges);
        choose_settle_points();
    }

private:
    struct Edge {
        LocationId source, target;
    };

    const Program& program;
    Automaton& automaton;
    std::size_t count;
    std::vector<bool> visible;  // by TransitionId
    LeftMovers::Found movers;
    bool looks_at_guards = false;           // an await at which something is always enabled is none
    std::vector<std::uint32_t> discovered;  // by LocationId: when the depth-first walk came there
    std::vector<Edge> back_edges;
    LocationSet busy;  // locations in LS_ATOMIC bodies from which the body may still touch memory or wait

    Location& at(std::size_t index) { return automaton.locations[LocationId(index)]; }

    void collect_outgoing()
    {
        for (Location& location : automaton.locations) location.outgoing.clear();
        for (TransitionId id : ids_of(automaton.transitions))
            automaton.locations[automaton.transitions[id].source].outgoing.push_back(id);
    }

    // Depth-first from the entry, then from whatever is left (unreachable parts get marks as well).
    void find_loops()
    {
        constexpr std::uint32_t never = UINT32_MAX;
        discovered.assign(count, never);
        LocationSet on_stack(count, false);
        struct Visit {
            LocationId location;
            std::size_t next = 0;
        };
        std::uint32_t clock = 0;
        auto walk = [&](LocationId root) {
            std::vector<Visit> stack{{root}};
            discovered[root.index] = clock++;
            on_stack[root.index] = true;
            while (!stack.empty()) {
                Visit& visit = stack.back();
                const std::vector<TransitionId>& outgoing = automaton.locations[visit.location].outgoing;
                if (visit.next == outgoing.size()) {
                    on_stack[visit.location.index] = false;
                    stack.pop_back();
                    continue;
                }
                const LocationId target = automaton.transitions[outgoing[visit.next++]].target;
                if (on_stack[target.index]) {
                    back_edges.push_back({visit.location, target});
                } else if (discovered[target.index] == never) {
                    discovered[target.index] = clock++;
                    on_stack[target.index] = true;
                    stack.push_back({target});
                }
            }
        };
        if (automaton.entry.valid()) walk(automaton.entry);
        for (LocationId id : ids_of(automaton.locations))
            if (discovered[id.index] == never) walk(id);
    }

    void find_busy()
    {
        busy.assign(count, false);
        for (TransitionId id : ids_of(automaton.transitions)) {
            const Transition& transition = automaton.transitions[id];
            const Location& source = automaton.locations[transition.source];
            const bool waits = looks_at_guards ? !is_always_enabled(transition.source) : source.is_await;
            if (source.is_atomic && (waits || visible[id.index])) busy[transition.source.index] = true;
        }
        for (bool changed = true; changed;) {
            changed = false;
            for (const Transition& transition : automaton.transitions) {
                if (!busy[transition.target.index] || busy[transition.source.index]) continue;
                if (!automaton.locations[transition.source].is_atomic) continue;
                busy[transition.source.index] = changed = true;
            }
        }
    }

    bool is_loop_head(LocationId location) const
    {
        return std::ranges::any_of(back_edges, [&](const Edge& edge) { return edge.target == location; });
    }

    void choose_pass_through(bool merges)
    {
        for (LocationId id : ids_of(automaton.locations)) {
            Location& location = automaton.locations[id];
            location.is_pass_through = location.is_atomic || (merges && may_pass(id));
        }
        while (true) {
            LocationSet passed(count);
            for (std::size_t i = 0; i < count; ++i) passed[i] = at(i).is_pass_through;
            const std::vector<std::vector<LocationId>> cycles = cycles_within(passed);
            if (cycles.empty()) return;
            for (const auto& cycle : cycles)
                automaton.locations[first_of(cycle, [&](LocationId id) { return !automaton.locations[id].is_atomic; })]
                    .is_pass_through = false;
        }
    }

    bool may_pass(LocationId id) const
    {
        const Location& location = automaton.locations[id];
        if (id == automaton.entry || location.outgoing.empty()) return false;
        if (location.is_await && !(looks_at_guards && is_always_enabled(id) && !movers.stops[id.index])) return false;
        if (looks_at_guards && moves_from(location) && !is_always_enabled(id)) return false;
        return std::ranges::none_of(location.outgoing, [&](TransitionId id) {
            const Transition& transition = automaton.transitions[id];
            return busy[transition.target.index] || visible[id.index];
        });
    }

    bool moves_from(const Location& location) const
    {
        return std::ranges::any_of(location.outgoing, [&](TransitionId t) { return movers.transitions[t.index]; });
    }

    // Something is enabled there whatever the state: a transition without a guard, or two with guards of which one is
    // the other's negation, as the front end makes them.
    bool is_always_enabled(LocationId id) const
    {
        const std::vector<TransitionId>& outgoing = automaton.locations[id].outgoing;
        for (TransitionId a : outgoing) {
            const Transition& one = automaton.transitions[a];
            if (one.choice || one.when_settled) continue;
            if (!one.guard.valid()) return true;
            for (TransitionId b : outgoing) {
                const Transition& other = automaton.transitions[b];
                if (a != b && !other.choice && !other.when_settled && other.guard.valid() &&
                    is_negation(program, one.guard, other.guard))
                    return true;
            }
        }
        return false;
    }

    // Strongly connected sets of `members` that have a cycle and a location outside LS_ATOMIC.
    std::vector<std::vector<LocationId>> cycles_within(const LocationSet& members)
    {
        boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS> graph(count);
        LocationSet has_self_loop(count, false);
        for (const Transition& transition : automaton.transitions) {
            if (!members[transition.source.index] || !members[transition.target.index]) continue;
            add_edge(transition.source.index, transition.target.index, graph);
            if (transition.source == transition.target) has_self_loop[transition.source.index] = true;
        }
        std::vector<std::size_t> component(count);
        const auto index = get(boost::vertex_index, graph);
        const std::size_t components =
            boost::strong_components(graph, boost::make_iterator_property_map(component.begin(), index));
        std::vector<std::vector<LocationId>> sets(components);
        for (std::size_t i = 0; i < count; ++i)
            if (members[i]) sets[component[i]].emplace_back(i);
        std::erase_if(sets, [&](const std::vector<LocationId>& set) {
            if (set.empty() || (set.size() == 1 && !has_self_loop[set[0].index])) return true;
            return std::ranges::all_of(set, [&](LocationId id) { return automaton.locations[id].is_atomic; });
        });
        return sets;
    }

    // The one that qualifies: a loop head if there is one, else the one discovered first.
    template <typename Qualifies>
    LocationId first_of(const std::vector<LocationId>& candidates, Qualifies qualifies) const
    {
        LocationId best;
        auto rank = [&](LocationId id) { return std::pair(!is_loop_head(id), discovered[id.index]); };
        for (LocationId id : candidates)
            if (qualifies(id) && (!best.valid() || rank(id) < rank(best))) best = id;
        assert(best.valid());
        return best;
    }

    void choose_settle_points()
    {
        for (Location& location : automaton.locations) location.is_settle_point = false;
        for (LocationId head : ids_of(automaton.locations)) {
            if (!is_loop_head(head) || automaton.locations[head].is_atomic) continue;
            mark_first_stops(head, natural_loop(head));
        }
        // Cycles whose heads all lie in LS_ATOMIC, which only a jump into the middle of one can make.
        while (true) {
            LocationSet uncovered(count);
            for (std::size_t i = 0; i < count; ++i) uncovered[i] = !at(i).is_settle_point;
            const std::vector<std::vector<LocationId>> cycles = cycles_within(uncovered);
            if (cycles.empty()) return;
            for (const auto& cycle : cycles)
                automaton
                    .locations[first_of(cycle, [&](LocationId id) { return !automaton.locations[id].is_pass_through; })]
                    .is_settle_point = true;
        }
    }

    // The head and whatever reaches one of its back edges without going through the head.
    LocationSet natural_loop(LocationId head) const
    {
        std::vector<std::vector<LocationId>> incoming(count);
        for (const Transition& transition : automaton.transitions)
            incoming[transition.target.index].push_back(transition.source);
        LocationSet loop(count, false);
        loop[head.index] = true;
        std::vector<LocationId> work;
        auto reach = [&](LocationId id) {
            if (loop[id.index]) return;
            loop[id.index] = true;
            work.push_back(id);
        };
        for (const Edge& edge : back_edges)
            if (edge.target == head) reach(edge.source);
        while (!work.empty()) {
            const LocationId id = work.back();
            work.pop_back();
            for (LocationId source : incoming[id.index]) reach(source);
        }
        return loop;
    }

    void mark_first_stops(LocationId head, const LocationSet& loop)
    {
        LocationSet seen(count, false);
        std::vector<LocationId> work{head};
        seen[head.index] = true;
        while (!work.empty()) {
            Location& location = automaton.locations[work.back()];
            work.pop_back();
            if (!location.is_pass_through) {
                location.is_settle_point = true;
                continue;
            }
            for (TransitionId transition : location.outgoing) {
                const LocationId target = automaton.transitions[transition].target;
                if (!loop[target.index] || seen[target.index]) continue;
                seen[target.index] = true;
                work.push_back(target);
            }
        }
    }
};

}  // namespace

bool is_visible(const Program& program, const Transition& transition) { return Visibility(program)(transition); }

void mark_locations(Program& program, Merge merge)
{
    const Visibility visibility(program);
    std::optional<LeftMovers> left_movers;
    if (merge == Merge::private_accesses) left_movers.emplace(program);
    for (AutomatonId id : ids_of(program.automata)) {
        Marker marker(program, visibility, program.automata[id]);
        if (left_movers) marker.add(*left_movers, id);
        marker.mark(merge != Merge::nothing);
    }
}

}  // namespace lockstep
