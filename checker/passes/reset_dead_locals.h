// Sets locals to 0 where their value no longer matters, so that garbage makes no states.
#pragma once

#include "program/program.h"

namespace lockstep {

/// For every automaton: adds a Kill after the last use of each local that is not in memory, and takes out assignments
/// to such locals, and Undefines and Kills of them, that nobody would notice.
void reset_dead_locals(Program& program);

}  // namespace lockstep
