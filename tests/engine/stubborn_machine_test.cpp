// Random Programs on the machine with several CPUs, explored with stubborn sets and without: what is found is the same.
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

std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise)
{
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

struct Explored {
    std::set<std::string> findings;
    std::uint64_t states;
    bool is_complete;
};

Explored explore(const Program& program, bool stubborn_sets, explicit_engine::Order order)
{
    explicit_engine::Options options;
    options.all = true;
    if (stubborn_sets) options.stubborn_sets = explicit_engine::Reduction::always;
    options.order = order;
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
    const std::uint64_t first = number_from_environment("LOCKSTEP_RANDOM_SEED", 1);
    const std::uint64_t last = first + number_from_environment("LOCKSTEP_RANDOM_PROGRAMS", 200);
    std::uint64_t compared = 0, states = 0, reduced_states = 0, failed = 0;
    for (std::uint64_t seed = first; seed < last && failed < 5; ++seed) {
        CAPTURE(seed);
        const auto cpus = static_cast<std::uint32_t>(2 + seed % 2);
        Program program = random_machine(seed, {.cpus = cpus, .meets = seed % 3 != 0});
        mark_locations(program, seed % 4 == 0 ? Merge::invisible : Merge::private_accesses);
        REQUIRE_NOTHROW(verify(program));
        const Explored full = explore(program, false, Order::breadth_first);
        if (!full.is_complete) continue;
        ++compared;
        states += full.states;
        for (Order order : {Order::breadth_first, Order::depth_first}) {
            const Explored reduced = explore(program, true, order);
            if (order == Order::breadth_first) reduced_states += reduced.states;
            const bool is_same = reduced.is_complete && full.findings == reduced.findings;
            if (!is_same) std::ofstream(fmt::format("lockstep-machine-{}.ls", seed)) << print(program);
            CHECK(reduced.is_complete);
            CHECK(full.findings == reduced.findings);
            CHECK(reduced.states <= full.states);
            failed += is_same ? 0 : 1;
        }
    }
    MESSAGE(fmt::format("{} Programs; {} states, {} of them with stubborn sets", compared, states, reduced_states));
    CHECK(reduced_states < states);
}

}  // namespace lockstep::testing
