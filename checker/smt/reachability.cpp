// Property-directed reachability, or IC3.
//
// Frame i is a set of clauses that hold in every state which a run comes to within i steps; a clause says that a state
// is not in a cube (cubes.h). A state in the last frame that is bad has to go: either some state of the frame before
// leads to it, which then has to go first; or no state there does, and it is excluded, together with as many states
// like it as can be excluded for the same reason. (A bad state that is traced back to an initial one ends it: there is
// a violation.) When the last frame has no bad state, clauses that steps preserve are moved on to the next frame; if
// two frames are then the same, it is an invariant. (A. Bradley: SAT-Based Model Checking without Unrolling, VMCAI
// 2011; N. Een, A. Mishchenko, R. Brayton: Efficient Implementation of Property Directed Reachability, FMCAD 2011.)
//
// Each question is about one step, from known facts: lemmas that were proved before are part of every frame. A state of
// the model is first made a cube of states that all do the same: the bits that the step in question depends on, which
// an unsatisfiable core tells. What is excluded is made larger in the same way, and then bit by bit.
//
// Where we differ: some states that can be reached are known, those from which facts were mined. A cube with such a
// state in it is never excluded, though the frame at hand may allow for it; so fewer clauses are learnt that have to be
// given up later.
//
// Z3's fixedpoint engine (Spacer) does the same for any theory, and was measured before this was written: with one rule
// per outcome, each bit of a cell a truth value, and the lemmas in the rules, it took 17.7 s for dijkstra_ring.ls (8.4
// s without lemmas) and did not end within the time limit, some 60 to 80 s, for filter3.ls, bounded_buffer.ls or
// racy_counter.ls (of tests/programs). This one takes 0.3 s, 75 to 120 s, 18 s, and 0.5 s for a hint that there is a
// violation. Without the states that were met it took 0.9 s for dijkstra_ring.ls, and did not end in 60 s for
// filter3.ls or bounded_buffer.ls either: what Spacer would gain from them was not measured, nor bit-vectors as its
// arguments.
//
// tests/smt/reachability_test.cpp holds it against explicit runs of random Programs.
#include "smt/reachability.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <stdexcept>

namespace lockstep::smt {

namespace {

using Cells = std::vector<std::int64_t>;

/// A limit was reached.
struct Ended {};

class PropertyDirected {
public:
    PropertyDirected(OneStep& the_step, const std::vector<Cells>& the_met, const Limits& the_limits,
                     const std::function<void(unsigned, std::size_t)>& the_progress)
        : step(the_step),
          states(the_step.states),
          terms(states.terms),
          met(the_met),
          limits(the_limits),
          progress(the_progress),
          solver(terms),
          lifting(terms)
    {
        met.insert(met.end(), step.initial.begin(), step.initial.end());
        bad = step.is_bad();
        choose_next();
        for (const Term t : step.known) {
            solver.require(t);
            lifting.require(t);
        }
        add_frame();
        solver.require(terms.implies(active[0], step.is_initial()));
    }

    Reachability run()
    {
        const auto start = std::chrono::steady_clock::now();
        try {
            found.end = search() ? Reachability::End::never : Reachability::End::reached;
        } catch (const Ended&) {
            found.end = Reachability::End::unknown;
        }
        found.seconds = seconds_since(start);
        return std::move(found);
    }

private:
    OneStep& step;
    StateTerms& states;
    Terms& terms;
    std::vector<Cells> met;  // the initial ones among them
    const Limits& limits;
    const std::function<void(unsigned, std::size_t)>& progress;
    Solver solver;   // what is known, and the frames
    Solver lifting;  // what is known alone
    Reachability found;
    Term bad, steps_on;
    SymbolicState next;
    std::vector<Term> choices;              // of each outcome, that it is the one taken
    std::vector<Term> active;               // frame i's own clauses count where this holds
    std::vector<std::vector<Cube>> frames;  // each clause in the last frame in which it is known to hold

    /// A cube from which a bad state is so many steps away, to be excluded from a frame.
    struct Obligation {
        unsigned frame;
        unsigned distance;
        Cube cube;
        auto operator<=>(const Obligation&) const = default;
    };

    void choose_next()
    {
        const std::vector<Unrolling::Outcome>& outcomes = step.outcomes();
        next = step.state;
        steps_on = terms.truth(false);
        for (const Unrolling::Outcome& outcome : outcomes) {
            choices.push_back(outcome.chosen);
            next = choices.size() == 1 ? outcome.end.state : states.choose(outcome.chosen, outcome.end.state, next);
            steps_on = terms.either(steps_on, terms.both(outcome.chosen, outcome.end.condition));
        }
    }

