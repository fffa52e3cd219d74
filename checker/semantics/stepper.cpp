#include "semantics/stepper.h"

#include <algorithm>
#include <cassert>

namespace lockstep {

namespace {

constexpr Trap endless_step{"livelock", "a step that never ends: a loop without an access that others can see"};

/// One guard is written as the other's negation.
bool is_negation(const Program& program, ExpressionId left, ExpressionId right)
{
    if (!left.valid() || !right.valid()) return false;
    const auto negates = [&](ExpressionId a, ExpressionId b) {
        const auto* unary = std::get_if<Unary>(&program.expressions[a].node);
        return unary != nullptr && unary->op == UnaryOp::logical_not && unary->operand == b;
    };
    if (negates(left, right) || negates(right, left)) return true;
    const auto* a = std::get_if<Binary>(&program.expressions[left].node);
    const auto* b = std::get_if<Binary>(&program.expressions[right].node);
    if (a == nullptr || b == nullptr) return false;
    const auto ops = [&](BinaryOp x, BinaryOp y) { return (a->op == x && b->op == y) || (a->op == y && b->op == x); };
    if (ops(BinaryOp::equal, BinaryOp::not_equal)) return a->left == b->left && a->right == b->right;
    return ops(BinaryOp::less, BinaryOp::less_equal) && a->left == b->right && a->right == b->left;
}

std::vector<bool> two_way_locations(const Program& program, const Automaton& automaton)
{
    std::vector<bool> result;
    for (const Location& location : automaton.locations) {
        bool two_way = location.outgoing.size() == 2;
        if (two_way) {
            const Transition& a = automaton.transitions[location.outgoing[0]];
            const Transition& b = automaton.transitions[location.outgoing[1]];
            two_way = !a.choice && !b.choice && is_negation(program, a.guard, b.guard);
        }
        result.push_back(two_way);
    }
    return result;
}

/// A loop that does not come back within so many steps is not taken for a wait.
constexpr int loop_budget = 2000;
/// Nor is anybody followed further on its way to a wait; a step of the way counts as much as so many of the rounds
/// that are tried on it.
constexpr int rounds_per_step = 20;
constexpr int walk_budget = rounds_per_step * loop_budget;

}  // namespace

Stepper::Stepper(const Program& the_program, const Layout& layout)
    : evaluator(the_program, layout), program(the_program), seen_epoch(layout.cells.size(), 0)
{
    for (const Automaton& automaton : program.automata) is_two_way.add(two_way_locations(program, automaton));
    std::vector<bool> is_invariant(program.processes.size(), false);
    for (const Invariant& invariant : program.invariants) is_invariant[invariant.process.index] = true;
    for (ProcessId p : ids_of(program.processes)) {
        automata.push_back(&program.automata[program.processes[p].automaton]);
        if (is_invariant[p.index]) continue;
        (program.processes[p].kind == ProcessKind::clock ? clocks : others).push_back(p);
    }
}

bool Stepper::all_steps(const Visitor& visit)
{
    bool any = false;
    for (ProcessId p : others) any |= steps_of(p, visit);
    for (ProcessId p : clocks) any |= steps_of(p, visit);
    return any;
}

bool Stepper::steps_of(ProcessId p, const Visitor& visit)
{
    if (!evaluator.running(p)) return false;
    const Location& location = automata[p.index]->locations[evaluator.location(p)];
    bool any = false;
    for (TransitionId t : location.outgoing) {
        if (automata[p.index]->transitions[t].when_settled && !(changes_anything(p, t) && everybody_settled())) continue;
        const Mark start = mark();
        any |= branch(p, t, start, visit);
        assert(evaluator.writes.size() == start.writes);
    }
    return any;
}

void Stepper::check_invariant(const Invariant& invariant, const Visitor& visit)
{
    const ProcessId p = invariant.process;
    for (TransitionId t : automata[p.index]->locations[evaluator.location(p)].outgoing)
        branch(p, t, mark(), [&](const StepView& view) {
            if (view.trap.kind != nullptr || !view.reports.empty()) visit(view);
        });
}

void Stepper::take_back(const Mark& to)
{
    evaluator.undo_to(to.writes);
    evaluator.reports.erase(evaluator.reports.begin() + static_cast<std::ptrdiff_t>(to.reports),
                            evaluator.reports.end());
    moves.erase(moves.begin() + static_cast<std::ptrdiff_t>(to.moves), moves.end());
}

/// One transition with each value of its Choice; leaves everything as it was.
bool Stepper::branch(ProcessId p, TransitionId t, const Mark& start, const Visitor& visit)
{
    const bool progress_before = evaluator.made_progress;
    const Mark here = mark();
    if (here.moves == start.moves) evaluator.made_progress = false;
    const bool progress_so_far = evaluator.made_progress;
    std::int64_t low = 0, high = 0;
    if (automata[p.index]->transitions[t].choice && !evaluator.choice_bounds(p, t, low, high)) {
        moves.push_back({p, t, 0});
        show(p, start, evaluator.trap, false, visit);
        take_back(here);
        return true;
    }
    bool any = false;
    for (std::int64_t value = low; value <= high; ++value) {
        any |= take({p, t, value}, start, visit);
        take_back(here);
        evaluator.made_progress = progress_so_far;
    }
    evaluator.made_progress = progress_before;
    return any;
}

/// One transition, if it is enabled, and the rest of the step; the caller takes it back.
bool Stepper::take(Move move, const Mark& start, const Visitor& visit)
{
    const auto [p, t, choice] = move;
    const Transition& transition = automata[p.index]->transitions[t];
    if (transition.choice) evaluator.set_choice(p, t, choice);
    const bool enabled = evaluator.enabled(p, t);
    if (!enabled && evaluator.trap.kind == nullptr) return false;
    moves.push_back(move);
    if (!enabled) return show(p, start, evaluator.trap, false, visit);
    const Evaluator::Applied applied = evaluator.apply(p, t);
    if (applied == Evaluator::Applied::pruned) return false;
    if (applied == Evaluator::Applied::trapped) return show(p, start, evaluator.trap, false, visit);
    if (applied == Evaluator::Applied::stopped) return show(p, start, {}, true, visit);
    evaluator.write(evaluator.location_cell(p), transition.target.index);
    return go_on(p, start, visit);
}

/// How a pass-through location is left: by one transition that is enabled, by none, or (2) in a way that branch() has
/// to look at: several, a Choice, a trap in a guard.
Stepper::WaysOn Stepper::ways_on(ProcessId p, const Location& location)
{
    const Automaton& automaton = *automata[p.index];
    const std::vector<TransitionId>& outgoing = location.outgoing;
    if (is_two_way[program.processes[p].automaton][evaluator.location(p).index]) {
        const bool first = evaluator.enabled(p, outgoing[0]);
        return {outgoing[first ? 0 : 1], evaluator.trap.kind == nullptr ? 1U : 2U};
    }
    WaysOn on{{}, 0};
    for (TransitionId t : outgoing) {
        const bool has_choice = automaton.transitions[t].choice.has_value();
        if (!has_choice && !evaluator.enabled(p, t) && evaluator.trap.kind == nullptr) continue;
        on.only = t;
        on.count += has_choice || evaluator.trap.kind != nullptr ? 2 : 1;
    }
    return on;
}

/// The rest of a step: as long as the process stands at a pass-through location. A single way on is taken in this
/// loop, several by recursion.
bool Stepper::go_on(ProcessId p, const Mark& start, const Visitor& visit)
{
    const Automaton& automaton = *automata[p.index];
    for (;;) {
        const Location& location = automaton.locations[evaluator.location(p)];
        if (!location.is_pass_through) return show(p, start, {}, false, visit);
        if (moves.size() - start.moves > max_moves) return show(p, start, endless_step, false, visit);
        const auto [only, ways] = ways_on(p, location);
        if (ways == 0) return false;
        if (ways > 1) {
            bool any = false;
            for (TransitionId t : location.outgoing) any |= branch(p, t, start, visit);
            return any;
        }
        moves.push_back({p, only, 0});
        const Evaluator::Applied applied = evaluator.apply(p, only);
        if (applied == Evaluator::Applied::pruned) return false;
        if (applied == Evaluator::Applied::trapped) return show(p, start, evaluator.trap, false, visit);
        if (applied == Evaluator::Applied::stopped) return show(p, start, {}, true, visit);
        evaluator.write(evaluator.location_cell(p), automaton.transitions[only].target.index);
    }
}

bool Stepper::show(ProcessId p, const Mark& start, Trap trap, bool stopped, const Visitor& visit)
{
    // A tick that changes nothing is none.
    if (program.processes[p].kind == ProcessKind::clock && unchanged_since(start.writes)) return false;
    const std::span<const ReportEvent> reports(evaluator.reports);
    const std::span<const Move> all_moves(moves);
    visit({p, all_moves.subspan(start.moves), reports.subspan(start.reports), start.writes, trap, stopped,
           evaluator.made_progress});
    return true;
}

bool Stepper::unchanged_since(std::size_t first_write)
{
    ++epoch;
    const auto& writes = evaluator.writes;
    for (std::size_t i = first_write; i < writes.size(); ++i) {
        if (seen_epoch[writes[i].cell] == epoch) continue;
        seen_epoch[writes[i].cell] = epoch;
        if (evaluator.cells[writes[i].cell] != writes[i].before) return false;
    }
    return true;
}

// Asked before who is settled, since it is cheap: where nothing is measured in ticks, none has to be made.
bool Stepper::changes_anything(ProcessId p, TransitionId t)
{
    const Mark start = mark();
    const bool changes = evaluator.apply(p, t) != Evaluator::Applied::done || !unchanged_since(start.writes);
    take_back(start);
    return changes;
}

// Those who cannot be settled because they are in the middle of something are looked at first: this is cheap and
// answers nearly always.
bool Stepper::everybody_settled()
{
    std::vector<ProcessId> waits_in_loop;
    for (ProcessId p : others) {
        if (!evaluator.running(p)) continue;
        const Location& location = automata[p.index]->locations[evaluator.location(p)];
        if (location.is_settle_point)
            waits_in_loop.push_back(p);
        else if (steps_of(p, [](const StepView&) {}))
            return false;
    }
    return std::ranges::all_of(waits_in_loop, [&](ProcessId p) { return settled(p); });
}

bool Stepper::settled(ProcessId p)
{
    int budget = loop_budget;
    return settled(p, budget);
}

bool Stepper::settled(ProcessId p, int& budget)
{
    if (!evaluator.running(p)) return true;
    if (!steps_of(p, [](const StepView&) {})) return true;
    if (!automata[p.index]->locations[evaluator.location(p)].is_settle_point) return false;
    int rest = std::min(budget, loop_budget);
    budget -= rest;
    const bool result = comes_back(p, evaluator.writes.size(), rest);
    budget += std::max(rest, 0);
    return result;
}

/// Whatever p chooses, going on alone it comes back to the state before `first_write`.
bool Stepper::comes_back(ProcessId p, std::size_t first_write, int& budget)
{
    bool all = true;
    const bool any = steps_of(p, [&](const StepView& view) {
        if (!all) return;
        if (view.trap.kind != nullptr || view.stopped || !view.reports.empty() || --budget < 0)
            all = false;
        else if (!unchanged_since(first_write))
            all = comes_back(p, first_write, budget);
    });
    return any && all;
}

LocationId Stepper::settles_at(ProcessId p)
{
    int budget = walk_budget;
    return settles_at(p, budget);
}

LocationId Stepper::settles_at(ProcessId p, int& budget)
{
    if (settled(p, budget)) return evaluator.location(p);
    budget -= rounds_per_step;
    if (budget < 0) return {};
    LocationId result;
    bool first = true;
    steps_of(p, [&](const StepView& view) {
        if (first && view.trap.kind == nullptr && !view.stopped) result = settles_at(p, budget);
        first = false;
    });
    return result;
}

}  // namespace lockstep
