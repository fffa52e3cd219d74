// Property-directed reachability: whether a run leads to a violation, and if none does, why.
//
// See reachability.cpp. What it finds is taken on nobody's word: an invariant is asked for again (recheck.h), and that
// a run leads to a violation is a hint for bounded search, which finds and replays one.
#pragma once

#include "smt/cubes.h"
#include "smt/one_step.h"

#include <functional>
#include <string>
#include <vector>

namespace lockstep::smt {

struct Reachability {
    enum class End : std::uint8_t {
        never,    // no reachable state lies in a cube of `excluded`, and none outside is bad
        reached,  // a run of `steps` steps may lead to a bad state
        unknown,
    } end = End::unknown;
    std::vector<Cube> excluded;
    unsigned steps = 0;
    unsigned frames = 0;
    std::size_t questions = 0;
    double seconds = 0;
};

/// `progress` is called with the number of the frame and of the clauses now and then.
/// `met`: some states that can be reached.
Reachability find_invariant(OneStep& step, const std::vector<std::vector<std::int64_t>>& met, const Limits& limits,
                            const std::function<void(unsigned, std::size_t)>& progress = {});

}  // namespace lockstep::smt
