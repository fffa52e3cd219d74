// Terminal components of the state graph: strongly connected, and no step leaves them. Every run that goes on for
// ever, and is fair enough to take a step that stays possible, ends in one; what does not happen in a terminal
// component will never happen any more.
#pragma once

#include "explicit/edge_log.h"
#include "explicit/state_list.h"
#include "explicit/team.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace lockstep::explicit_engine {

/// The states of each terminal component, in ascending order; components in the order of their first state.
/// All states are below `end`, and all have been expanded; a number that has not is no state. If all states can be
/// reached from one, that is `root`. So many of a team's threads look at a large graph together.
std::vector<StateList> terminal_components(const EdgeLog& edges, std::uint32_t end,
                                           std::optional<std::uint32_t> root = {}, Team* team = nullptr,
                                           std::size_t threads = 1);

}  // namespace lockstep::explicit_engine
