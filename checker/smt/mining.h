// Candidate invariants, proposed by states that have been visited.
//
// A short explicit run visits states; what all of them have in common is proposed (facts.h): which values a cell has,
// or between which bounds it lies, everywhere and at each location of a process; which locations two processes are not
// at together; which cells are equal. None of it is known to hold: houdini.h keeps what can be proved. (M. Ernst et
// al.: The Daikon system for dynamic detection of likely invariants, 2007, is the idea.)
#pragma once

#include "smt/facts.h"

#include <cstddef>
#include <functional>
#include <vector>

namespace lockstep::smt {

struct Sample {
    std::vector<std::vector<std::int64_t>> states;
    bool is_complete = false;  // all that are reachable
};
/// The first states of a breadth-first exploration. `goes_on` is asked now and then, with the number of states so far:
/// where it says no, these are all.
Sample sample_states(const Program& program, const Layout& layout, std::size_t most_states,
                     const std::function<bool(std::size_t)>& goes_on = {});

struct MiningLimits {
    std::size_t most_facts = 12'000;
    std::size_t most_values = 4;  // in "is one of"
};
/// `goes_on` is asked now and then: where it says no, these are all.
std::vector<Fact> mine_facts(const Program& program, const Layout& layout, const Sample& sample,
                             const MiningLimits& limits = {}, const std::function<bool()>& goes_on = {});

}  // namespace lockstep::smt
