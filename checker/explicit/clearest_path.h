// From a shortest way to a violation to one that is easier to follow.
#pragma once

#include "explicit/explore.h"
#include "program/program.h"
#include "result/result.h"

#include <cstdint>
#include <set>
#include <vector>

namespace lockstep::explicit_engine {

/// How far is looked, in pairs of a state and the CPU that moved last.
struct ClarityBudget {
    std::uint64_t nodes = 0;
};

/// For each violation with a path: another path to the same violation (same kind, place, CPU, task and permanence) on
/// which CPUs alternate less often, and among those the shortest; what the violation says is then as it is there. One
/// whose path is the clearest already, or for which the budget was not enough, stays as it is; its index is not among
/// those returned. Of `options` the limits on time are kept, and `distinguish`.
std::set<std::size_t> find_clearest_paths(const Program& program, const Options& options, const ClarityBudget& budget,
                                          std::vector<Violation>& violations);

}  // namespace lockstep::explicit_engine
