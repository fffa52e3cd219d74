// Who is stuck for ever: deadlock and livelock, judged on the states in which a run can end up.
#pragma once

#include "explicit/state_space.h"
#include "result/result.h"

#include <optional>

namespace lockstep::explicit_engine {

struct StuckFinding {
    Violation violation;
    std::uint32_t state;  // the first of the component
};

/// A terminal component in which somebody does not finish what it must.
std::optional<StuckFinding> judge_component(const Program& program, StateSpace& space,
                                            const std::vector<std::uint32_t>& component);

/// A state that no step leaves, while somebody has not finished.
std::optional<Violation> judge_stuck_state(const Program& program, StateSpace& space, std::uint32_t state);

}  // namespace lockstep::explicit_engine
