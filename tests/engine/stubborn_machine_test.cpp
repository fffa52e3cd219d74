// Random Programs on the machine with several CPUs, explored with stubborn sets and without: what is found is the same.
#include "engine/environment.h"
#include "engine/random_machine.h"

#include "explicit/explore.h"
#include "passes/mark_locations.h"
#include "program/printer.h"
#include "program/verifier.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <string>

namespace lockstep::testing {

namespace {

struct Explored {
    std::set<std::string> findings;
    std::uint64_t states;
    bool is_complete;
};

Explored find_all(const Program& program, explicit_engine::Options options)
{
    options.all = true;
    options.max_states = 30000;
    const Result result = explicit_engine::explore(program, options);
    Explored explored{{}, result.statistics.states, result.statistics.complete};
    for (const Violation& v : result.violations) {
        const bool is_stuck = v.kind == "deadlock" || v.kind == "livelock";
        explored.findings.insert(
            fmt::format("{} on {} of {} at line {}", v.kind, v.cpu, v.task, is_stuck ? 0 : v.line));
    }
    return explored;
}

}  // namespace

TEST_CASE("stubborn sets keep what is found on the machine")
{
    using explicit_engine::Order;
    using explicit_engine::Reduction;
    const std::uint64_t first = number_from_environment("LOCKSTEP_RANDOM_SEED", 1);
    const std::uint64_t last = first + number_from_environment("LOCKSTEP_RANDOM_PROGRAMS", 200);
    std::uint64_t compared = 0, states = 0, reduced_states = 0, failed = 0;
    for (std::uint64_t seed = first; seed < last && failed < 5; ++seed) {
        CAPTURE(seed);
        const auto cpus = static_cast<std::uint32_t>(2 + seed % 2);
        Program program = random_machine(seed, {.cpus = cpus, .meets = seed % 3 != 0});
        mark_locations(program, seed % 4 == 0 ? Merge::invisible : Merge::private_accesses);
        REQUIRE_NOTHROW(verify(program));
        const Explored full = find_all(program, {});
        if (!full.is_complete) continue;
        ++compared;
        states += full.states;
        bool is_same = true;
        const auto compare = [&](const explicit_engine::Options& options) {
            const Explored reduced = find_all(program, options);
            is_same = is_same && reduced.is_complete && full.findings == reduced.findings;
            CHECK(reduced.is_complete);
            CHECK(full.findings == reduced.findings);
            CHECK(reduced.states <= full.states);
            return reduced.states;
        };
        const std::uint64_t one = compare({.stubborn_sets = Reduction::always});
        reduced_states += one;
        compare({.order = Order::depth_first, .stubborn_sets = Reduction::always});
        if (seed % 5 == 0) {
            CHECK(compare({.threads = 3, .states_for_threads = 1, .stubborn_sets = Reduction::always}) == one);
            // Begun without, and gone on with whichever is through first.
            const explicit_engine::Options automatic{.stubborn_sets = Reduction::automatic,
                                                     .states_before_reduction = 1 + seed % 60};
            explicit_engine::Options several = automatic;
            several.threads = 3;
            several.states_for_threads = 1;
            CHECK(compare(automatic) == compare(several));
        }
        if (is_same) continue;
        std::ofstream(fmt::format("lockstep-machine-{}.ls", seed)) << print(program);
        ++failed;
    }
    MESSAGE(fmt::format("{} Programs; {} states, {} of them with stubborn sets", compared, states, reduced_states));
    CHECK(reduced_states < states);
}

}  // namespace lockstep::testing
