// Derives what engines need to know of each location: its outgoing transitions, whether a step may stop there, and
// whether a wait in a loop is recognised there.
#pragma once

#include "program/program.h"

namespace lockstep {

/// Which steps join the one before them, besides those inside LS_ATOMIC bodies: none; those that access no memory; or
/// those as well that access what nobody else can reach at that moment, which takes a Program with its processes.
enum class Merge : std::uint8_t { nothing, invisible, private_accesses };

void mark_locations(Program& program, Merge merge = Merge::invisible);

/// True where a transition reads or writes memory (a local in memory included), or waits for the settled state.
bool is_visible(const Program& program, const Transition& transition);

}  // namespace lockstep
