// Which points of the source (program.h) are passed, told by whoever makes steps.
//
// Most steps are made at once, by code that does not say which transitions it takes (Evaluator::step). So each
// transition with which a step begins is told beforehand whether the step may pass anything that has not been passed
// yet: a point of its own, or of what may follow up to where steps stop. If so the step is made transition by
// transition; if not, it is made at once and nothing can be missed. Points are few and soon passed, since a point is
// one for all calls inlined, and so is what it costs: what remains are the steps that might go where none ever goes.
//
// A step that is not completed (ls_assume, nothing enabled on its way) did not happen and passes nothing. Whoever keeps
// what a step does and repeats it where it would read the same (explicit/outcome_cache) repeats what has been noted.
//
// Tested in tests/engine/passed_points_test.cpp.
#pragma once

#include "program/program.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace lockstep {

/// For several threads. The Program stays as it is.
class PassedPoints {
public:
    /// Nothing is noted of points that are not wanted (by PointId). `only`: by this automaton's transitions, if any.
    PassedPoints(const Program& program, std::vector<bool> wanted, AutomatonId only = {});

    /// Whether a step that begins with this transition may pass something new.
    [[nodiscard]] bool may_be_new(AutomatonId a, TransitionId t) const
    {
        return ahead[first[a.index] + t.index].load(std::memory_order_relaxed) != 0;
    }

    /// A transition has been taken in a step that was completed.
    void note(AutomatonId a, TransitionId t)
    {
        const std::uint32_t number = first[a.index] + t.index;
        if (open[number].load(std::memory_order_relaxed) != 0) note_new(number);
    }
    /// A point has been passed in some other way.
    void note(PointId point);

    /// By PointId; not wanted: false.
    [[nodiscard]] std::vector<bool> passed() const;
    /// The same as their numbers.
    [[nodiscard]] std::vector<std::uint32_t> numbers() const;
    /// How many points are wanted.
    [[nodiscard]] std::size_t wanted() const;

private:
    const Program& program;
    std::vector<bool> is_wanted, is_passed;  // by PointId
    // Transitions of all automata have numbers, one automaton's after the other's.
    std::vector<std::uint32_t> first;  // by AutomatonId
    std::vector<const Transition*> transitions;
    std::vector<std::vector<std::uint32_t>> carriers;     // by PointId: the transitions that pass it
    std::vector<std::vector<std::uint32_t>> before;       // by number: those after which it is taken in the same step
    std::unique_ptr<std::atomic<std::uint32_t>[]> open;   // by number: own points that are wanted and not yet passed
    std::unique_ptr<std::atomic<std::uint32_t>[]> ahead;  // by number: the transitions with such, in a step from here
    std::vector<std::uint32_t> seen;                      // by number: in which walk
    std::uint32_t walk = 0;
    mutable std::mutex changing;

    void note_new(std::uint32_t number);
    void pass(PointId point);
    template <typename Visit>
    void for_each_before(std::uint32_t number, Visit visit);
};

}  // namespace lockstep
