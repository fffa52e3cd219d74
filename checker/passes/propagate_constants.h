// Replaces what is known beforehand by its value, and takes out branches that are decided by it.
#pragma once

#include "program/program.h"

namespace lockstep {

/// Registers that hold the same value whenever a process comes to a location, and memory that never changes after boot
/// (what find_steady has marked). Precondition: boot is over, if the Program had one. Branches that are never taken
/// get the guard 0, for prune_unreachable to take out.
void propagate_constants(Program& program);

}  // namespace lockstep
