// Lemmas: the largest set of facts of which every step preserves all.
//
// Facts have been proposed (mining.h); none of them is known to hold. Those that some initial state violates go at
// once. Of the others the solver is asked for a step from a state in which all hold to one in which some do not; these
// go, and it is asked again until there is no such step. (C. Flanagan, K. R. M. Leino: Houdini, an Annotation Assistant
// for ESC/Java, FME 2001.)
//
// Between two questions the Program itself is run from the state that the solver came to: all facts of the set that
// will be left hold there, and in every state that follows, so that each fact which one of them violates goes, too.
// That takes microseconds a state, while a question takes a tenth of a second and more.
//
// The properties that are to be proved are among the candidates: facts may need them as much as they need facts.
#pragma once

#include "smt/facts.h"
#include "smt/question.h"
#include "smt/refuted.h"
#include "smt/unrolling.h"

#include <functional>
#include <vector>

namespace lockstep::smt {

struct Lemmas {
    std::vector<Fact> facts;
    std::vector<std::size_t> invariants;  // those of the Program's that are preserved together with them
    bool no_step_fails = false;           // nor does any step trap or report
    bool is_complete = false;             // false: time ran out, there are none
    std::vector<Refuted> obligations;
    unsigned rounds = 0;
};
/// Lemmas among the candidates and the Program's invariants. `progress` is called before each question, with its number
/// and that of the facts that are left.
Lemmas prove_lemmas(Successors& successors, std::vector<Fact> candidates, const Limits& limits,
                    const std::function<void(unsigned, std::size_t)>& progress = {});

}  // namespace lockstep::smt
