// A Program's runs of bounded length as one formula: states in a row, each a step after the one before.
//
// Which step is taken is left to a variable of its own for each depth, whose values number the outcomes of all
// processes' steps. A state is then the if-then-else over these numbers; cells that no step changes stay what they
// were, and from a concrete initial state on constants stay constants until somebody may have changed them.
#pragma once

#include "smt/assignment.h"
#include "smt/successors.h"

#include "result/result.h"

#include <functional>
#include <vector>

namespace lockstep::smt {

class Unrolling {
public:
    Unrolling(Successors& successors, SymbolicState start, Term start_condition);

    struct Outcome {
        ProcessId process;
        StepEnd end;
        Term chosen;  // this one is taken; true also where it is not possible
    };
    /// A state and what can be done in it.
    struct Depth {
        SymbolicState state;
        std::vector<Outcome> outcomes;
        Term steps_on;               // the outcome chosen is possible, and a state follows
        Term fails;                  // some process's next step traps, or reports
        std::vector<Term> violates;  // by the Program's invariants: it does not hold
        Term nobody;                 // no process has a step, and no ls_assume has kept one from it
        Term quiet;                  // time does not pass, and who has a step only goes round in its wait
        Term has_duty;               // somebody has yet to finish: a superset, see explicit/liveness.cpp
        Term uncertain;              // the outcome chosen is a tick of which it is not certain that it may pass
    };
    [[nodiscard]] const std::vector<Depth>& depths() const { return all; }
    [[nodiscard]] Term start_condition() const { return starts; }

    /// One more. Throws NotEncoded; `most_terms` bounds the formula.
    void extend();
    static constexpr std::size_t most_terms = 30'000'000;

    /// The last depth's bad outcome, where a report counts or not.
    std::function<bool(const Report&)> counts = [](const Report&) { return true; };

private:
    Successors& successors;
    StateTerms& states;
    Terms& terms;
    Term starts;
    std::vector<Depth> all;

    Depth look(SymbolicState state);
    SymbolicState next(const Depth& depth);
    Term duty(const SymbolicState& state, ProcessId p);
};

/// The path that a model describes, and the states on it: the Program's own steps are made again, those that lead where
/// the model says. The last step is one that fails at `depth`, if `ends_in_failure`. Throws std::logic_error where the
/// formula and the evaluator disagree.
Path path_of(const Unrolling& unrolling, Successors& successors, Assignment& model, std::size_t depth,
             bool ends_in_failure);

}  // namespace lockstep::smt
