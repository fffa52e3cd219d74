// In which order, and from where, a breadth-first search by a single thread finds the states.
//
// Where several threads search, the numbers that they give to states, and from which of its predecessors each state is
// found first, differ from run to run; the levels, and the order of each state's steps, do not. So what is shown of a
// search goes by this order, which is found afterwards by going through the graph once more, and is the same for any
// number of threads. It is also where the ways to violations come from: nobody has to keep parents during the search.
#pragma once

#include "explicit/edge_log.h"

#include <cstdint>
#include <span>
#include <vector>

namespace lockstep::explicit_engine {

struct Discovery {
    static constexpr std::uint32_t no_parent = UINT32_MAX;
    std::vector<std::uint32_t> rank;    // by state: the position in that order
    std::vector<std::uint32_t> parent;  // by state: no_parent for an initial state (and for a gap among the numbers)
};

/// All numbers of states are below `end`.
Discovery discovery(const EdgeLog& edges, std::span<const std::uint32_t> initial_states, std::uint32_t end);

}  // namespace lockstep::explicit_engine
