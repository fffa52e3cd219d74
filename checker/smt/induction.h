// k-induction: what holds of every state, proved without visiting any.
//
// A property of states is proved where it holds in the first k states of every run (the base, bounded_search.h), and
// where k states in a row of any run in which it holds are followed only by states in which it holds (the step). Of the
// first of these states nothing is known but its types and what has been proved before: lemmas (houdini.h). Where the
// step fails, the solver has found a run of k+1 states to show: its first state need not be reachable. (M. Sheeran, S.
// Singh, G. Stalmarck: Checking Safety Properties Using Induction and a SAT-Solver, FMCAD 2000.)
#pragma once

#include "smt/houdini.h"
#include "smt/question.h"
#include "smt/refuted.h"
#include "smt/unrolling.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace lockstep::smt {

/// The properties that are asked for: no step traps or reports; each of the Program's invariants; nobody is stuck.
enum class Property : std::uint8_t { no_failure, invariant, not_stuck };

struct InductionStep {
    Property property = Property::no_failure;
    std::size_t invariant = 0;  // which
    enum class End : std::uint8_t { proved, fails, unknown } end = End::unknown;
    std::string reason = {};  // why unknown
    unsigned k = 0;
    double seconds = 0;
    /// Where it fails: k+1 states in a row, not known to be reachable, and the steps between them. The last state is
    /// where the property is violated: by one more step, which then is the last, or by itself.
    std::vector<std::vector<std::int64_t>> states = {};
    std::vector<Step> steps = {};
};

class Induction {
public:
    /// `lemmas` hold of every reachable state.
    Induction(Successors& successors, const Lemmas& lemmas, const Limits& limits);

    /// All properties together are what is assumed of the k states; each is asked for in the one after them.
    /// To be called with k = 1, 2, 3 ...
    std::vector<InductionStep> step(unsigned k);

    std::vector<Refuted> obligations;  // of what was proved
    std::vector<Refuted> bounds;       // on which the formulas rest, see encoding_bounds.h

private:
    Successors& successors;
    StateTerms& states;
    Terms& terms;
    const Lemmas& lemmas;
    Limits limits;
    std::optional<Unrolling> unrolling;
    std::optional<Solver> solver;
    std::vector<Term> assumed;  // what was required so far

    void require(Term t);
    void assume_lemmas(const SymbolicState& state);
    void assume_proved(const Unrolling::Depth& depth);
    void ask_for(InductionStep& asked, Term bad, bool fails_in_step);
    [[nodiscard]] std::string name_of(const InductionStep& asked) const;
};

}  // namespace lockstep::smt
