// Property-directed reachability on random Programs against the explicit engine: no state that is reached is excluded,
// nothing is called never bad that some run leads to, and who rechecks an invariant notices what is wrong with it.
//
// LOCKSTEP_RANDOM_PROGRAMS=N, LOCKSTEP_RANDOM_SEED=S: so many random Programs, from that seed on.
#include "smt/reachability.h"
#include "engine/environment.h"
#include "engine/random_machine.h"
#include "engine/random_program.h"
#include "passes/passes.h"
#include "semantics/stepper.h"
#include "smt/mining.h"
#include "smt/other_solvers.h"
#include "smt/recheck.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>

namespace lockstep::smt {

namespace {

using testing::number_from_environment;
using Cells = std::vector<std::int64_t>;

struct Tally {
    int never = 0, reached = 0, undecided = 0, left_out = 0, refused = 0;
};

class Trial {
public:
    Trial(const Program& the_program, Tally& the_tally)
        : program(the_program),
          tally(the_tally),
          layout(make_layout(program)),
          states(terms, program, layout),
          expressions(states),
          successors(expressions)
    {
    }

    void run()
    {
        constexpr std::size_t most_states = 20'000, few = 5;
        const Sample all = sample_states(program, layout, most_states);
        if (!all.is_complete) {
            ++tally.left_out;
            return;
        }
        limits.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        try {
            OneStep step(successors, {}, limits);
            const Reachability found = find_invariant(step, sample_states(program, layout, few).states, limits);
            // The search may have used up its time; what it has found is checked all the same.
            limits.deadline = std::chrono::steady_clock::now() + std::chrono::minutes(10);
            switch (found.end) {
                case Reachability::End::unknown:
                    ++tally.undecided;
                    break;
                case Reachability::End::reached:
                    ++tally.reached;
                    // That it may pass is not always known of time; so a proof may see more runs than there are.
                    if (terms.is_false(step.depth().uncertain)) CHECK(is_bad(all));
                    break;
                case Reachability::End::never:
                    ++tally.never;
                    CHECK_FALSE(is_bad(all));
                    check(step, found.excluded, all);
                    break;
            }
        } catch (const NotEncoded&) {
            ++tally.undecided;
        }
    }

private:
    const Program& program;
    Tally& tally;
    Layout layout;
    Terms terms;
    StateTerms states;
    Expressions expressions;
    Successors successors;
    Limits limits;

    /// Some reachable state is, as the formulas say it of known cells.
    bool is_bad(const Sample& all)
    {
        OneStep step(successors, {}, limits);
        Term bad = step.is_bad();
        return std::ranges::any_of(all.states, [&](const Cells& cells) {
            Stepper stepper(program, layout);
            stepper.evaluator.cells = cells;
            bool fails = false;
            const bool can_go_on = stepper.all_steps(
                [&](const StepView& view) { fails |= view.trap.kind != nullptr || !view.reports.empty(); });
            for (const Invariant& invariant : program.invariants)
                stepper.check_invariant(invariant, [&](const StepView&) { fails = true; });
            if (fails || can_go_on) return fails;
            Assignment values(terms);
            const SymbolicState known = states.known(cells);
            for (std::size_t c = 0; c < cells.size(); ++c)
                for (const auto& [variable, value] :
                     {std::pair(step.state.values[c], known.values[c]), std::pair(step.state.marks[c], known.marks[c])})
                    if (variable.valid() && !terms.is_constant(variable)) values.set(variable, terms.value(value));
            return values.holds(bad);
        });
    }

    void check(OneStep& step, const std::vector<Cube>& excluded, const Sample& all)
    {
        for (const Cube& cube : excluded) {
            CAPTURE(clause_text(cube, program, layout));
            for (const Cells& cells : all.states) REQUIRE_FALSE(holds(cube, layout, cells));
        }
        const Recheck checked = recheck(step, excluded, limits);
        CHECK(checked.end == Recheck::End::confirmed);
        // A state that is reached, excluded; and each clause left out in turn: some of them are needed.
        std::vector<Cube> wrong = excluded;
        wrong.push_back(cube_of(states, step.state, [&](Term t) { return value_in(step, all.states.back(), t); }));
        CHECK(recheck(step, wrong, limits).end == Recheck::End::refused);
        for (std::size_t i = 0; i < std::min<std::size_t>(excluded.size(), 3); ++i) {
            std::vector<Cube> fewer = excluded;
            fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
            if (recheck(step, fewer, limits).end == Recheck::End::refused) ++tally.refused;
        }
        testing::other_solvers_confirm(terms, checked.obligations);
    }

    std::uint64_t value_in(const OneStep& step, const Cells& cells, Term t)
    {
        const SymbolicState known = states.known(cells);
        for (std::size_t c = 0; c < cells.size(); ++c) {
            if (step.state.values[c] == t) return terms.value(known.values[c]);
            if (step.state.marks[c].valid() && step.state.marks[c] == t) return terms.value(known.marks[c]);
        }
        return 0;
    }
};

}  // namespace

TEST_CASE("property-directed reachability agrees with an explicit run")
{
    const std::uint64_t first = number_from_environment("LOCKSTEP_RANDOM_SEED", 1);
    const std::uint64_t count = number_from_environment("LOCKSTEP_RANDOM_PROGRAMS", 25);
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
        MESSAGE(tally.never << " never, " << tally.reached << " reached, " << tally.undecided << " undecided, "
                            << tally.refused << " refused without a clause; " << tally.left_out << " too large");
    CHECK(programs.never > 0);
    CHECK(programs.reached > 0);
    CHECK(programs.refused > 0);
}

}  // namespace lockstep::smt
