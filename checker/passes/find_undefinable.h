// Finds what may come to hold no value.
#pragma once

#include "program/program.h"

namespace lockstep {

/// Adds to Variable::undefinable every slot of a global or per-CPU variable that a Copy or an Invalidate may make
/// undefined. What is there already stays (boot may have left undefined slots, and its code is gone).
void find_undefinable(Program& program);

}  // namespace lockstep
