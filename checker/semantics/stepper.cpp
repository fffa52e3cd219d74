#include "semantics/stepper.h"

#include "semantics/code.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace lockstep {

namespace {

constexpr Trap endless_step{"livelock", "a step that never ends: a loop without an access that others can see"};
constexpr std::size_t first_noted_move = 32;

/// A loop that does not come back within so many steps is not taken for a wait.
constexpr int loop_budget = 1000;
/// Nor is anybody followed further on its way to a wait; a step of the way counts as much as so many of the rounds
/// that are tried on it.
constexpr int rounds_per_step = 20;
constexpr int walk_budget = rounds_per_step * loop_budget;

/// From each of `count` states some way leads back to state 0.
bool all_come_back(std::span<const std::pair<std::uint32_t, std::uint32_t>> steps, std::size_t count)
{
    std::vector<std::vector<std::uint32_t>> sources(count);
    for (const auto& [from, to] : steps) sources[to].push_back(from);
    std::vector<bool> comes_back(count, false);
    std::vector<std::uint32_t> work{0};
    comes_back[0] = true;
    for (std::size_t i = 0; i < work.size(); ++i) {
        for (std::uint32_t source : sources[work[i]]) {
            if (comes_back[source]) continue;
            comes_back[source] = true;
            work.push_back(source);
        }
    }
    return work.size() == count;
}

}  // namespace

Stepper::Stepper(const Program& the_program, const Layout& layout)
    : evaluator(the_program, layout), program(the_program), seen_epoch(layout.cells.size(), 0)
{
    for (const Automaton& automaton : program.automata) {
        std::vector<bool> two_way;
        for (const Location& location : automaton.locations)
            two_way.push_back(lockstep::is_two_way(program, automaton, location));
        is_two_way.add(std::move(two_way));
    }
    std::vector<bool> is_invariant(program.processes.size(), false);
    std::vector<ProcessId> clocks;
    for (const Invariant& invariant : program.invariants) is_invariant[invariant.process.index] = true;
    for (ProcessId p : ids_of(program.processes)) {
        automata.push_back(&program.automata[program.processes[p].automaton]);
        if (is_invariant[p.index]) continue;
        (program.processes[p].kind == ProcessKind::clock ? clocks : others).push_back(p);
    }
    everybody = others;
    everybody.insert(everybody.end(), clocks.begin(), clocks.end());
}

Stepper::Stepper(const Stepper& other)
    : evaluator(other.evaluator.sibling()),
      program(other.program),
      everybody(other.everybody),
      others(other.others),
      automata(other.automata),
      is_two_way(other.is_two_way),
      seen_epoch(other.seen_epoch.size(), 0)
{
}

bool Stepper::all_steps(const Visitor& visit)
{
    bool any = false;
    for (ProcessId p : everybody) any |= steps_of(p, visit);
    return any;
}

bool Stepper::steps_of(ProcessId p, const Visitor& visit)
{
    if (!evaluator.running(p)) return false;
    const Location& location = automata[p.index]->locations[evaluator.location(p)];
    bool any = false;
    for (TransitionId t : location.outgoing) {
        if (automata[p.index]->transitions[t].when_settled && !(changes_anything(p, t) && everybody_settled()))
            continue;
        const Mark start = mark();
        any |= whole_step(p, t, start, visit);
        assert(evaluator.writes.size() == start.writes);
    }
    return any;
}

void Stepper::check_invariant(const Invariant& invariant, const Visitor& visit)
{
    const ProcessId p = invariant.process;
    checks_invariant = true;
    for (TransitionId t : automata[p.index]->locations[evaluator.location(p)].outgoing)
        whole_step(p, t, mark(), [&](const StepView& view) {
            if (view.trap.kind != nullptr || !view.reports.empty()) visit(view);
        });
    checks_invariant = false;
}

