// Linear facts: what the counters of a counting system have in common in one control state.
//
// The visited members propose every linear equation that all of their vectors (the counts, the numbers, N) satisfy,
// which linear algebra finds, and bounds. Where one CPU at a time does something for all (the last to acknowledge, who
// hands over), what holds depends on where that one is: so the same is proposed for each way in which local states that
// never hold more than one CPU are occupied.
#pragma once

#include "smt/counting_system.h"

#include <string>
#include <vector>

namespace lockstep::smt {

/// A sum of multiples of the counts, the numbers, N and 1, in some control state: it is 0, or (not `is_equation`) at
/// least 0.
struct LinearFact {
    std::size_t control = 0;
    /// While each of the first has a CPU and none of the second has: otherwise it says nothing.
    std::vector<std::size_t> occupied, empty;
    bool is_equation = true;
    std::vector<std::int64_t> counts, numbers;
    std::int64_t cpus = 0, constant = 0;
};

std::vector<LinearFact> mine_linear_facts(const CountingSystem& system);
std::string to_text(const LinearFact& fact, const CountingSystem& system);

}  // namespace lockstep::smt
