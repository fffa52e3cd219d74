// One step from any state: what reachability and its recheck are about.
#pragma once

#include "smt/houdini.h"
#include "smt/induction.h"
#include "smt/question.h"
#include "smt/refuted.h"
#include "smt/unrolling.h"

#include <string>
#include <vector>

namespace lockstep::smt {

class OneStep {
public:
    OneStep(Successors& successors, const Lemmas& lemmas, const Limits& limits);

    struct Wrong {
        Property property;
        std::size_t invariant = 0;  // which
        Term bad;                   // it is violated in the state, or by a step from there
    };

    Successors& successors;
    StateTerms& states;
    SymbolicState state;          // a variable for each cell
    std::vector<Term> known;      // of every reachable state: its types, lemmas, and what was proved with these
    std::vector<Refuted> bounds;  // on which the formulas rest, see encoding_bounds.h
    std::vector<std::vector<std::int64_t>> initial;
    std::vector<Wrong> properties;

    [[nodiscard]] const std::vector<Unrolling::Outcome>& outcomes() const { return unrolling->depths()[0].outcomes; }
    [[nodiscard]] const Unrolling::Depth& depth() const { return unrolling->depths()[0]; }
    Term is_initial();
    Term is_bad();

private:
    std::optional<Unrolling> unrolling;
};

}  // namespace lockstep::smt
