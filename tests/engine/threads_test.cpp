// Several threads: the tables under contention, and that what is found does not depend on how many there are.
#include "engine/naive_explorer.h"
#include "engine/random_program.h"

#include "explicit/pair_table.h"
#include "explicit/rendezvous.h"
#include "explicit/team.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace lockstep::explicit_engine {

namespace {

using testing::Random;

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

}  // namespace

}  // namespace lockstep::explicit_engine