    void add_frame()
    {
        active.push_back(terms.variable(0, fmt::format("frame{}", active.size())));
        frames.emplace_back();
    }

    Solver::Answer ask_about(Solver& whom, const std::vector<Term>& assumptions)
    {
        ++found.questions;
        const Solver::Answer answer = ask(whom, assumptions, limits);
        if (answer == Solver::Answer::unknown) throw Ended{};
        return answer;
    }

    /// What makes up frame i: its own clauses and those of all frames after it.
    std::vector<Term> in_frame(std::size_t i)
    {
        return {active.begin() + static_cast<std::ptrdiff_t>(i), active.end()};
    }

    /// A state that can be reached lies in it, as far as such are known.
    bool is_met(const Cube& cube)
    {
        return std::ranges::any_of(met, [&](const Cells& cells) { return holds(cube, states.layout, cells); });
    }

    // ---- The search ----

    bool search()
    {
        add_frame();
        for (;;) {
            if (progress) progress(static_cast<unsigned>(frames.size() - 1), number_of_clauses());
            while (const std::optional<Cube> cube = bad_in_last_frame())
                if (!exclude({static_cast<unsigned>(frames.size() - 1), 0, *cube})) return false;
            add_frame();
            found.frames = static_cast<unsigned>(frames.size() - 1);
            if (move_on()) return true;
        }
    }

    std::size_t number_of_clauses() const
    {
        std::size_t number = 0;
        for (const std::vector<Cube>& frame : frames) number += frame.size();
        return number;
    }

    std::optional<Cube> bad_in_last_frame()
    {
        std::vector<Term> question = in_frame(frames.size() - 1);
        question.push_back(bad);
        if (ask_about(solver, question) == Solver::Answer::unsatisfiable) return std::nullopt;
        return lifted(terms.negation(bad), {});
    }

    /// Excludes a cube from a frame, and before that from earlier ones what leads to it. False: a run leads to it.
    bool exclude(Obligation first)
    {
        std::set<Obligation> open{std::move(first)};
        while (!open.empty()) {
            const Obligation now = *open.begin();
            if (now.frame == 0 || is_met(now.cube)) {
                found.steps = now.distance;
                return false;
            }
            if (is_excluded(now.cube, now.frame)) {
                open.erase(open.begin());
                put_off(open, now);
                continue;
            }
            if (std::optional<Cube> before = predecessor(now.cube, now.frame)) {
                open.insert({now.frame - 1, now.distance + 1, std::move(*before)});
                continue;
            }
            open.erase(open.begin());
            Cube larger = generalised(core_of(now.cube), now.frame);
            unsigned frame = now.frame;
            while (frame + 1 < frames.size() && !leads_to(larger, frame + 1)) ++frame;
            add_clause(std::move(larger), frame);
            put_off(open, {frame, now.distance, now.cube});
            if (progress) progress(static_cast<unsigned>(frames.size() - 1), number_of_clauses());
        }
        return true;
    }

    /// What leads to a bad state will have to be excluded from later frames, too.
    void put_off(std::set<Obligation>& open, Obligation obligation) const
    {
        if (obligation.frame + 1 >= frames.size()) return;
        ++obligation.frame;
        open.insert(std::move(obligation));
    }

    bool is_excluded(const Cube& cube, unsigned frame) const
    {
        for (std::size_t i = frame; i < frames.size(); ++i)
            for (const Cube& known : frames[i])
                if (std::ranges::includes(cube, known)) return true;
        return false;
    }

    // ---- Questions about one step ----

    Term outside;                   // the last question's cube is left out where this holds
    std::size_t first_literal = 0;  // of its cube, among the question's assumptions

    /// Whether some state outside the cube, in the frame before, leads into it.
    bool leads_to(const Cube& cube, unsigned frame)
    {
        if (outside.valid()) solver.require(terms.negation(outside));
        outside = terms.variable(0, "outside");
        solver.require(terms.implies(outside, terms.negation(to_term(cube, states, step.state))));
        std::vector<Term> question = in_frame(frame - 1);
        question.push_back(outside);
        question.push_back(steps_on);
        first_literal = question.size();
        for (const Literal& literal : cube) question.push_back(to_term(literal, states, next));
        const Solver::Answer answer = ask_about(solver, question);
        return answer == Solver::Answer::satisfiable;
    }

