// Bounded model checking: is there a violation within so many steps of an initial state?
//
// The runs are unrolled one step at a time (unrolling.h), and at each depth the solver is asked for a run that ends in
// a violation there: a step that traps or reports, a state in which an invariant does not hold, a state from which
// nobody has a step, or in which whoever has one waits in a loop, and no time passes. So the first one found is a
// shortest. (A. Biere, A. Cimatti, E. Clarke, Y. Zhu: Symbolic Model Checking without BDDs, TACAS 1999.)
//
// Not looked for is what shows only in where runs end up: who is stuck while others, or time, really go on.
#pragma once

#include "smt/question.h"
#include "smt/refuted.h"
#include "smt/unrolling.h"

#include <functional>

namespace lockstep::smt {

struct BoundedSearch {
    enum class End : std::uint8_t {
        found,    // `path` ends in a violation
        none,     // there is none within `steps`
        unknown,  // `reason`; none within `steps`
    } end = End::unknown;
    unsigned steps = 0;         // so many were looked at to their end
    bool is_exhausted = false;  // no run is longer
    std::string reason;
    Path path;
    /// The path's last step is the violation; otherwise its last state.
    bool fails_in_step = false;
    std::size_t terms = 0;
    std::vector<Refuted> obligations;  // for each depth: that there is no violation
};

/// `is_stuck`: whether a path really leaves somebody stuck in its last state.
BoundedSearch search_bounded(Successors& successors, unsigned most_steps, const Limits& limits,
                             const std::function<bool(const Path&)>& is_stuck,
                             const std::function<void(unsigned)>& progress = {});

}  // namespace lockstep::smt
