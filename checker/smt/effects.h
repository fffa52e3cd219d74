// A transition's effect on a symbolic state.
//
// Its statements are carried out one after the other, on terms. What may go wrong on the way is gathered in one
// condition; where it holds the state that results means nothing, as with an effect that stops or did not happen.
#pragma once

#include "smt/expressions.h"

#include <vector>

namespace lockstep::smt {

class Effects {
public:
    Effects(Expressions& the_expressions);

    enum class End : std::uint8_t { moved, stopped, pruned };
    struct Outcome {
        End end = End::moved;
        Term trap;  // it traps before it comes to that end
        std::vector<const Report*> reports = {};
        bool makes_progress = false;
        /// A Copy or Invalidate through an address of which nothing is known: what it does there is not said.
        Term unsaid = {};
    };
    /// Everything but the location. Precondition: `condition` says when; it only keeps terms small.
    Outcome apply(SymbolicState& state, ProcessId p, const Transition& transition, Term condition);

private:
    Expressions& expressions;
    StateTerms& states;
    Terms& terms;
    const Program& program;
    const Layout& layout;

    struct Work {
        SymbolicState& state;
        ProcessId process;
        Term condition;
        Outcome& outcome;
    };
    Term value(const Work& work, ExpressionId e);
    void trap_if(const Work& work, Term trap) { work.outcome.trap = terms.either(work.outcome.trap, trap); }
    void write(const Work& work, std::uint32_t cell, Term condition, Term value, Term mark);
    void set_scope(const Work& work, VariableId v, Mark mark);
    void assign(const Work& work, const AssignLocal& s);
    void store(const Work& work, const Store& s);
    void copy(const Work& work, const Copy& s);
    void copy_slot(const Work& work, std::uint64_t to, std::uint64_t from, Term condition);
    void invalidate(const Work& work, const Invalidate& s);
    void age_times(const Work& work);
    void report(const Work& work, const Report& r);
};

}  // namespace lockstep::smt
