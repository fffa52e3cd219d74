// Whether what is said of a Program's CPUs is true: in states that are reached, the steps of the state in which CPUs
// have changed places have to be the steps of the first, with everything renamed.
#pragma once

#include "symmetry/cpu_symmetry.h"

#include <cstdint>
#include <string>

namespace lockstep::testing {

struct Walk {
    std::uint64_t seed = 1;
    std::size_t walks = 3;
    std::size_t steps = 60;  // of each
};

/// Random walks from the initial states, with random permutations on the way. Empty: no difference was found; else the
/// first one, for people.
std::string find_difference(const Program& program, const Layout& layout, const symmetry::CpuSymmetry& symmetry,
                            const Walk& walk = {});

}  // namespace lockstep::testing
