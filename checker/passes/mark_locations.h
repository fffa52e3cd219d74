// Derives what engines need to know of each location: its outgoing transitions, whether a step may stop there, and
// whether a wait in a loop is recognised there.
#pragma once

#include "program/program.h"

namespace lockstep {

/// With `no`, only the locations inside LS_ATOMIC bodies are passed through: every transition outside is a step.
enum class MergeInvisible : std::uint8_t { no, yes };

void mark_locations(Program& program, MergeInvisible merge = MergeInvisible::yes);

/// True where a transition reads or writes memory (a local in memory included), or waits for the settled state.
bool is_visible(const Program& program, const Transition& transition);

}  // namespace lockstep
