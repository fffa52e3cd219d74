// Takes out locations that no process can come to, and jumps that do nothing.
#pragma once

#include "program/program.h"

namespace lockstep {

/// Locations that cannot be reached from the entry, the transitions between them, and transitions whose guard is the
/// constant 0. Ids become consecutive again; what mark_locations derived is forgotten where anything changed.
void prune_unreachable(Program& program);

/// A transition to a location from which nothing but an unconditional, empty transition leads on goes straight to
/// where that leads. The locations left behind are pruned.
void thread_jumps(Program& program);

}  // namespace lockstep
