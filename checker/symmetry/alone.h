// Code that runs alone: the invariants, and the clock.
#pragma once

#include "program/program.h"

namespace lockstep::symmetry {

bool runs_alone(const Program& program, ProcessId process);

/// The automata that nobody else runs.
IdVector<AutomatonId, bool> automata_run_alone(const Program& program);

}  // namespace lockstep::symmetry
