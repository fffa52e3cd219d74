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
    Houdini(Successors& the_successors, std::vector<Fact>&& candidates, const Limits& the_limits,
            const std::function<void(unsigned, std::size_t)>& the_progress)
        : successors(the_successors),
          states(the_successors.encoder.states),
          terms(states.terms),
          limits(the_limits),
          progress(the_progress),
          solver(terms, Solver::Kind::from_scratch),
          stepper(states.program, states.layout)
    {
        const auto start = std::chrono::steady_clock::now();
        items.push_back({});
        for (std::size_t i = 0; i < states.program.invariants.size(); ++i) items.push_back({.invariant = i});
        for (Fact& fact : candidates) items.push_back({.fact = std::move(fact)});
        for (const Cells& cells : initial_cells(states.program, states.layout)) {
            drop_violated(cells);
            stepper.evaluator.cells = cells;
            drop_violated_properties();
        }
        seconds_of_base = seconds_since(start);
    }

    Lemmas run()
    {
        if (!limits.reason().empty()) return {};
        encode();
        // Each kind of step is asked for by itself, until as many in a row as there are have preserved what is left.
        const std::vector<Unrolling::Outcome>& outcomes = unrolling->depths()[0].outcomes;
        Lemmas lemmas;
        std::size_t preserve = 0;
        std::vector<double> seconds(outcomes.size());  // of the last question about each
        for (std::size_t i = 0; preserve < outcomes.size();) {
            ++lemmas.rounds;
            if (progress) progress(lemmas.rounds, items.size());
            const auto start = std::chrono::steady_clock::now();
            const Solver::Answer answer = ask(solver, some_lost(outcomes[i]), limits);
            seconds[i] = seconds_since(start);
            switch (answer) {
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
        finish(lemmas, seconds);
        return lemmas;
    }

private:
    Successors& successors;
    StateTerms& states;
    Terms& terms;
    const Limits& limits;
    const std::function<void(unsigned, std::size_t)>& progress;
    Solver solver;
    Stepper stepper;
    std::optional<Unrolling> unrolling;
    /// A fact, or a property.
    struct Item {
        std::optional<Fact> fact = {};
        std::optional<std::size_t> invariant = {};  // neither: no step fails
        Term before = {}, after = {};
    };
    std::vector<Item> items;
    std::vector<Term> step;  // from a state of the right types
    Term typed;              // the one after it is, too
    std::vector<Refuted> bounds;
    double seconds_of_base = 0;  // of trying all in the initial states

    void require(Term t)
    {
        step.push_back(t);
        solver.require(t);
    }

    bool drop_violated(const Cells& cells)
    {
        return std::erase_if(
                   items, [&](const Item& item) { return item.fact && !holds(*item.fact, states.layout, cells); }) > 0;
    }

    /// The properties that do not hold in the state in which the stepper is.
    bool drop_violated_properties()
    {
        return std::erase_if(items, [&](const Item& item) {
                   bool is_violated = false;
                   if (item.invariant)
                       stepper.check_invariant(states.program.invariants[*item.invariant],
                                               [&](const StepView&) { is_violated = true; });
                   else if (!item.fact)
                       stepper.all_steps([&](const StepView& view) {
                           is_violated |= view.trap.kind != nullptr || !view.reports.empty();
                       });
                   return is_violated;
               }) > 0;
    }

    void encode()
    {
        const EncodingBounds encoding(successors.encoder, solver, step, limits, "lemmas", bounds);
        const SymbolicState anything = states.any("s");
        require(states.well_typed(anything));
        unrolling.emplace(successors, anything, terms.truth(true));
        require(unrolling->depths()[0].steps_on);
        unrolling->extend();
        const auto said_of = [&](const Unrolling::Depth& depth, const Item& item) {
            if (item.fact) return to_term(*item.fact, states, depth.state);
            return terms.negation(item.invariant ? depth.violates[*item.invariant] : depth.fails);
        };
        for (Item& item : items) {
            item.before = said_of(unrolling->depths()[0], item);
            item.after = said_of(unrolling->depths()[1], item);
        }
        typed = states.well_typed(unrolling->depths()[1].state);
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
            if (drop_violated_properties()) in_vain = 0;
            stepper.all_steps([&](const StepView& view) {
                if (view.trap.kind != nullptr || view.stopped || met.size() >= most_states) return;
                if (!met.insert(stepper.evaluator.cells).second) return;
                open.push_back(stepper.evaluator.cells);
                in_vain = drop_violated(open.back()) ? 0 : in_vain + 1;
            });
        }
    }

    void finish(Lemmas& lemmas, const std::vector<double>& seconds)
    {
        const SymbolicState& state = unrolling->depths()[0].state;
        Term is_initial = terms.truth(false);
        for (const Cells& cells : initial_cells(states.program, states.layout))
            is_initial = terms.either(is_initial, states.same(state, states.known(cells)));
        Term broken = terms.negation(states.well_typed(state));
        for (const Item& item : items) broken = terms.either(broken, terms.negation(item.before));
        lemmas.obligations = {{"lemmas-base",
                               "lemmas, kept properties and types hold in every initial state",
                               {is_initial, broken},
                               seconds_of_base}};

        std::vector<Term> before = step;
        for (const Item& item : items) before.push_back(item.before);
        before.push_back(lost());
        std::size_t number = 0;
        for (const Unrolling::Outcome& outcome : unrolling->depths()[0].outcomes) {
            Refuted preserved{fmt::format("lemmas-step-{}", ++number),
                              fmt::format("every step of {} preserves lemmas, kept properties and types (outcome {})",
                                          states.program.processes[outcome.process].name, number),
                              before, seconds[number - 1]};
            preserved.asserted.push_back(outcome.chosen);
            preserved.asserted.push_back(outcome.end.condition);
            lemmas.obligations.push_back(std::move(preserved));
        }
        lemmas.is_complete = true;
        lemmas.obligations.insert(lemmas.obligations.end(), bounds.begin(), bounds.end());
        for (Item& item : items) {
            if (item.fact)
                lemmas.facts.push_back(std::move(*item.fact));
            else if (item.invariant)
                lemmas.invariants.push_back(*item.invariant);
            else
                lemmas.no_step_fails = true;
        }
    }
};

}  // namespace

Lemmas prove_lemmas(Successors& successors, std::vector<Fact> candidates, const Limits& limits,
                    const std::function<void(unsigned, std::size_t)>& progress)
{
    return Houdini(successors, std::move(candidates), limits, progress).run();
}

}  // namespace lockstep::smt
