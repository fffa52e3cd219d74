// The wait-for graph at the end of a violation's trace.
#pragma once

#include "graph/drawing.h"
#include "result/result.h"

#include <string>

namespace lockstep::graph {

/// Who waits for whom, and for what; who is busy. No nodes where nobody waits.
Drawing draw_waits(const Violation& violation, const std::string& title);

}  // namespace lockstep::graph
