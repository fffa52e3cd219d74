#include "smt/houdini.h"

#include "semantics/layout.h"
#include "semantics/stepper.h"
#include "smt/encoding_bounds.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <stdexcept>

namespace lockstep::smt {

namespace {

using Cells = std::vector<std::int64_t>;

class Houdini {
public:
    Houdini(Successors& the_successors, std::vector<Fact>&& candidates, const Limits& the_limits)
        : successors(the_successors),
          states(the_successors.encoder.states),
          terms(states.terms),
          limits(the_limits),
          solver(terms),
          stepper(states.program, states.layout)
    {
        for (Fact& fact : candidates) items.push_back({std::move(fact), {}, {}, {}});
        for (const Cells& cells : initial_cells(states.program, states.layout)) drop_violated(cells);
    }

    Lemmas run()
    {
        const auto start = std::chrono::steady_clock::now();
        if (!limits.reason().empty()) return {};
        encode();
        for (unsigned rounds = 1;; ++rounds) {
            switch (ask(solver, some_lost(), limits)) {
                case Solver::Answer::unknown:
                    return {.facts = {}, .is_complete = false, .obligations = {}, .rounds = rounds};
                case Solver::Answer::unsatisfiable: {
                    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
                    return finished(rounds, seconds.count());
                }
                case Solver::Answer::satisfiable:
                    break;
            }
            Assignment model = read_model(terms, solver);
            if (std::erase_if(items, [&](const Item& item) { return !model.holds(item.after); }) == 0)
                throw std::logic_error("a step leads to a state that its types do not allow");
            run_from(states.cells(unrolling->depths()[1].state, [&](Term t) { return model.value(t); }));
        }
    }

private:
    Successors& successors;
    StateTerms& states;
    Terms& terms;
    const Limits& limits;
    Solver solver;
    Stepper stepper;
    std::optional<Unrolling> unrolling;
    struct Item {
        Fact fact;
        Term before, after;
        Term kept;
    };
    std::vector<Item> items;
    std::vector<Term> step;  // from a state of the right types
    Term typed;              // the one after it is, too
    std::vector<Refuted> bounds;

    void require(Term t)
    {
        step.push_back(t);
        solver.require(t);
    }

    bool drop_violated(const Cells& cells)
    {
        return std::erase_if(items, [&](const Item& item) { return !holds(item.fact, states.layout, cells); }) > 0;
    }

    void encode()
    {
        const EncodingBounds encoding(successors.encoder, solver, step, limits, "lemmas", bounds);
        const SymbolicState anything = states.any("s");
        require(states.well_typed(anything));
        unrolling.emplace(successors, anything, terms.truth(true));
        require(unrolling->depths()[0].steps_on);
        unrolling->extend();
        const SymbolicState& before = unrolling->depths()[0].state;
        const SymbolicState& after = unrolling->depths()[1].state;
        for (Item& item : items) {
            item.kept = terms.variable(0, "keep");
            item.before = to_term(item.fact, states, before);
            item.after = to_term(item.fact, states, after);
            solver.require(terms.implies(item.kept, item.before));
        }
        typed = states.well_typed(after);
    }

    /// Something that is kept, or a type, does not hold after the step.
    Term lost()
    {
        Term lost = terms.negation(typed);
        for (const Item& item : items) lost = terms.either(lost, terms.negation(item.after));
        return lost;
    }

    std::vector<Term> some_lost()
    {
        std::vector<Term> assumptions;
        for (const Item& item : items) assumptions.push_back(item.kept);
        assumptions.push_back(lost());
        return assumptions;
    }

    /// Runs the Program from there, breadth-first, for as long as that is of use.
    void run_from(const Cells& start)
    {
        constexpr std::size_t most_states = 2000, most_in_vain = 300;
        std::set<Cells> met{start};
        std::vector<Cells> open{start};
        std::size_t in_vain = 0;
        for (std::size_t i = 0; i < open.size() && in_vain < most_in_vain && limits.reason().empty(); ++i) {
            stepper.evaluator.cells = open[i];
            stepper.all_steps([&](const StepView& view) {
                if (view.trap.kind != nullptr || view.stopped || met.size() >= most_states) return;
                if (!met.insert(stepper.evaluator.cells).second) return;
                open.push_back(stepper.evaluator.cells);
                in_vain = drop_violated(open.back()) ? 0 : in_vain + 1;
            });
        }
    }

    Lemmas finished(unsigned rounds, double seconds)
    {
        Refuted preserved{"lemmas-step", "every step preserves the lemmas and the types", step, seconds};
        for (const Item& item : items) preserved.asserted.push_back(item.before);
        preserved.asserted.push_back(lost());

        const SymbolicState& state = unrolling->depths()[0].state;
        Term is_initial = terms.truth(false);
        for (const Cells& cells : initial_cells(states.program, states.layout))
            is_initial = terms.either(is_initial, states.same(state, states.known(cells)));
        Term broken = terms.negation(states.well_typed(state));
        for (const Item& item : items) broken = terms.either(broken, terms.negation(item.before));

        Lemmas lemmas;
        lemmas.rounds = rounds;
        lemmas.is_complete = true;
        lemmas.obligations = {
            {"lemmas-base", "the lemmas and the types hold in every initial state", {is_initial, broken}, 0},
            std::move(preserved)};
        lemmas.obligations.insert(lemmas.obligations.end(), bounds.begin(), bounds.end());
        for (Item& item : items) lemmas.facts.push_back(std::move(item.fact));
        return lemmas;
    }
};

}  // namespace

Lemmas prove_lemmas(Successors& successors, std::vector<Fact> candidates, const Limits& limits)
{
    return Houdini(successors, std::move(candidates), limits).run();
}

}  // namespace lockstep::smt
