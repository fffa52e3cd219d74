// A run from any state, for people: not one of the Program's from its beginning, and nothing is claimed of its end.
#pragma once

#include "program/program.h"
#include "result/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace lockstep::result {

/// The steps' description, made from a state that is given by its cells (semantics/layout.h). Throws std::logic_error
/// where a step cannot be made.
std::vector<TraceStep> describe_run(const Program& program, std::span<const std::int64_t> cells,
                                    const std::vector<Step>& steps);

/// "turn == 1", "b is at line 12": where such a state differs from the first initial one.
std::vector<std::string> describe_state(const Program& program, std::span<const std::int64_t> cells);

}  // namespace lockstep::result
