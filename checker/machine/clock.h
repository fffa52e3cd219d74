// The clock: one process whose single transition is a tick.
#pragma once

#include "machine/machine.h"

namespace lockstep::machine {

/// Whether anybody takes a CPU away, by ls_steal. Boot is over.
bool steals(const Program& program, const Machine& machine);

/// Adds the clock; all other processes exist already. `with_thefts`: CPUs may be stolen.
void add_clock(Program& program, const Machine& machine, bool with_thefts);

}  // namespace lockstep::machine
