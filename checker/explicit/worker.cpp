#include "explicit/worker.h"

#include "explicit/liveness.h"

namespace lockstep::explicit_engine {

void Worker::expand(std::uint32_t state, Steps steps)
{
    space.load(state);
    std::span<const ProcessId> processes;
    if (stubborn && steps == Steps::enough) processes = stubborn->choose(space.movers());
    edges.begin_state(state, !processes.empty());
    if (processes.empty()) processes = space.movers();
    const bool any = space.steps_of(processes, [&](const StepView& view) { take(state, view); });
    insert_pending(state);
    edges.end_state();
    if (any) return;
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
        if (!pending.empty()) successor = insert_pending(state);
        if (!successor.is_new) return;
        check_invariant(common.program.invariants[i], successor.state);
    }
}

/// Returns where the last one is.
StateCursor::Inserted Worker::insert_pending(std::uint32_t state)
{
    StateCursor::Inserted last{state, false};
    for (StateCursor::Root root : pending) space.cursor.fetch(root);
    for (StateCursor::Root root : pending) {
        last = space.cursor.insert(root);
        if (last.state != state) edges.add(last.state);
        if (last.is_new) note_new(last.state);
    }
    pending.clear();
    return last;
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
