// Reading C makes locations for code that cannot be reached (after a return, in `if (0)`) and jumps that do nothing
// (the end of a branch). Both are taken out here.
//
// An empty jump is no access of memory, so that a step passes it anyway (mark_locations.cpp); taking it out changes no
// step. What stays: the entry, await and finished locations, where somebody may stand; a jump from outside an LS_ATOMIC
// body into it, since where the body begins is where others may come in between; and of a cycle of jumps (an empty
// endless loop) one.
//
// Tested in tests/passes/prune_unreachable_test.cpp.
#include "passes/prune_unreachable.h"

#include <algorithm>

namespace lockstep {

namespace {

bool is_never_enabled(const Program& program, const Transition& transition)
{
    if (!transition.guard.valid()) return false;
    const auto* constant = std::get_if<Constant>(&program.expressions[transition.guard].node);
    return constant != nullptr && constant->value == 0;
}

std::vector<bool> reachable_locations(const Program& program, const Automaton& automaton)
{
    std::vector<std::vector<LocationId>> successors(automaton.locations.size());
    for (const Transition& transition : automaton.transitions)
        if (!is_never_enabled(program, transition)) successors[transition.source.index].push_back(transition.target);
    std::vector<bool> reached(automaton.locations.size(), false);
    std::vector<LocationId> work{automaton.entry};
    reached[automaton.entry.index] = true;
    while (!work.empty()) {
        const LocationId id = work.back();
        work.pop_back();
        for (LocationId next : successors[id.index]) {
            if (reached[next.index]) continue;
            reached[next.index] = true;
            work.push_back(next);
        }
    }
    return reached;
}

void prune(const Program& program, Automaton& automaton)
{
    const std::vector<bool> reached = reachable_locations(program, automaton);
    Automaton kept;
    kept.name = automaton.name;
    kept.points = automaton.points;
    std::vector<LocationId> new_id(automaton.locations.size());
    for (LocationId id : ids_of(automaton.locations))
        if (reached[id.index]) new_id[id.index] = kept.locations.add(automaton.locations[id]);
    for (const Transition& transition : automaton.transitions) {
        if (!reached[transition.source.index] || is_never_enabled(program, transition)) continue;
        Transition moved = transition;
        moved.source = new_id[transition.source.index];
        moved.target = new_id[transition.target.index];
        kept.transitions.add(std::move(moved));
    }
    const bool same =
        kept.locations.size() == automaton.locations.size() && kept.transitions.size() == automaton.transitions.size();
    if (same) return;
    kept.entry = new_id[automaton.entry.index];
    for (Location& location : kept.locations) {
        location.is_pass_through = location.is_settle_point = false;
        location.outgoing.clear();
    }
    automaton = std::move(kept);
}

bool is_jump(const Transition& transition)
{
    return !transition.choice && !transition.guard.valid() && transition.effect.empty() && !transition.when_settled;
}

// For each location its empty jump; none where there is another way on, or where it has to be stood at.
std::vector<TransitionId> jumps_of(const Automaton& automaton)
{
    std::vector<TransitionId> jumps(automaton.locations.size());
    std::vector<std::size_t> ways(automaton.locations.size(), 0);
    for (TransitionId id : ids_of(automaton.transitions)) {
        const Transition& transition = automaton.transitions[id];
        ++ways[transition.source.index];
        if (is_jump(transition)) jumps[transition.source.index] = id;
    }
    for (LocationId id : ids_of(automaton.locations)) {
        const Location& location = automaton.locations[id];
        TransitionId& jump = jumps[id.index];
        const bool stays =
            ways[id.index] != 1 || id == automaton.entry || location.is_await || location.is_finished ||
            (jump.valid() && !location.is_atomic && automaton.locations[automaton.transitions[jump].target].is_atomic);
        if (stays) jump = {};
    }
    return jumps;
}

// Whoever no longer takes a jump passes its points all the same.
void thread(Automaton& automaton)
{
    const std::vector<TransitionId> jumps = jumps_of(automaton);
    for (Transition& transition : automaton.transitions) {
        LocationId target = transition.target;
        std::vector<PointId> points = transition.points;
        // As many hops as there are locations: a cycle of jumps, which stays.
        std::size_t hops = 0;
        while (jumps[target.index].valid() && hops++ < automaton.locations.size()) {
            const Transition& jump = automaton.transitions[jumps[target.index]];
            points.insert(points.end(), jump.points.begin(), jump.points.end());
            target = jump.target;
        }
        if (jumps[target.index].valid()) continue;
        transition.target = target;
        transition.points = std::move(points);
    }
}

}  // namespace

void prune_unreachable(Program& program)
{
    for (Automaton& automaton : program.automata) prune(program, automaton);
}

void thread_jumps(Program& program)
{
    for (Automaton& automaton : program.automata) {
        thread(automaton);
        prune(program, automaton);
    }
}

}  // namespace lockstep
