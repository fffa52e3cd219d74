#include "smt/bounded_search.h"

#include "smt/encoding_bounds.h"
#include "smt/solver.h"

#include <fmt/format.h>

#include <chrono>
#include <optional>

namespace lockstep::smt {

namespace {

class Search {
public:
    Search(Successors& the_successors, unsigned the_most_steps, const Limits& the_limits,
           const std::function<bool(const Path&)>& the_is_stuck)
        : successors(the_successors),
          states(the_successors.encoder.states),
          terms(states.terms),
          most_steps(the_most_steps),
          limits(the_limits),
          is_stuck(the_is_stuck),
          solver(terms, Solver::Kind::from_scratch),
          bounds(successors.encoder, solver, required, limits, "base", result.obligations)
    {
    }

    BoundedSearch run(const std::function<void(unsigned)>& progress)
    {
        try {
            unroll(progress);
        } catch (const NotEncoded& why) {
            result.reason = limits.reason().empty() ? why.what() : limits.reason();
        }
        result.terms = terms.size();
        return std::move(result);
    }

private:
    Successors& successors;
    StateTerms& states;
    Terms& terms;
    unsigned most_steps;
    const Limits& limits;
    const std::function<bool(const Path&)>& is_stuck;
    Solver solver;
    std::optional<Unrolling> unrolling;
    std::vector<Term> required;
    Term uncertain;  // some tick so far was
    BoundedSearch result;
    double seconds = 0;  // that the last question took
    EncodingBounds bounds;

    [[nodiscard]] bool is_over()
    {
        result.reason = limits.reason();
        return !result.reason.empty();
    }

    void require(Term t)
    {
        required.push_back(t);
        solver.require(t);
    }

    void begin()
    {
        const auto initial = initial_cells(states.program, states.layout);
        SymbolicState start = states.known(initial.front());
        Term condition = terms.truth(true);
        if (initial.size() > 1) {
            const Term which = terms.variable(32, "initial");
            for (std::size_t i = 1; i < initial.size(); ++i)
                start = states.choose(terms.is(which, i), states.known(initial[i]), start);
            condition = terms.binary(Op::unsigned_less, which, terms.constant(32, initial.size()));
        }
        unrolling.emplace(successors, std::move(start), condition);
        require(condition);
        uncertain = terms.truth(false);
    }

    void unroll(const std::function<void(unsigned)>& progress)
    {
        begin();
        for (unsigned depth = 0;; ++depth) {
            if (progress) progress(depth);
            if (is_over() || look_at(depth)) return;
            result.steps = depth;
            const Unrolling::Depth& here = unrolling->depths().back();
            const std::optional<bool> goes_on = some_run_goes_on(here, depth);
            if (!goes_on) return;
            result.is_exhausted = !*goes_on;
            if (result.is_exhausted || depth == most_steps) {
                result.end = BoundedSearch::End::none;
                return;
            }
            require(here.steps_on);
            uncertain = terms.either(uncertain, here.uncertain);
            unrolling->extend();
        }
    }

    /// Whether the search ends here.
    bool look_at(unsigned depth)
    {
        const Unrolling::Depth& here = unrolling->depths()[depth];
        // A step that fails makes the run longer by one.
        if (ask(terms.any_of(here.violates), depth, false)) return true;
        if (look_for_stuck(here, depth)) return true;
        return ask(here.fails, depth, true);
    }

    /// Whether a run to here can be longer; nullopt: not known.
    std::optional<bool> some_run_goes_on(const Unrolling::Depth& here, unsigned depth)
    {
        const std::vector<Term> wanted{here.steps_on};
        seconds = 0;
        const Solver::Answer answer =
            terms.is_false(here.steps_on) ? Solver::Answer::unsatisfiable : ask_solver(wanted);
        if (answer == Solver::Answer::unknown) return std::nullopt;
        if (answer == Solver::Answer::unsatisfiable) note(depth, "nobody has a step any more", here.steps_on);
        return answer == Solver::Answer::satisfiable;
    }

    /// Whether there is a run to here on which `bad` holds, or this is not known.
    bool ask(Term bad, unsigned depth, bool fails_in_step)
    {
        if (terms.is_false(bad)) return false;
        switch (check(bad)) {
            case Solver::Answer::unsatisfiable:
                note(depth, fails_in_step ? "no step fails" : "no invariant is broken", bad);
                return false;
            case Solver::Answer::unknown:
                return true;
            case Solver::Answer::satisfiable:
                break;
        }
        finish(depth, fails_in_step);
        return true;
    }

    void note(unsigned depth, const char* what, Term bad)
    {
        Refuted obligation{fmt::format("base-{}-{}", depth, result.obligations.size()),
                           fmt::format("after {} step{} from an initial state {}", depth, depth == 1 ? "" : "s", what),
                           required, seconds};
        obligation.asserted.push_back(bad);
        result.obligations.push_back(std::move(obligation));
    }

    /// A state that nobody can leave may be one in which everybody has finished; in one in which all only go round in
    /// their waits, one wait's round may be another's way on.
    bool look_for_stuck(const Unrolling::Depth& here, unsigned depth)
    {
        Term bad = terms.both(terms.either(here.nobody, here.quiet), here.has_duty);
        while (!terms.is_false(bad)) {
            const Solver::Answer answer = check(bad);
            if (answer == Solver::Answer::unknown) return true;
            if (answer == Solver::Answer::unsatisfiable) {
                note(depth, "nobody is stuck who has not finished", bad);
                return false;
            }
            Assignment model = read_model(terms, solver);
            const Path path = path_of(*unrolling, successors, model, depth, false);
            if (is_stuck(path)) {
                finish(depth, false);
                return true;
            }
            const auto cells = states.cells(here.state, [&](Term t) { return model.value(t); });
            bad = terms.both(bad, terms.negation(states.same(here.state, states.known(cells))));
        }
        return false;
    }

    /// A run with ticks of which it is certain that they may pass, if there is one.
    Solver::Answer check(Term bad)
    {
        const std::vector<Term> certain{bad, terms.negation(uncertain)};
        seconds = 0;
        Solver::Answer answer = ask_solver(certain);
        if (answer != Solver::Answer::unsatisfiable || terms.is_false(uncertain)) return answer;
        const std::vector<Term> any{bad};
        answer = ask_solver(any);
        if (answer != Solver::Answer::satisfiable) return answer;
        result.reason = "whether time may pass could not be decided: a wait that takes many steps a round";
        return Solver::Answer::unknown;
    }

    Solver::Answer ask_solver(const std::vector<Term>& wanted)
    {
        const auto start = std::chrono::steady_clock::now();
        const Solver::Answer answer = smt::ask(solver, wanted, limits);
        seconds += seconds_since(start);
        if (answer == Solver::Answer::unknown) result.reason = limits.reason();
        return answer;
    }

    void finish(unsigned depth, bool fails_in_step)
    {
        Assignment model = read_model(terms, solver);
        result.path = path_of(*unrolling, successors, model, depth, fails_in_step);
        result.fails_in_step = fails_in_step;
        result.end = BoundedSearch::End::found;
        result.steps = depth;
    }
};

}  // namespace

BoundedSearch search_bounded(Successors& successors, unsigned most_steps, const Limits& limits,
                             const std::function<bool(const Path&)>& is_stuck,
                             const std::function<void(unsigned)>& progress)
{
    return Search(successors, most_steps, limits, is_stuck).run(progress);
}

}  // namespace lockstep::smt
