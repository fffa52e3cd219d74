// Whether Programs for different numbers of CPUs are the same code.
//
// Members of a family may differ in nothing but constants that follow the number of CPUs N: NR_CPUS, NR_CPUS - 1. Their
// automata are written down, and the numbers in these texts compared: each has to be a * N + b, with the a and b that
// the first two members show. Neither may boot make a difference (`if (cpu == 6)`): as many CPUs as in the first member
// are unlike the others, and integers that no CPU owns begin with such numbers, too. No states are visited, so that a
// member may be large.
#pragma once

#include "program/program.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace lockstep {

struct CodeDifference {
    std::size_t member = 0;  // the first one that has it
    std::string what;        // "automaton worker: `l2 -> l3 when ...`"
};

/// There are at least two members; the first two have different numbers of CPUs.
std::optional<CodeDifference> find_code_difference(const std::vector<const Program*>& members);

}  // namespace lockstep
