// Everything that a process can do in a state, time included.
//
// Time passes only where every running process is settled (semantics/stepper.h): it is blocked, or it stands at its
// loop's head and, going on alone, comes back to exactly the same state. As a formula: the process's steps are made
// again and again from there, and each way is followed until its state is the first one again. Where a way has not come
// back after a number of steps that waits do not take, whether it will is `uncertain`: the time step is then offered,
// with the condition beside it. A search has to look at that condition in what it finds, a proof need not, since it
// only has more steps to allow for.
#pragma once

#include "smt/steps.h"

namespace lockstep::smt {

class Successors {
public:
    explicit Successors(Expressions& expressions)
        : encoder(expressions), states(expressions.states), terms(states.terms)
    {
    }

    Steps of(const SymbolicState& state, ProcessId p);
    /// An invariant's automaton, run in one go: its ends that report or trap.
    Steps failures(const SymbolicState& state, const Invariant& invariant);

    struct Settled {
        Term sure, uncertain;
    };
    /// p, which is not the clock, can do nothing that lasts; and where this is not known.
    Settled settled(const SymbolicState& state, ProcessId p);
    Settled everybody_settled(const SymbolicState& state);

    /// After so many steps a wait in a loop should have come back; so many steps more are looked at, of all ways that
    /// have not, one after the other.
    static constexpr unsigned most_steps_round = 12, most_steps_besides = 64;

    StepEncoder encoder;

private:
    StateTerms& states;
    Terms& terms;

    struct Round {
        const SymbolicState* start;
        ProcessId process;
        Term fails, uncertain;
        unsigned steps_besides = most_steps_besides;
    };
    void go_round(Round& round, const SymbolicState& from, Term condition, unsigned steps);
    Steps of_clock(const SymbolicState& state, ProcessId clock);
};

}  // namespace lockstep::smt
