#include "smt/bounded_search.h"

#include "smt/solver.h"

#include <fmt/format.h>

#include <algorithm>

namespace lockstep::smt {

namespace {

constexpr double slice_seconds = 0.5;  // so often it is asked whether to go on

class Search {
public:
    Search(Successors& the_successors, const SearchLimits& the_limits,
           const std::function<bool(const Path&)>& the_is_stuck)
        : successors(the_successors),
          states(the_successors.encoder.states),
          terms(states.terms),
          limits(the_limits),
          is_stuck(the_is_stuck),
          solver(terms)
    {
    }

    BoundedSearch run(const std::function<void(unsigned)>& progress)
    {
        try {
            unroll(progress);
        } catch (const NotEncoded& why) {
            result.reason = why.what();
        }
        result.terms = terms.size();
        return std::move(result);
    }

private:
    Successors& successors;
    StateTerms& states;
    Terms& terms;
    const SearchLimits& limits;
    const std::function<bool(const Path&)>& is_stuck;
    Solver solver;
    std::optional<Unrolling> unrolling;
    Term uncertain;  // some tick so far was
    BoundedSearch result;

    [[nodiscard]] bool is_over()
    {
        if (limits.interrupted != nullptr && *limits.interrupted) result.reason = "interrupted";
        if (limits.deadline && std::chrono::steady_clock::now() > *limits.deadline) result.reason = "out of time";
        return !result.reason.empty();
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
        solver.require(condition);
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
            if (terms.is_false(here.steps_on)) {
                result.is_exhausted = true;
                result.end = BoundedSearch::End::none;
                return;
            }
            if (depth == limits.most_steps) {
                result.end = BoundedSearch::End::none;
                return;
            }
            solver.require(here.steps_on);
            uncertain = terms.either(uncertain, here.uncertain);
            unrolling->extend();
        }
    }

    /// Whether the search ends here.
    bool look_at(unsigned depth)
    {
        const Unrolling::Depth& here = unrolling->depths()[depth];
        if (ask(here.fails, depth, true)) return true;
        if (ask(here.violates, depth, false)) return true;
        return look_for_stuck(here, depth);
    }

    /// Whether there is a run to here on which `bad` holds, or this is not known.
    bool ask(Term bad, unsigned depth, bool fails_in_step)
    {
        if (terms.is_false(bad)) return false;
        switch (check(bad)) {
            case Solver::Answer::unsatisfiable:
                return false;
            case Solver::Answer::unknown:
                return true;
            case Solver::Answer::satisfiable:
                break;
        }
        finish(depth, fails_in_step);
        return true;
    }

    /// A state that nobody can leave may be one in which everybody has finished.
    bool look_for_stuck(const Unrolling::Depth& here, unsigned depth)
    {
        Term bad = terms.both(here.nobody, here.has_duty);
        while (!terms.is_false(bad)) {
            const Solver::Answer answer = check(bad);
            if (answer == Solver::Answer::unknown) return true;
            if (answer == Solver::Answer::unsatisfiable) return false;
            Assignment model = read_model();
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
        Solver::Answer answer = check_in_slices(certain);
        if (answer != Solver::Answer::unsatisfiable || terms.is_false(uncertain)) return answer;
        const std::vector<Term> any{bad};
        answer = check_in_slices(any);
        if (answer != Solver::Answer::satisfiable) return answer;
        result.reason = "whether time may pass could not be decided: a wait that takes many steps a round";
        return Solver::Answer::unknown;
    }

    Solver::Answer check_in_slices(const std::vector<Term>& wanted)
    {
        for (double seconds = slice_seconds;; seconds *= 2) {
            if (is_over()) return Solver::Answer::unknown;
            double limit = seconds;
            if (limits.deadline) {
                const std::chrono::duration<double> left = *limits.deadline - std::chrono::steady_clock::now();
                limit = std::clamp(left.count(), 0.001, seconds);
            }
            solver.set_timeout(limit);
            const Solver::Answer answer = solver.check(wanted);
            if (answer != Solver::Answer::unknown) return answer;
        }
    }

    Assignment read_model()
    {
        Assignment model(terms);
        for (const Term variable : terms.variables()) model.set(variable, solver.value(variable));
        return model;
    }

    void finish(unsigned depth, bool fails_in_step)
    {
        Assignment model = read_model();
        result.path = path_of(*unrolling, successors, model, depth, fails_in_step);
        result.fails_in_step = fails_in_step;
        result.end = BoundedSearch::End::found;
        result.steps = depth;
    }
};

}  // namespace

BoundedSearch search_bounded(Successors& successors, const SearchLimits& limits,
                             const std::function<bool(const Path&)>& is_stuck,
                             const std::function<void(unsigned)>& progress)
{
    return Search(successors, limits, is_stuck).run(progress);
}

}  // namespace lockstep::smt
