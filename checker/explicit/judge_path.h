// What is wrong at the end of a path that somebody else has found.
#pragma once

#include "explicit/explore.h"
#include "program/program.h"
#include "result/result.h"

#include <optional>

namespace lockstep::explicit_engine {

/// The violation in which a path ends, as the search would have said it, with this path: its last step traps or
/// reports, or in its last state an invariant does not hold, or somebody who has not finished is stuck for ever. The
/// latter is found where few states follow, all of which lead back (others, or time, go round among them).
/// None: nothing of that. Throws std::logic_error where the path cannot be gone.
std::optional<Violation> judge_path(const Program& program, const Options& options, const Path& path);

}  // namespace lockstep::explicit_engine
