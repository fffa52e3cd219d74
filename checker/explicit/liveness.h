// Who is stuck for ever: deadlock and livelock, judged on the states in which a run can end up.
#pragma once

#include "explicit/state_list.h"
#include "explicit/state_space.h"
#include "result/result.h"

#include <optional>

namespace lockstep::explicit_engine {

/// Of some processes, in a terminal component.
struct Fates {
    std::vector<ProcessId> stuck;
    bool is_deadlock = false;  // each of these stays in one wait
    bool leaves = false;       // a run can end there, or is left out: nobody is stuck
};
Fates fates_in(const Program& program, StateSpace& space, const StateList& component,
               std::span<const ProcessId> judged);

/// At the stepper's state.
Violation describe_stuck(const Program& program, Stepper& stepper, std::vector<ProcessId> stuck, bool is_deadlock);

/// A terminal component in which somebody does not finish what it must, described at the first of its states. The
/// states are concrete ones; otherwise see symmetric_liveness.h.
std::optional<Violation> judge_component(const Program& program, StateSpace& space, const StateList& component);

/// The stepper is at a state that no step leaves: has somebody not finished?
std::optional<Violation> judge_stuck_state(const Program& program, Stepper& stepper);

}  // namespace lockstep::explicit_engine
