#include "smt/induction.h"

#include "semantics/layout.h"
#include "smt/encoding_bounds.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>

namespace lockstep::smt {

Induction::Induction(Successors& the_successors, const Lemmas& the_lemmas, const Limits& the_limits)
    : successors(the_successors),
      states(the_successors.encoder.states),
      terms(states.terms),
      lemmas(the_lemmas),
      limits(the_limits)
{
}

void Induction::require(Term t)
{
    assumed.push_back(t);
    solver->require(t);
}

void Induction::assume_lemmas(const SymbolicState& state)
{
    require(states.well_typed(state));
    for (const Fact& fact : lemmas.facts) require(to_term(fact, states, state));
}

/// The properties that have been proved with the lemmas.
void Induction::assume_proved(const Unrolling::Depth& depth)
{
    for (const std::size_t i : lemmas.invariants) require(terms.negation(depth.violates[i]));
    if (lemmas.no_step_fails) require(terms.negation(depth.fails));
}

std::string Induction::name_of(const InductionStep& asked) const
{
    switch (asked.property) {
        case Property::no_failure:
            return "no-failure";
        case Property::not_stuck:
            return "not-stuck";
        case Property::invariant:
            return fmt::format("invariant-{}", states.program.invariants[asked.invariant].name);
    }
    return "";
}

std::vector<InductionStep> Induction::step(unsigned k)
{
    if (!solver) solver.emplace(terms);
    const EncodingBounds encoding(successors.encoder, *solver, assumed, limits, fmt::format("step-{}", k), bounds);
    if (!unrolling) {
        const SymbolicState first = states.any("s");
        assume_lemmas(first);
        unrolling.emplace(successors, first, terms.truth(true));
        assume_proved(unrolling->depths()[0]);
    }
    while (unrolling->depths().size() <= k) {
        const Unrolling::Depth& last = unrolling->depths().back();
        require(terms.negation(last.fails));
        for (const Term violated : last.violates) require(terms.negation(violated));
        require(terms.negation(terms.both(last.nobody, last.has_duty)));
        require(last.steps_on);
        unrolling->extend();
        assume_lemmas(unrolling->depths().back().state);
        assume_proved(unrolling->depths().back());
        // No state comes twice: a shortest run to a violation has none that does.
        const SymbolicState& newest = unrolling->depths().back().state;
        for (std::size_t d = 0; d + 1 < unrolling->depths().size(); ++d)
            require(terms.negation(states.same(unrolling->depths()[d].state, newest)));
    }
    const Unrolling::Depth& last = unrolling->depths().back();
    std::vector<InductionStep> asked;
    const auto add = [&](Property property, std::size_t invariant, Term bad) {
        InductionStep step{property, invariant};
        step.k = k;
        ask_for(step, bad, property == Property::no_failure);
        asked.push_back(std::move(step));
    };
    add(Property::no_failure, 0, last.fails);
    for (std::size_t i = 0; i < last.violates.size(); ++i) add(Property::invariant, i, last.violates[i]);
    add(Property::not_stuck, 0, terms.both(last.nobody, last.has_duty));
    return asked;
}

void Induction::ask_for(InductionStep& asked, Term bad, bool fails_in_step)
{
    const auto start = std::chrono::steady_clock::now();
    const std::vector<Term> wanted{bad};
    const Solver::Answer answer = terms.is_false(bad) ? Solver::Answer::unsatisfiable : ask(*solver, wanted, limits);
    asked.seconds = seconds_since(start);
    switch (answer) {
        case Solver::Answer::unknown:
            asked.reason = limits.reason();
            return;
        case Solver::Answer::unsatisfiable: {
            asked.end = InductionStep::End::proved;
            Refuted obligation{
                fmt::format("{}-step", name_of(asked)),
                fmt::format("{} followed by such a state ({})",
                            asked.k == 1 ? "a state that is as it should be is"
                                         : fmt::format("{} states in a row that are as they should be are", asked.k),
                            name_of(asked)),
                assumed, asked.seconds};
            obligation.asserted.push_back(bad);
            obligations.push_back(std::move(obligation));
            return;
        }
        case Solver::Answer::satisfiable:
            break;
    }
    const std::size_t depth = unrolling->depths().size() - 1;
    Term uncertain = terms.truth(false);
    for (std::size_t d = 0; d < depth; ++d) uncertain = terms.either(uncertain, unrolling->depths()[d].uncertain);
    if (fails_in_step) uncertain = terms.either(uncertain, unrolling->depths()[depth].uncertain);
    if (!terms.is_false(uncertain)) {
        const std::vector<Term> certain{bad, terms.negation(uncertain)};
        if (ask(*solver, certain, limits) != Solver::Answer::satisfiable) {
            asked.reason = "whether time may pass could not be decided: a wait that takes many steps a round";
            return;
        }
    }
    asked.end = InductionStep::End::fails;
    Assignment model = read_model(terms, *solver);
    for (std::size_t d = 0; d <= depth; ++d)
        asked.states.push_back(states.cells(unrolling->depths()[d].state, [&](Term t) { return model.value(t); }));
    asked.steps = path_of(*unrolling, successors, model, depth, fails_in_step).steps;
}

}  // namespace lockstep::smt
