// The graph of reachable states.
#pragma once

#include "graph/drawing.h"
#include "graph/state_graph.h"

#include <string>

namespace lockstep::graph {

/// "85 states, 124 transitions: all that can be reached", or where it is cut.
std::string extent_text(const StateGraph& graph);

Drawing draw_states(const StateGraph& graph, const std::string& title);

}  // namespace lockstep::graph
