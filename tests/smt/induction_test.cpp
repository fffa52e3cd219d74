// Proofs of random Programs against the explicit engine: nothing is called proved that it refutes, every lemma holds in
// every reachable state, and a counterexample to induction is made of the Program's own steps.
//
// LOCKSTEP_RANDOM_PROGRAMS=N, LOCKSTEP_RANDOM_SEED=S: so many random Programs, from that seed on.
#include "smt/induction.h"
#include "engine/environment.h"
#include "engine/random_machine.h"
#include "engine/random_program.h"
#include "explicit/explore.h"
#include "passes/passes.h"
#include "semantics/stepper.h"
#include "smt/mining.h"
#include "smt/other_solvers.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>

namespace lockstep::smt {

namespace {

using testing::number_from_environment;
using Cells = std::vector<std::int64_t>;

constexpr std::size_t most_states = 20'000;

struct Tally {
    int proved = 0, fails = 0, undecided = 0, left_out = 0;
    std::size_t lemmas = 0;
};

/// What an explicit run says of every reachable state.
struct Truth {
    bool some_step_fails = false;
    std::vector<bool> violated;  // by invariant
};

class Trial {
public:
    Trial(const Program& the_program, Tally& the_tally)
        : program(the_program),
          tally(the_tally),
          layout(make_layout(program)),
          stepper(program, layout),
          states(terms, program, layout),
          expressions(states),
          successors(expressions)
    {
    }

    void run()
    {
        const Sample all = sample_states(program, layout, most_states);
        if (!all.is_complete) {
            ++tally.left_out;
            return;
        }
        const Truth truth = truth_of(all);
        Limits limits;
        limits.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        try {
            // From few states, so that much of what is mined is wrong.
            const Sample few = sample_states(program, layout, 12);
            MiningLimits mining;
            mining.most_facts = 150;
            const Lemmas lemmas = prove_lemmas(successors, mine_facts(program, layout, few, mining), limits);
            check_lemmas(lemmas, all, truth);
            Induction induction(successors, lemmas, limits);
            for (unsigned k = 1; k <= 2; ++k)
                for (const InductionStep& step : induction.step(k)) check_step(step, truth);
            testing::other_solvers_confirm(terms, induction.obligations);
            testing::other_solvers_confirm(terms, induction.bounds);
        } catch (const NotEncoded&) {
            ++tally.undecided;
        }
    }

private:
    const Program& program;
    Tally& tally;
    Layout layout;
    Stepper stepper;
    Terms terms;
    StateTerms states;
    Expressions expressions;
    Successors successors;

    Truth truth_of(const Sample& all)
    {
        Truth truth{false, std::vector<bool>(program.invariants.size(), false)};
        for (const Cells& cells : all.states) {
            stepper.evaluator.cells = cells;
            stepper.all_steps([&](const StepView& view) {
                truth.some_step_fails |= view.trap.kind != nullptr || !view.reports.empty();
            });
            for (std::size_t i = 0; i < program.invariants.size(); ++i)
                stepper.check_invariant(program.invariants[i], [&](const StepView&) { truth.violated[i] = true; });
        }
        return truth;
    }

    void check_lemmas(const Lemmas& lemmas, const Sample& all, const Truth& truth)
    {
        for (const Fact& fact : lemmas.facts) {
            CAPTURE(to_text(fact, program, layout));
            for (const Cells& cells : all.states) REQUIRE(holds(fact, layout, cells));
            ++tally.lemmas;
        }
        for (const std::size_t i : lemmas.invariants) CHECK_FALSE(truth.violated[i]);
        if (lemmas.no_step_fails) CHECK_FALSE(truth.some_step_fails);
        testing::other_solvers_confirm(terms, lemmas.obligations);
    }

    /// A violation within the first k states of a run is for the base to find, and refutes no proof of the step.
    void check_step(const InductionStep& step, const Truth& truth)
    {
        switch (step.end) {
            case InductionStep::End::unknown:
                ++tally.undecided;
                return;
            case InductionStep::End::proved: {
                ++tally.proved;
                const bool is_violated = step.property == Property::no_failure  ? truth.some_step_fails
                                         : step.property == Property::invariant ? truth.violated[step.invariant]
                                                                                : false;
                if (is_violated) CHECK(something_fails_within(step.k));
                return;
            }
            case InductionStep::End::fails:
                ++tally.fails;
                break;
        }
        REQUIRE(step.states.size() == step.k + 1);
        for (std::size_t i = 0; i < step.steps.size(); ++i) check_real(step, i);
        if (step.property == Property::invariant) {
            bool is_violated = false;
            stepper.evaluator.cells = step.states.back();
            stepper.check_invariant(program.invariants[step.invariant], [&](const StepView&) { is_violated = true; });
            CHECK(is_violated);
        }
        for (std::size_t i = 0; i < step.states.size(); ++i)
            for (std::size_t j = 0; j < i; ++j) CHECK(step.states[i] != step.states[j]);
    }

    /// Some property is violated in the first k states of a run, so that the base would not hold.
    bool something_fails_within(unsigned k)
    {
        std::vector<Cells> now = initial_cells(program, layout);
        for (unsigned depth = 0; depth < k; ++depth) {
            std::vector<Cells> next;
            for (const Cells& cells : now) {
                stepper.evaluator.cells = cells;
                bool fails = false;
                for (const Invariant& invariant : program.invariants)
                    stepper.check_invariant(invariant, [&](const StepView&) { fails = true; });
                const bool any = stepper.all_steps([&](const StepView& view) {
                    fails |= view.trap.kind != nullptr || !view.reports.empty();
                    if (view.trap.kind == nullptr && !view.stopped) next.push_back(stepper.evaluator.cells);
                });
                if (fails || !any) return true;
            }
            now = std::move(next);
        }
        return false;
    }

    /// The i-th step is one of the Program's, from the i-th state to the next, or it fails there.
    void check_real(const InductionStep& step, std::size_t i)
    {
        const bool is_last = i + 1 == step.states.size();
        bool is_found = false;
        stepper.evaluator.cells = step.states[i];
        stepper.all_steps([&](const StepView& view) {
            is_found |=
                is_last ? view.trap.kind != nullptr || !view.reports.empty()
                        : view.trap.kind == nullptr && !view.stopped && stepper.evaluator.cells == step.states[i + 1];
        });
        CHECK(is_found);
    }
};

}  // namespace

TEST_CASE("nothing is proved that an explicit run refutes")
{
    const std::uint64_t first = number_from_environment("LOCKSTEP_RANDOM_SEED", 1);
    const std::uint64_t count = number_from_environment("LOCKSTEP_RANDOM_PROGRAMS", 40);
    Tally programs, machines;
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
        CAPTURE(seed);
        Program program = testing::random_program(seed);
        run_passes(program);
        Trial(program, programs).run();
        Program machine = testing::random_machine(seed);
        run_passes(machine, Stage::after_boot);
        Trial(machine, machines).run();
    }
    for (const Tally& tally : {programs, machines})
        MESSAGE(tally.proved << " proved, " << tally.fails << " fail, " << tally.undecided << " undecided, "
                             << tally.lemmas << " lemmas; " << tally.left_out << " too large");
    CHECK(programs.proved > 0);
    CHECK(programs.fails > 0);
    CHECK(programs.lemmas > 0);
    CHECK(machines.lemmas > 0);
}

}  // namespace lockstep::smt
