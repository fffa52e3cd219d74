// Draws automata: Graphviz text.
#pragma once

#include "program/program.h"

#include <string>

namespace lockstep {

/// One automaton as a digraph: locations with their source lines, transitions with guards and effects.
std::string automaton_dot(const Program& program, AutomatonId automaton);

/// Every automaton, one digraph after the other.
std::string all_dot(const Program& program);

}  // namespace lockstep
