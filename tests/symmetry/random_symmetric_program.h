// Random Programs in which CPUs are alike, but for a line or two.
#pragma once

#include "program/program.h"

#include <cstdint>
#include <string>

namespace lockstep::testing {

struct RandomSymmetric {
    std::string text;
    bool has_fault = false;  // a line that may tell CPUs apart
};

/// A Program of three or four CPUs, in textual form.
RandomSymmetric random_symmetric_program(std::uint64_t seed);

/// CPU numbers start as nobody's, and each CPU has an object, which leads to the next or to itself.
void give_objects(Program& program, bool round);

}  // namespace lockstep::testing
