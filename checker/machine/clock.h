// The clock: one process whose single transition is a tick.
#pragma once

#include "machine/machine.h"

namespace lockstep::machine {

/// Adds the clock; all other processes exist already.
void add_clock(Program& program, const Machine& machine);

}  // namespace lockstep::machine
