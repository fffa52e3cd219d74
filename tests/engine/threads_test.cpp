// Several threads: the tables under contention, and that what is found does not depend on how many there are.
#include "engine/environment.h"
#include "engine/naive_explorer.h"
#include "engine/random_program.h"
#include "engine/result_text.h"

#include "explicit/explore.h"
#include "explicit/pair_table.h"
#include "explicit/rendezvous.h"
#include "explicit/team.h"

#include "passes/mark_locations.h"
#include "result/replay.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace lockstep::explicit_engine {

namespace {

using testing::Random;
using testing::text_of;

// All threads insert the same pairs, each in an order of its own, so that they meet at the same entries, and while the
// index grows again and again.
TEST_CASE("threads that insert the same pairs at once get the same numbers")
{
    constexpr std::uint32_t count = 60'000;
    constexpr std::size_t threads = 4;
    for (std::uint64_t round = 0; round < 5; ++round) {
        Rendezvous rendezvous;
        PairTable table(&rendezvous);
        Team team;
        std::vector<std::vector<std::uint32_t>> numbers(threads, std::vector<std::uint32_t>(count));
        std::vector<std::uint64_t> new_pairs(threads, 0);
        const auto left = [](std::uint32_t i) { return i % 250 == 7 ? UINT32_MAX - i : i; };
        {
            std::vector<std::unique_ptr<PairTable::Writer>> writers;
            for (std::size_t t = 0; t < threads; ++t) writers.push_back(std::make_unique<PairTable::Writer>(table));
            team.run(threads, [&](std::size_t t) {
                Random random(round * threads + t);
                rendezvous.enter();
                for (std::uint32_t next = 0; next < count;) {
                    const std::uint32_t end = std::min(count, next + 200);
                    const auto turned = static_cast<std::uint32_t>(random.below(200));
                    for (std::uint32_t i = next; i < end; ++i) {
                        const std::uint32_t k = next + (i - next + turned) % (end - next);
                        rendezvous.pass();
                        const auto [number, is_new] = table.insert(*writers[t], left(k), k / 3);
                        numbers[t][k] = number;
                        if (is_new) ++new_pairs[t];
                    }
                    next = end;
                }
                rendezvous.leave();
            });
            CHECK(table.size() == count);
        }
        CHECK(table.size() == count);
        std::uint64_t all_new = 0;
        for (std::size_t t = 0; t < threads; ++t) {
            all_new += new_pairs[t];
            CHECK(numbers[t] == numbers[0]);
        }
        CHECK(all_new == count);
        std::uint32_t wrong = 0;
        for (std::uint32_t i = 0; i < count; ++i)
            if (table[numbers[0][i]] != std::pair(left(i), i / 3)) ++wrong;
        CHECK(wrong == 0);
        std::ranges::sort(numbers[0]);
        CHECK(std::ranges::adjacent_find(numbers[0]) == numbers[0].end());
    }
}

Result explore(const Program& program, unsigned threads, bool all)
{
    Options options;
    options.all = all;
    options.threads = threads;
    options.states_for_threads = 1;  // every level is divided
    return explicit_engine::explore(program, options);
}

// A big index is moved into a longer one by all threads.
TEST_CASE("threads that move a big index together lose no pair")
{
    constexpr std::uint32_t count = 3'000'000;
    constexpr std::size_t threads = 2;
    Rendezvous rendezvous;
    PairTable table(&rendezvous);
    Team team;
    const auto pair = [](std::uint32_t i) { return std::pair(i * 2654435761U, i / 7); };
    std::vector<std::unique_ptr<PairTable::Writer>> writers;
    for (std::size_t t = 0; t < threads; ++t) writers.push_back(std::make_unique<PairTable::Writer>(table));
    std::vector<std::uint64_t> again(threads, 0);
    team.run(threads, [&](std::size_t t) {
        rendezvous.enter();
        for (std::uint32_t i = static_cast<std::uint32_t>(t); i < count; i += threads) {
            rendezvous.pass();
            if (!table.insert(*writers[t], pair(i).first, pair(i).second).second) ++again[t];
        }
        rendezvous.leave();
    });
    CHECK(again[0] + again[1] == 0);
    std::uint32_t wrong = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto [number, is_new] = table.insert(*writers[0], pair(i).first, pair(i).second);
        if (is_new || table[number] != pair(i)) ++wrong;
    }
    CHECK(wrong == 0);
}

TEST_CASE("any number of threads finds the same: states, steps, violations, and the ways to them")
{
    const std::uint64_t programs = testing::number_from_environment("LOCKSTEP_RANDOM_PROGRAMS", 150);
    int large = 0, violated = 0;
    for (std::uint64_t seed = 1000; seed < 1000 + programs; ++seed) {
        CAPTURE(seed);
        Program program = testing::random_program(seed);
        mark_locations(program, Merge::invisible);
        const naive::Result expected = naive::explore(program);
        if (!expected.complete) continue;
        if (expected.states > 1000) ++large;
        for (const bool all : {true, false}) {
            CAPTURE(all);
            const Result one = explore(program, 1, all);
            if (all) REQUIRE(one.statistics.states == expected.states);
            if (!one.violations.empty()) ++violated;
            for (const unsigned threads : {2U, 3U, 8U}) {
                CAPTURE(threads);
                Result result = explore(program, threads, all);
                REQUIRE(text_of(result) == text_of(one));
                for (Violation& v : result.violations) REQUIRE_NOTHROW(result::replay_and_describe(program, v));
            }
        }
    }
    CHECK(violated > 0);
    MESSAGE(fmt::format("{} Programs of more than 1000 states, {} explorations with violations", large, violated));
}

// --max-states, with threads: known to some hundred for each thread, but for certain met.
TEST_CASE("limits stop all threads, and nothing holds then")
{
    for (std::uint64_t seed = 1000; seed < 1040; ++seed) {
        CAPTURE(seed);
        Program program = testing::random_program(seed);
        mark_locations(program, Merge::invisible);
        const naive::Result expected = naive::explore(program);
        if (expected.complete && expected.states < 4) continue;
        const std::atomic<bool> interrupted = true;
        Options options;
        options.threads = 3;
        options.states_for_threads = 1;
        options.all = true;
        const auto is_cut_short = [&] {
            const Result result = explicit_engine::explore(program, options);
            return !result.statistics.complete && !result.reason.empty() &&
                   result.verdict == (result.violations.empty() ? Verdict::unknown : Verdict::violated);
        };
        options.max_states = 2;
        CHECK(is_cut_short());
        options.max_states = 0;
        options.interrupted = &interrupted;
        CHECK(is_cut_short());
        options.interrupted = nullptr;
        options.max_memory_bytes = 1;
        CHECK(is_cut_short());
        options.max_memory_bytes = 0;
        options.timeout_seconds = 1e-9;
        CHECK(is_cut_short());
    }
}

}  // namespace

}  // namespace lockstep::explicit_engine
