// Approximate searches: with room enough they see everything, with too little they say how much they omitted, and what
// they find is there. They never say that a Program holds.
#include "engine/environment.h"
#include "engine/naive_explorer.h"
#include "engine/random_program.h"

#include "explicit/discovery_log.h"
#include "explicit/explore.h"
#include "explicit/state_queue.h"
#include "passes/mark_locations.h"
#include "program/parser.h"
#include "result/replay.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace lockstep::explicit_engine {

namespace {

using testing::Random;

Result explore(const Program& program, Approximation approximation, std::size_t bytes, bool all)
{
    Options options;
    options.approximation = approximation;
    options.approximate_memory_bytes = bytes;
    options.all = all;
    return explicit_engine::explore(program, options);
}

constexpr Approximation techniques[] = {Approximation::hash, Approximation::bitstate};

TEST_CASE("with room enough all states are seen, and the same violations with ways as short")
{
    const std::uint64_t programs = testing::number_from_environment("LOCKSTEP_RANDOM_PROGRAMS", 150);
    std::uint64_t violations = 0;
    for (std::uint64_t seed = 5000; seed < 5000 + programs; ++seed) {
        CAPTURE(seed);
        Program program = testing::random_program(seed);
        mark_locations(program, Merge::invisible);
        const naive::Result expected = naive::explore(program);
        if (!expected.complete) continue;
        for (const Approximation technique : techniques) {
            CAPTURE(static_cast<int>(technique));
            Result all = explore(program, technique, std::size_t{1} << 23, true);
            REQUIRE(all.statistics.states == expected.states);
            REQUIRE(all.statistics.transitions == expected.transitions);
            REQUIRE(all.statistics.depth == expected.depth);
            REQUIRE(!all.statistics.complete);
            REQUIRE(all.verdict != Verdict::holds);
            std::map<naive::Finding, bool> found;
            for (Violation& v : all.violations) {
                const bool is_stuck = v.kind == "deadlock" || v.kind == "livelock";
                const naive::Finding finding{v.kind, v.task, is_stuck ? 0 : v.line};
                found[finding] = true;
                const auto place = expected.findings.find(finding);
                REQUIRE(place != expected.findings.end());
                if (place->second.kind_is_certain && !is_stuck)
                    REQUIRE(v.path.steps.size() >= place->second.steps_on_the_fly);
                REQUIRE_NOTHROW(result::replay_and_describe(program, v));
                ++violations;
            }
            for (const auto& [finding, length] : expected.findings)
                if (finding.kind != "deadlock" && finding.kind != "livelock") REQUIRE(found.contains(finding));
            Result first = explore(program, technique, std::size_t{1} << 23, false);
            REQUIRE(first.verdict != Verdict::holds);
            REQUIRE(first.violations.empty() == all.violations.empty());
            if (first.violations.empty()) continue;
            REQUIRE(first.violations.size() == 1);
            const Result exact = explore(program, Approximation::none, 0, false);
            REQUIRE(first.violations.front().path.steps.size() == exact.violations.front().path.steps.size());
            REQUIRE_NOTHROW(result::replay_and_describe(program, first.violations.front()));
        }
    }
    CHECK(violations > 0);
    MESSAGE(fmt::format("{} violations", violations));
}

Program filter_lock()
{
    std::ifstream stream(LOCKSTEP_TEST_PROGRAMS "/filter4.ls");
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    Program program = parse(text, "filter4.ls");
    mark_locations(program, Merge::invisible);
    return program;
}

// As little memory as omits some states, but not so many that others are missed for it.
TEST_CASE("what is said to be omitted is what is omitted: bitstate")
{
    const Program program = filter_lock();
    const std::uint64_t states = explore(program, Approximation::none, 0, false).statistics.states;
    for (const std::uint64_t bits : {16U, 24U, 40U}) {
        CAPTURE(bits);
        const Result result = explore(program, Approximation::bitstate, states * bits / 8, false);
        REQUIRE(result.statistics.coverage);
        const double omitted = static_cast<double>(states - result.statistics.states);
        const double expected = result.statistics.coverage->expected_omissions;
        MESSAGE(fmt::format("{} bits a state: {} of {} omitted, {:.1f} expected", bits, omitted, states, expected));
        CHECK(result.verdict == Verdict::unknown);
        CHECK(omitted > 0);
        CHECK(expected > omitted / 2);
        CHECK(expected < omitted * 2);
        CHECK(result.statistics.coverage->share < 1);
        CHECK(result.statistics.coverage->omission_probability > 0.99);
    }
}

TEST_CASE("hash compaction omits next to nothing, says so, and ends where its table is full")
{
    const Program program = filter_lock();
    const std::uint64_t states = explore(program, Approximation::none, 0, false).statistics.states;
    const Result result = explore(program, Approximation::hash, states * 6, false);
    CHECK(result.statistics.states == states);
    CHECK(result.verdict == Verdict::unknown);
    CHECK(!result.statistics.complete);
    CHECK(result.statistics.coverage->expected_omissions > 0);
    CHECK(result.statistics.coverage->expected_omissions < 1e-5);
    const Result full = explore(program, Approximation::hash, states, false);
    CHECK(full.reason.find("full") != std::string::npos);
    CHECK(full.statistics.states < states / 5);
    CHECK(full.statistics.frontier > 0);
}

TEST_CASE("limits end an approximate search")
{
    const Program program = filter_lock();
    Options options;
    options.approximation = Approximation::bitstate;
    options.max_states = 1000;
    const Result result = explicit_engine::explore(program, options);
    CHECK(result.verdict == Verdict::unknown);
    CHECK(result.reason.find("--max-states") != std::string::npos);
    CHECK(result.statistics.states < 1100);
    options.max_states = 0;
    options.max_memory_bytes = 1;
    CHECK(explicit_engine::explore(program, options).reason.find("--max-memory") != std::string::npos);
}

TEST_CASE("states come out of the queue as they went in")
{
    constexpr std::size_t words = 37;
    Random random(1);
    std::vector<std::uint32_t> base(words);
    for (std::uint32_t& word : base) word = static_cast<std::uint32_t>(random.next());
    StateQueue queue(base);
    std::vector<std::vector<std::uint32_t>> states;
    std::vector<std::uint32_t> in = base, out = base, changed;
    std::size_t taken = 0, wrong = 0;
    for (int i = 0; i < 100'000; ++i) {
        if (random.chance(55)) {
            for (std::size_t k = random.below(4); k != 0; --k)
                in[random.below(words)] = static_cast<std::uint32_t>(random.next() >> random.below(64));
            states.push_back(in);
            queue.push(in);
        } else if (queue.size() != 0) {
            std::size_t seen = 0;
            queue.pop(out, changed, [&](std::uint32_t, std::uint32_t) { ++seen; });
            if (out != states[taken++] || seen != changed.size()) ++wrong;
        }
    }
    CHECK(wrong == 0);
    CHECK(queue.size() == states.size() - taken);
}

TEST_CASE("ways are found in the log of discoveries, whatever the distances")
{
    Random random(2);
    DiscoveryLog log;
    struct From {
        std::uint64_t parent;
        std::uint32_t step;
    };
    std::vector<From> from;
    for (int i = 0; i < 3; ++i) {
        CHECK(log.add_initial() == from.size());
        from.push_back({0, 0});
    }
    for (std::uint64_t state = 0; state < 3000 && state < from.size(); ++state) {
        for (std::uint32_t step = 0; step < 200; ++step) {
            if (from.size() > state + 2 && !random.chance(1)) continue;
            CHECK(log.add(step) == from.size());
            from.push_back({state, step});
        }
        log.end_state();
    }
    for (int i = 0; i < 100; ++i) {
        const std::uint64_t state = random.below(from.size());
        std::vector<std::uint32_t> steps;
        std::uint64_t at = state;
        for (; at >= 3; at = from[at].parent) steps.insert(steps.begin(), from[at].step);
        const DiscoveryLog::Way way = log.way_to(state);
        CHECK(way.initial == at);
        CHECK(way.steps == steps);
    }
}

}  // namespace

}  // namespace lockstep::explicit_engine
