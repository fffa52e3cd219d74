#include "explicit/worker.h"

#include "explicit/liveness.h"

namespace lockstep::explicit_engine {

void Worker::prepare()
{
    if (common.reduces) {
        stubborn.emplace(space.stepper, space.layout);
    } else {
        space.stepper.passed = common.options.passed;
    }
}

void Worker::expand(std::uint32_t state, Steps steps)
{
    if (stubborn)
        space.load(state);
    else
        space.come_to(state);
    std::span<const ProcessId> processes;
    if (stubborn && steps == Steps::enough) processes = stubborn->choose(space.movers());
    expansions.push_back({state, !processes.empty()});
    if (processes.empty()) processes = space.movers();
    const bool any = space.steps_of(
        processes, [&](std::span<const StateCursor::Change> changes) { take(changes); },
        [&](const StepView& view) { take(state, view); });
    expansions.back().end = pending.size();
    if (pending.size() >= most_pending || !space.cursor.keeps_roots()) insert_pending();
    if (any) return;
    space.bring_cells();
    if (const auto violation = judge_stuck_state(common.program, space.stepper))
        note(common.observed.name(*violation), {state, false});
}

void Worker::add_initial(std::uint32_t state)
{
    note_new(state);
    for (const Invariant& invariant : common.program.invariants) check_invariant(invariant, state);
}

void Worker::take(std::uint32_t state, const StepView& view)
{
    transitions.add(1);
    for (const ReportEvent& report : view.reports) note_report(report, state);
    if (view.trap.kind != nullptr) note(common.observed.name(common.observed.trap(view)), {state, false});
    if (view.trap.kind != nullptr || view.stopped) return;
    const auto root = space.prepare_successor(view);
    if (!root) return;
    pending.push_back(*root);
    StateCursor::Inserted successor{0, false};
    for (std::size_t i = 0; i < common.program.invariants.size(); ++i) {
        if (!space.may_change_invariant(i, view)) continue;
        if (!pending.empty()) successor = insert_so_far();
        if (!successor.is_new) return;
        check_invariant(common.program.invariants[i], successor.state);
    }
}

/// A step that shows nothing by itself.
void Worker::take(std::span<const StateCursor::Change> changes)
{
    transitions.add(1);
    if (!changes.empty()) pending.push_back(space.cursor.prepare_successor(changes));
}

void Worker::insert_pending()
{
    if (!expansions.empty()) insert(true);
}

/// While the steps of the last state are still being made. Returns where the last one leads.
StateCursor::Inserted Worker::insert_so_far()
{
    expansions.back().end = pending.size();
    return insert(false);
}

StateCursor::Inserted Worker::insert(bool is_last_complete)
{
    space.cursor.fetch(pending);
    StateCursor::Inserted latest{0, false};
    std::size_t next = 0;
    for (Expansion& expansion : expansions) {
        if (!expansion.is_begun) edges.begin_state(expansion.state, expansion.is_partial);
        expansion.is_begun = true;
        for (; next < expansion.end; ++next) {
            latest = space.cursor.insert(pending[next]);
            if (latest.state != expansion.state) edges.add(latest.state);
            if (latest.is_new) note_new(latest.state);
        }
        if (&expansion != &expansions.back() || is_last_complete) edges.end_state();
    }
    pending.clear();
    expansions.erase(expansions.begin(), is_last_complete ? expansions.end() : expansions.end() - 1);
    return latest;
}

void Worker::note_new(std::uint32_t state)
{
    if (!found.empty() && found.back().end == state) {
        ++found.back().end;
    } else {
        found.push_back({state, state + 1});
    }
}

// ---- What a state shows ---------------------------------------------------------------------------------------------

void Worker::check_invariant(const Invariant& invariant, std::uint32_t state)
{
    space.stepper.check_invariant(invariant, [&](const StepView& view) {
        note(common.observed.name(common.observed.invariant(invariant, view)), {state, true});
    });
}

void Worker::note_report(const ReportEvent& report, std::uint32_t state)
{
    if (!common.options.all) return note({}, {state, false});
    const Violation violation = common.observed.report(report);
    if (!common.options.distinguish) return note(common.observed.name(violation), {state, false});
    std::string name;
    {
        const std::lock_guard lock(common.distinguishing);
        name = common.observed.name(violation, report, space.stepper.evaluator.cells);
    }
    note(std::move(name), {state, false});
}

void Worker::note(std::string name, Sighting sighting)
{
    if (!common.options.all) name.clear();
    if (common.known.contains(name)) return;
    std::vector<Sighting>& places = sightings[std::move(name)];
    if (places.empty() || places.back().state != sighting.state || places.back().is_invariant != sighting.is_invariant)
        places.push_back(sighting);
}

}  // namespace lockstep::explicit_engine
