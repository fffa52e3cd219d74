// An explorer of Programs that is slow and obviously right, for tests only.
//
// It shares nothing with checker/ but the Program's data: its own addresses, its own expressions by recursion (integers
// are computed without bounds and then brought into their type), its own steps, settled rule, components and judgement
// of who is stuck. What the engine finds in a Program has to be what this finds: the same number of states and steps,
// the same violations, and no shorter way to any of them.
#pragma once

#include "program/program.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace lockstep::naive {

struct Options {
    std::uint64_t max_states = 20000;
    /// Every transition outside LS_ATOMIC is a step of its own, whatever mark_locations said.
    bool ignore_pass_through = false;
};

/// What makes two violations the same. Deadlocks and livelocks have no line here: it depends on which of a component's
/// states is looked at.
struct Finding {
    std::string kind;
    std::string task;
    std::uint32_t line = 0;
    auto operator<=>(const Finding&) const = default;
};

/// Steps to the first place where it shows: from an initial state to the state, or including the step.
struct Length {
    std::uint64_t steps = UINT64_MAX;
    /// The same without components: seen in a step, in a state, or in a state's having no step.
    std::uint64_t steps_on_the_fly = UINT64_MAX;
    bool kind_is_certain = true;  // false: a component too large for the engine to tell deadlock from livelock
};

struct Result {
    bool complete = false;
    std::uint64_t states = 0;
    std::uint64_t transitions = 0;
    std::uint64_t depth = 0;
    std::map<Finding, Length> findings;
    /// That were taken in steps and by invariants, without those at which a step ended in a trap or a report that stops
    /// (unless it is the first one of a process, which has begun).
    std::set<std::pair<AutomatonId, TransitionId>> taken;
};

/// Precondition: mark_locations has been run.
Result explore(const Program& program, const Options& options = {});

}  // namespace lockstep::naive
