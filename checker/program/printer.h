// Writes a Program down in the textual form (see parser.cpp), complete: parse(print(p)) prints the same text.
#pragma once

#include "program/program.h"

#include <string>

namespace lockstep {

std::string print(const Program& program);

}  // namespace lockstep
