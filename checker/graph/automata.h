// Control-flow automata: locations with their source lines, transitions with guards and effects.
#pragma once

#include "graph/drawing.h"
#include "program/program.h"

#include <string>

namespace lockstep::graph {

/// Every automaton, or those of that name, each in a frame of its own. Throws InputError where there is none.
Drawing draw_automata(const Program& program, const std::string& title, const std::string& name = {});

}  // namespace lockstep::graph
