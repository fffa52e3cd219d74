#include "smt/recheck.h"

#include <fmt/format.h>

#include <chrono>

namespace lockstep::smt {

std::string file_name_of(const Program& program, Property property, std::size_t invariant)
{
    switch (property) {
        case Property::no_failure:
            return "no-failure";
        case Property::not_stuck:
            return "not-stuck";
        case Property::invariant:
            return fmt::format("invariant-{}", program.invariants[invariant].name);
    }
    return "";
}

Recheck recheck(OneStep& step, std::span<const Cube> excluded, const Limits& limits)
{
    StateTerms& states = step.states;
    Terms& terms = states.terms;
    std::vector<Term> inside = step.known;
    const auto outside_after = [&](const SymbolicState& state) {
        Term outside = terms.truth(false);
        for (const Cube& cube : excluded) outside = terms.either(outside, to_term(cube, states, state));
        return outside;
    };
    for (const Cube& cube : excluded) inside.push_back(terms.negation(to_term(cube, states, step.state)));

    Recheck checked;
    checked.obligations.push_back({"invariant-base",
                                   "the invariant holds in every initial state",
                                   {step.is_initial(), outside_after(step.state)}});
    std::size_t number = 0;
    for (const Unrolling::Outcome& outcome : step.outcomes()) {
        checked.obligations.push_back({fmt::format("invariant-step-{}", ++number),
                                       fmt::format("every step of {} preserves the invariant (outcome {})",
                                                   states.program.processes[outcome.process].name, number),
                                       inside});
        checked.obligations.back().asserted.push_back(outcome.end.condition);
        checked.obligations.back().asserted.push_back(outside_after(outcome.end.state));
    }
    for (const OneStep::Wrong& wrong : step.properties) {
        const std::string name = file_name_of(states.program, wrong.property, wrong.invariant);
        checked.obligations.push_back({name + "-follows", fmt::format("the invariant implies {}", name), inside});
        checked.obligations.back().asserted.push_back(wrong.bad);
    }
    const std::size_t first_property = checked.obligations.size() - step.properties.size();
    for (Refuted& obligation : checked.obligations) {
        const auto start = std::chrono::steady_clock::now();
        Solver solver(terms, Solver::Kind::from_scratch);
        const Solver::Answer answer = ask(solver, obligation.asserted, limits);
        obligation.seconds = seconds_since(start);
        if (answer == Solver::Answer::unsatisfiable) continue;
        checked.end = answer == Solver::Answer::satisfiable ? Recheck::End::refused : Recheck::End::unknown;
        if (answer == Solver::Answer::satisfiable) checked.refused = obligation.name;
        return checked;
    }
    checked.end = Recheck::End::confirmed;
    for (std::size_t i = 0; i < step.properties.size(); ++i)
        checked.follows.push_back({step.properties[i].property, step.properties[i].invariant,
                                   checked.obligations[first_property + i].seconds});
    checked.obligations.insert(checked.obligations.end(), step.bounds.begin(), step.bounds.end());
    return checked;
}

}  // namespace lockstep::smt
