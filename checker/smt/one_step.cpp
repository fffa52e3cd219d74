#include "smt/one_step.h"

#include "semantics/layout.h"
#include "smt/encoding_bounds.h"

namespace lockstep::smt {

OneStep::OneStep(Successors& the_successors, const Lemmas& lemmas, const Limits& limits)
    : successors(the_successors),
      states(successors.encoder.states),
      state(states.any("r")),
      initial(initial_cells(states.program, states.layout))
{
    Terms& terms = states.terms;
    Solver solver(terms);
    const EncodingBounds encoding(successors.encoder, solver, known, limits, "invariant", bounds);
    const auto know = [&](Term t) {
        known.push_back(t);
        solver.require(t);
    };
    know(states.well_typed(state));
    for (const Fact& fact : lemmas.facts) know(to_term(fact, states, state));
    unrolling.emplace(successors, state, terms.truth(true));
    for (const std::size_t i : lemmas.invariants) know(terms.negation(depth().violates[i]));
    if (lemmas.no_step_fails) know(terms.negation(depth().fails));

    properties.push_back({Property::no_failure, 0, depth().fails});
    for (std::size_t i = 0; i < depth().violates.size(); ++i)
        properties.push_back({Property::invariant, i, depth().violates[i]});
    properties.push_back({Property::not_stuck, 0, terms.both(depth().nobody, depth().has_duty)});
}

Term OneStep::is_initial()
{
    Term is = states.terms.truth(false);
    for (const std::vector<std::int64_t>& cells : initial)
        is = states.terms.either(is, states.same(state, states.known(cells)));
    return is;
}

Term OneStep::is_bad()
{
    Term bad = states.terms.truth(false);
    for (const Wrong& wrong : properties) bad = states.terms.either(bad, wrong.bad);
    return bad;
}

}  // namespace lockstep::smt