/// A step at once if the evaluator can, and nobody wants its moves; otherwise transition by transition.
bool Stepper::whole_step(ProcessId p, TransitionId t, const Mark& start, const Visitor& visit)
{
    const bool may_be_new = passed != nullptr && passed->may_be_new(program.processes[p].automaton, t);
    if (record_moves || may_be_new) return branch(p, t, start, visit);
    const bool progress_before = evaluator.made_progress;
    evaluator.made_progress = false;
    const Evaluator::Stepped stepped = evaluator.step(p, t);
    met_prune |= stepped == Evaluator::Stepped::pruned;
    const bool is_done = stepped == Evaluator::Stepped::done && show(p, start, {}, false, visit);
    evaluator.undo_to(start.writes);
    evaluator.made_progress = progress_before;
    return stepped == Evaluator::Stepped::needs_detail ? branch(p, t, start, visit) : is_done;
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
    // A visitor may make other steps in the middle of this one.
    const bool is_first = here.moves == start.moves;
    const bool endless_outside = is_endless;
    if (is_first) is_endless = false;
    for (std::int64_t value = low; value <= high && !is_endless; ++value) {
        any |= take({p, t, value}, start, visit);
        take_back(here);
        evaluator.made_progress = progress_so_far;
    }
    evaluator.made_progress = progress_before;
    if (is_first) is_endless = endless_outside;
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
    if (applied == Evaluator::Applied::pruned) {
        met_prune = true;
        return false;
    }
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
    // A loop is found out by the state coming back that was noted last, at 32, 64, 128 ... moves (R. P. Brent: An
    // Improved Monte Carlo Factorization Algorithm, 1980).
    std::size_t noted_moves = moves.size() + first_noted_move;
    std::size_t noted_writes = SIZE_MAX;
    for (;;) {
        const Location& location = automaton.locations[evaluator.location(p)];
        if (!location.is_pass_through) return show(p, start, {}, false, visit);
        const bool repeats = noted_writes != SIZE_MAX && unchanged_since(noted_writes);
        if (repeats || moves.size() - start.moves > max_moves) return give_up(p, start, visit);
        if (moves.size() == noted_moves) {
            noted_moves += noted_moves - start.moves;
            noted_writes = evaluator.writes.size();
        }
        const auto [only, ways] = ways_on(p, location);
        if (ways == 0) {
            if (checks_invariant && passed != nullptr && location.outgoing.empty())
                note_passed(p, std::span<const Move>(moves).subspan(start.moves), false);
            return false;
        }
        if (ways > 1) {
            if (branches == max_branches) return give_up(p, start, visit);
            ++branches;
            bool any = false;
            for (TransitionId t : location.outgoing)
                if (!is_endless) any |= branch(p, t, start, visit);
            --branches;
            return any;
        }
        moves.push_back({p, only, 0});
        const Evaluator::Applied applied = evaluator.apply(p, only);
        if (applied == Evaluator::Applied::pruned) {
            met_prune = true;
            return false;
        }
        if (applied == Evaluator::Applied::trapped) return show(p, start, evaluator.trap, false, visit);
        if (applied == Evaluator::Applied::stopped) return show(p, start, {}, true, visit);
        evaluator.write(evaluator.location_cell(p), automaton.transitions[only].target.index);
    }
}

/// A step that never ends is an error, and the other ways that it could have taken are left alone: they may be as many
/// as there are leaves on a tree of that height.
bool Stepper::give_up(ProcessId p, const Mark& start, const Visitor& visit)
{
    is_endless = true;
    return show(p, start, endless_step, false, visit);
}

bool Stepper::show(ProcessId p, const Mark& start, Trap trap, bool stopped, const Visitor& visit)
{
    // A tick that changes nothing is none.
    if (program.processes[p].kind == ProcessKind::clock && unchanged_since(start.writes)) return false;
    const std::span<const ReportEvent> reports(evaluator.reports);
    const std::span<const Move> all_moves(moves);
    if (passed != nullptr) note_passed(p, all_moves.subspan(start.moves), trap.kind != nullptr || stopped);
    visit({p, all_moves.subspan(start.moves), reports.subspan(start.reports), start.writes, trap, stopped,
           evaluator.made_progress});
    return true;
}

/// A transition that traps or stops gets nowhere. But at the entry it is what the process has begun with.
void Stepper::note_passed(ProcessId p, std::span<const Move> step, bool gets_nowhere)
{
    const AutomatonId a = program.processes[p].automaton;
    if (gets_nowhere && !step.empty() &&
        automata[p.index]->transitions[step.back().transition].source != automata[p.index]->entry)
        step = step.first(step.size() - 1);
    for (const Move& move : step) passed->note(a, move.transition);
}

