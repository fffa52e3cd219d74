// A cycle of the wait-for graph: the sentence that says why nobody gets on.
#pragma once

#include "result/result.h"

#include <string>
#include <vector>

namespace lockstep::report {

/// The first task repeated at the end; empty where there is none.
std::vector<std::string> wait_cycle(const std::vector<Wait>& waits);

}  // namespace lockstep::report
