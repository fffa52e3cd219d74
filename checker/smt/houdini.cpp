#include "smt/houdini.h"

#include "semantics/layout.h"
#include "semantics/stepper.h"
#include "smt/encoding_bounds.h"

#include <fmt/format.h>

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
          solver(terms, Solver::Kind::from_scratch),
          stepper(states.program, states.layout)
    {
        for (Fact& fact : candidates) items.push_back({std::move(fact), {}, {}});
        for (const Cells& cells : initial_cells(states.program, states.layout)) drop_violated(cells);
    }

    Lemmas run()
    {
        const auto start = std::chrono::steady_clock::now();
        if (!limits.reason().empty()) return {};
        encode();
        // Each kind of step is asked for by itself, until as many in a row as there are have preserved what is left.
        const std::vector<Unrolling::Outcome>& outcomes = unrolling->depths()[0].outcomes;
        Lemmas lemmas;
        std::size_t preserve = 0;
        for (std::size_t i = 0; preserve < outcomes.size();) {
            ++lemmas.rounds;
            switch (ask(solver, some_lost(outcomes[i]), limits)) {
                case Solver::Answer::unknown:
                    return lemmas;
                case Solver::Answer::unsatisfiable:
                    ++preserve;
                    i = (i + 1) % outcomes.size();
                    break;
                case Solver::Answer::satisfiable:
                    preserve = 0;
                    drop_after_step();
                    break;
            }
        }
                std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
                const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
                finish(lemmas, seconds.count());
                return lemmas;
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
            item.before = to_term(item.fact, states, before);
            item.after = to_term(item.fact, states, after);
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

    std::vector<Term> some_lost(const Unrolling::Outcome& outcome)
    {
        std::vector<Term> assumptions{outcome.chosen, outcome.end.condition};
        for (const Item& item : items) assumptions.push_back(item.before);
        assumptions.push_back(lost());
        return assumptions;
    }

    void drop_after_step()
    {
        Assignment model = read_model(terms, solver);
        if (std::erase_if(items, [&](const Item& item) { return !model.holds(item.after); }) == 0)
            throw std::logic_error("a step leads to a state that its types do not allow");
        run_from(states.cells(unrolling->depths()[1].state, [&](Term t) { return model.value(t); }));
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

    void finish(Lemmas& lemmas, double seconds)
    {
        const SymbolicState& state = unrolling->depths()[0].state;
        Term is_initial = terms.truth(false);
        for (const Cells& cells : initial_cells(states.program, states.layout))
            is_initial = terms.either(is_initial, states.same(state, states.known(cells)));
        Term broken = terms.negation(states.well_typed(state));
        for (const Item& item : items) broken = terms.either(broken, terms.negation(item.before));
        lemmas.obligations = {
            {"lemmas-base", "the lemmas and the types hold in every initial state", {is_initial, broken}, 0}};

        std::vector<Term> before = step;
        for (const Item& item : items) before.push_back(item.before);
        before.push_back(lost());
        std::size_t number = 0;
        for (const Unrolling::Outcome& outcome : unrolling->depths()[0].outcomes) {
            Refuted preserved{fmt::format("lemmas-step-{}", ++number),
                              fmt::format("every step of {} preserves the lemmas and the types ({} of its outcomes)",
                                          states.program.processes[outcome.process].name, number),
                              before, seconds};
            preserved.asserted.push_back(outcome.chosen);
            preserved.asserted.push_back(outcome.end.condition);
            lemmas.obligations.push_back(std::move(preserved));
        }
        lemmas.is_complete = true;
        lemmas.obligations.insert(lemmas.obligations.end(), bounds.begin(), bounds.end());
        for (Item& item : items) lemmas.facts.push_back(std::move(item.fact));
    }
};

}  // namespace

Lemmas prove_lemmas(Successors& successors, std::vector<Fact> candidates, const Limits& limits)
{
    return Houdini(successors, std::move(candidates), limits).run();
}

}  // namespace lockstep::smt
