// The same steps in an order in which CPUs alternate less often.
#pragma once

#include "result/result.h"
#include "semantics/stepper.h"

#include <cstdint>
#include <vector>

namespace lockstep::explicit_engine {

/// Moves steps of `path` past those of other CPUs where the state after both is the same; the last `fixed` steps stay
/// where they are. The stepper is at the path's initial state, and is left somewhere. Returns whether anything moved.
bool gather_steps(Stepper& stepper, Path& path, std::size_t fixed);

}  // namespace lockstep::explicit_engine
