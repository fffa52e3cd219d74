// Random Programs in which CPUs are alike, but for a line or two.
#pragma once

#include <cstdint>
#include <string>

namespace lockstep::testing {

struct RandomSymmetric {
    std::string text;
    bool has_fault = false;  // a line that may tell CPUs apart
};

/// A Program of three or four CPUs, in textual form.
RandomSymmetric random_symmetric_program(std::uint64_t seed);

}  // namespace lockstep::testing