    std::optional<Cube> predecessor(const Cube& cube, unsigned frame)
    {
        if (!leads_to(cube, frame)) return std::nullopt;
        std::vector<Term> taken;
        for (const Term choice : choices)
            if (solver.value(choice) != 0) taken.push_back(choice);
        return lifted(terms.negation(terms.both(steps_on, to_term(cube, states, next))), std::move(taken));
    }

    /// After leads_to() said no: the part of the cube for which it did. States that were met are kept outside.
    Cube core_of(const Cube& cube)
    {
        Cube core;
        for (const std::size_t number : solver.core())
            if (number >= first_literal) core.push_back(cube[number - first_literal]);
        std::ranges::sort(core);
        for (const Cells& cells : met) {
            if (!holds(core, states.layout, cells)) continue;
            const auto differs = std::ranges::find_if(
                cube, [&](const Literal& literal) { return !holds(literal, states.layout, cells); });
            core.insert(std::ranges::upper_bound(core, *differs), *differs);
        }
        return core;
    }

    /// The states like the one in the solver's model that, too, make `otherwise` false, given `taken`.
    Cube lifted(Term otherwise, std::vector<Term> taken)
    {
        const Cube whole = cube_of(states, step.state, [&](Term t) { return solver.value(t); });
        std::vector<Term> question = std::move(taken);
        const std::size_t first = question.size() + 1;
        question.push_back(otherwise);
        for (const Literal& literal : whole) question.push_back(to_term(literal, states, step.state));
        if (ask_about(lifting, question) == Solver::Answer::satisfiable) return whole;
        Cube cube;
        for (const std::size_t number : lifting.core())
            if (number >= first) cube.push_back(whole[number - first]);
        std::ranges::sort(cube);
        return cube;
    }

    /// The cube without some of its bits, or more, if that can be excluded, too.
    std::optional<Cube> without(const Cube& cube, const auto& is_left_out, unsigned frame)
    {
        Cube smaller = cube;
        std::erase_if(smaller, is_left_out);
        if (smaller.empty() || smaller.size() == cube.size() || is_met(smaller) || leads_to(smaller, frame))
            return std::nullopt;
        return core_of(smaller);
    }

    /// A cube of fewer bits that can be excluded, too: first whole cells are left out, then bit by bit.
    Cube generalised(Cube cube, unsigned frame)
    {
        const Cube all = cube;
        for (std::size_t i = 0; i < all.size(); ++i) {
            const auto is_of_cell = [&](const Literal& l) { return l.cell == all[i].cell; };
            if (i > 0 && is_of_cell(all[i - 1])) continue;
            if (std::optional<Cube> smaller = without(cube, is_of_cell, frame)) cube = std::move(*smaller);
        }
        for (const Literal& literal : all)
            if (std::optional<Cube> smaller = without(cube, [&](const Literal& l) { return l == literal; }, frame))
                cube = std::move(*smaller);
        return cube;
    }

    // ---- Clauses ----

    void add_clause(Cube cube, std::size_t frame)
    {
        for (std::size_t i = 1; i <= frame; ++i)
            std::erase_if(frames[i], [&](const Cube& known) { return std::ranges::includes(known, cube); });
        solver.require(terms.implies(active[frame], terms.negation(to_term(cube, states, step.state))));
        frames[frame].push_back(std::move(cube));
    }

    /// Clauses that steps preserve hold in the next frame, too. True: a frame is the same as the next one.
    bool move_on()
    {
        for (std::size_t i = 1; i + 1 < frames.size(); ++i) {
            const std::vector<Cube> own = frames[i];
            for (const Cube& cube : own)
                if (!leads_to(cube, static_cast<unsigned>(i + 1))) add_clause(cube, i + 1);
            if (!frames[i].empty()) continue;
            for (std::size_t later = i + 1; later < frames.size(); ++later)
                found.excluded.insert(found.excluded.end(), frames[later].begin(), frames[later].end());
            return true;
        }
        return false;
    }
};

}  // namespace

Reachability find_invariant(OneStep& step, const std::vector<std::vector<std::int64_t>>& met, const Limits& limits,
                            const std::function<void(unsigned, std::size_t)>& progress)
{
    return PropertyDirected(step, met, limits, progress).run();
}

}  // namespace lockstep::smt
