// Bounded search against the explicit engine: on random Programs both find a violation at the same depth, or none.
#include "smt/bounded_search.h"
#include "engine/environment.h"
#include "engine/random_machine.h"
#include "engine/random_program.h"
#include "explicit/explore.h"
#include "explicit/judge_path.h"
#include "passes/passes.h"
#include "result/replay.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

namespace lockstep::smt {

namespace {

using testing::number_from_environment;

constexpr unsigned most_steps = 10;

struct Tally {
    int found = 0, stuck = 0, none = 0, undecided = 0;
};

void compare(const Program& program, Tally& tally)
{
    explicit_engine::Options options;
    options.threads = 1;
    options.max_states = 30000;
    const Result explored = explicit_engine::explore(program, options);
    if (explored.verdict == Verdict::unknown) return;

    const Layout layout = make_layout(program);
    Terms terms;
    StateTerms states(terms, program, layout);
    Expressions expressions(states);
    Successors successors(expressions);
    const auto judge = [&](const Path& path) { return explicit_engine::judge_path(program, options, path); };
    const BoundedSearch searched =
        search_bounded(successors, most_steps, {}, [&](const Path& path) { return judge(path).has_value(); });
    CAPTURE(searched.reason);
    if (searched.end == BoundedSearch::End::unknown) {
        ++tally.undecided;
        return;
    }
    if (searched.end == BoundedSearch::End::none) {
        ++tally.none;
        // Where others really go on in a terminal component it is not looked for.
        if (explored.verdict == Verdict::violated && !is_stuck(explored.violations.front().kind))
            CHECK(explored.violations.front().path.steps.size() > searched.steps);
        return;
    }
    ++tally.found;
    std::optional<Violation> violation = judge(searched.path);
    REQUIRE(violation);
    result::replay_and_describe(program, *violation);
    REQUIRE(explored.verdict == Verdict::violated);
    const Violation& expected = explored.violations.front();
    if (is_stuck(expected.kind)) {
        ++tally.stuck;
        // Found where a terminal component begins, or later. The explicit engine has ended at the first dead end.
        options.all = true;
        std::size_t nearest = SIZE_MAX;
        for (const Violation& other : explicit_engine::explore(program, options).violations)
            nearest = std::min(nearest, other.path.steps.size());
        CHECK(violation->path.steps.size() >= nearest);
        return;
    }
    CHECK(violation->path.steps.size() == expected.path.steps.size());
}

}  // namespace

TEST_CASE("bounded search finds what the explicit engine finds, as near")
{
    const std::uint64_t first = number_from_environment("LOCKSTEP_RANDOM_SEED", 1);
    const std::uint64_t count = number_from_environment("LOCKSTEP_RANDOM_PROGRAMS", 60);
    Tally programs, machines;
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
        CAPTURE(seed);
        Program program = testing::random_program(seed);
        run_passes(program);
        compare(program, programs);
        Program machine = testing::random_machine(seed);
        run_passes(machine, Stage::after_boot);
        compare(machine, machines);
    }
    for (const Tally& tally : {programs, machines})
        MESSAGE(tally.found << " found (" << tally.stuck << " stuck), " << tally.none << " none, " << tally.undecided
                            << " undecided");
    CHECK(programs.found > 0);
    CHECK(programs.none > 0);
    CHECK(programs.undecided + machines.undecided <= 1 + static_cast<int>(count) / 10);
}

}  // namespace lockstep::smt