bool Stepper::unchanged_since(std::size_t first_write)
{
    ++epoch;
    const auto& writes = evaluator.writes;
    for (std::size_t i = first_write; i < writes.size(); ++i) {
        if (seen_epoch[writes[i].cell] == epoch) continue;
        seen_epoch[writes[i].cell] = epoch;
        if (evaluator.records_reads) evaluator.note_read(writes[i].cell);
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

Stepper::Difference Stepper::difference_since(std::size_t first_write)
{
    ++epoch;
    Difference difference;
    const auto& writes = evaluator.writes;
    for (std::size_t i = first_write; i < writes.size(); ++i) {
        const std::uint32_t cell = writes[i].cell;
        if (seen_epoch[cell] == epoch) continue;
        seen_epoch[cell] = epoch;
        if (evaluator.records_reads) evaluator.note_read(cell);
        if (evaluator.cells[cell] != writes[i].before) difference.emplace_back(cell, evaluator.cells[cell]);
    }
    std::ranges::sort(difference);
    return difference;
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
        else if (!is_blocked(p))
            return false;
    }
    return std::ranges::all_of(waits_in_loop, [&](ProcessId p) { return settled(p); });
}

/// It runs, and has no step. But nobody waits before a false ls_assume: that run is left out.
bool Stepper::is_blocked(ProcessId p)
{
    const bool met_prune_before = std::exchange(met_prune, false);
    const bool any = steps_of(p, [](const StepView&) {});
    const bool is_left_out = std::exchange(met_prune, met_prune_before);
    return !any && !is_left_out;
}

bool Stepper::settled(ProcessId p)
{
    int budget = loop_budget;
    std::set<LocationId> round;
    return settled(p, budget, round);
}

bool Stepper::settled(ProcessId p, int& budget, std::set<LocationId>& round)
{
    round = {evaluator.location(p)};
    if (!evaluator.running(p)) return true;
    if (is_blocked(p)) return true;
    if (!automata[p.index]->locations[evaluator.location(p)].is_settle_point) return false;
    Rounds rounds{evaluator.writes.size(), std::min(budget, loop_budget), {{{}, 0}}, {}, std::move(round)};
    budget -= rounds.budget;
    const bool result = go_round(p, 0, rounds) && all_come_back(rounds.steps, rounds.met.size());
    budget += std::max(rounds.budget, 0);
    round = std::move(rounds.stops);
    return result;
}

/// Finds whatever p can reach alone. False if it can trap, report, or get to a place where it is blocked.
bool Stepper::go_round(ProcessId p, std::uint32_t from, Rounds& rounds)
{
    bool is_quiet = true;
    const bool any = steps_of(p, [&](const StepView& view) {
        if (!is_quiet) return;
        if (view.trap.kind != nullptr || view.stopped || !view.reports.empty() || --rounds.budget < 0) {
            is_quiet = false;
            return;
        }
        rounds.stops.insert(evaluator.location(p));
        const auto number = static_cast<std::uint32_t>(rounds.met.size());
        const auto [met, is_new] = rounds.met.emplace(difference_since(rounds.first_write), number);
        rounds.steps.emplace_back(from, met->second);
        if (is_new) is_quiet = go_round(p, number, rounds);
    });
    return any && is_quiet;
}

Stepper::Wait Stepper::settles_at(ProcessId p)
{
    int budget = walk_budget;
    return settles_at(p, budget);
}

Stepper::Wait Stepper::settles_at(ProcessId p, int& budget)
{
    Wait wait;
    if (settled(p, budget, wait.round)) {
        wait.place = evaluator.location(p);
        return wait;
    }
    budget -= rounds_per_step;
    if (budget < 0) return {};
    wait.round.clear();
    bool first = true;
    steps_of(p, [&](const StepView& view) {
        if (first && view.trap.kind == nullptr && !view.stopped) wait = settles_at(p, budget);
        first = false;
    });
    return wait;
}

}  // namespace lockstep
