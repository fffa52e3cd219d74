// Reads the textual form of a Program: hand-written ones, and what print() wrote. The language is described at the
// head of parser.cpp; tests/programs/ has examples.
#pragma once

#include "program/program.h"

#include <string>
#include <string_view>

namespace lockstep {

/// The Program, verified. Throws InputError with the place of what is wrong.
Program parse(std::string_view text, const std::string& file_name);

}  // namespace lockstep
