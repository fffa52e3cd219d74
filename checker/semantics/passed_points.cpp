#include "semantics/passed_points.h"

#include <algorithm>

namespace lockstep {

PassedPoints::PassedPoints(const Program& the_program, std::vector<bool> wanted, AutomatonId only)
    : program(the_program),
      is_wanted(std::move(wanted)),
      is_passed(program.points.size(), false),
      carriers(program.points.size())
{
    for (const Automaton& automaton : program.automata) {
        const auto base = static_cast<std::uint32_t>(transitions.size());
        first.push_back(base);
        std::vector<std::vector<std::uint32_t>> to(automaton.locations.size());
        for (TransitionId t : ids_of(automaton.transitions)) {
            const Transition& transition = automaton.transitions[t];
            transitions.push_back(&transition);
            if (automaton.locations[transition.target].is_pass_through)
                to[transition.target.index].push_back(base + t.index);
        }
        for (const Transition& transition : automaton.transitions) before.push_back(to[transition.source.index]);
    }
    open = std::make_unique<std::atomic<std::uint32_t>[]>(transitions.size());
    ahead = std::make_unique<std::atomic<std::uint32_t>[]>(transitions.size());
    seen.assign(transitions.size(), 0);
    const std::uint32_t begin = only.valid() ? first[only.index] : 0;
    const std::size_t end = only.valid() ? begin + program.automata[only].transitions.size() : transitions.size();
    for (std::uint32_t number = begin; number < end; ++number) {
        for (const PointId point : transitions[number]->points) {
            if (!is_wanted[point.index]) continue;
            carriers[point.index].push_back(number);
            ++open[number];
        }
        if (open[number] != 0) for_each_before(number, [&](std::uint32_t other) { ++ahead[other]; });
    }
    for (const Process& process : program.processes)
        if (!only.valid())
            for (const PointId point : program.automata[process.automaton].points) pass(point);
}

/// It, and whatever may be taken before it in the same step.
template <typename Visit>
void PassedPoints::for_each_before(std::uint32_t number, Visit visit)
{
    ++walk;
    std::vector<std::uint32_t> work{number};
    seen[number] = walk;
    while (!work.empty()) {
        const std::uint32_t at = work.back();
        work.pop_back();
        visit(at);
        for (const std::uint32_t other : before[at]) {
            if (seen[other] == walk) continue;
            seen[other] = walk;
            work.push_back(other);
        }
    }
}

void PassedPoints::note_new(std::uint32_t number)
{
    const std::lock_guard lock(changing);
    for (const PointId point : transitions[number]->points) pass(point);
}

void PassedPoints::note(PointId point)
{
    const std::lock_guard lock(changing);
    pass(point);
}

void PassedPoints::pass(PointId point)
{
    if (!is_wanted[point.index] || is_passed[point.index]) return;
    is_passed[point.index] = true;
    for (const std::uint32_t number : carriers[point.index])
        if (--open[number] == 0) for_each_before(number, [&](std::uint32_t other) { --ahead[other]; });
}

std::vector<bool> PassedPoints::passed() const
{
    const std::lock_guard lock(changing);
    return is_passed;
}

std::vector<std::uint32_t> PassedPoints::numbers() const
{
    std::vector<std::uint32_t> numbers;
    const std::lock_guard lock(changing);
    for (std::uint32_t point = 0; point < is_passed.size(); ++point)
        if (is_passed[point]) numbers.push_back(point);
    return numbers;
}

std::size_t PassedPoints::wanted() const { return static_cast<std::size_t>(std::ranges::count(is_wanted, true)); }

}  // namespace lockstep
