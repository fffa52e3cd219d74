// The parts of the explicit engine on their own: pairs, states, edges, components.
#include "engine/random_program.h"

#include "explicit/components.h"
#include "explicit/edge_log.h"
#include "explicit/pair_table.h"
#include "explicit/recent_pairs.h"
#include "explicit/state_store.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

namespace lockstep::explicit_engine {

namespace {

using testing::Random;

// The index of a table compares 32 bits of a hash before it looks at the pair itself. Among a million pairs some
// hundred agree in these bits and have to be told apart by what they are.
TEST_CASE("different pairs have different numbers, the same pair always the same")
{
    constexpr std::uint32_t count = 1'000'000;
    PairTable table;
    PairTable::Writer writer(table);
    Random random(1);
    std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
    for (std::uint32_t i = 0; i < count; ++i) pairs.emplace_back(static_cast<std::uint32_t>(random.next()), i);
    std::uint32_t wrong = 0;
    for (std::uint32_t i = 0; i < count; ++i)
        if (table.insert(writer, pairs[i].first, pairs[i].second) != std::pair(i, true)) ++wrong;
    for (std::uint32_t i = 0; i < count; ++i)
        if (table.insert(writer, pairs[i].first, pairs[i].second) != std::pair(i, false) || table[i] != pairs[i])
            ++wrong;
    CHECK(wrong == 0);
    CHECK(table.size() == count);
}

TEST_CASE("small numbers, as trees are made of, are told apart")
{
    PairTable table;
    PairTable::Writer writer(table);
    std::uint32_t expected = 0, wrong = 0;
    for (std::uint32_t left = 0; left < 500; ++left)
        for (std::uint32_t right = 0; right < 500; ++right)
            if (table.insert(writer, left, right) != std::pair(expected++, true)) ++wrong;
    CHECK(wrong == 0);
}

// A page of the row has as many bits for a pair as those before it let expect.
TEST_CASE("pairs of larger numbers than any before, and those whose bits are all set")
{
    constexpr std::uint32_t count = 300'000;
    PairTable table;
    PairTable::Writer writer(table);
    Random random(1);
    std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
    for (std::uint32_t i = 0; i < count; ++i) {
        if (i == 80'000 || i == 280'000)
            for (std::uint32_t left = 1; left <= 32; ++left)
                for (std::uint32_t right = 1; right <= 32; ++right)
                    pairs.emplace_back(UINT32_MAX >> (32 - left), UINT32_MAX >> (32 - right));
        if (i % 100'000 >= 99'900) {  // from time to time
            pairs.emplace_back(i, static_cast<std::uint32_t>(random.next()));
        } else {
            pairs.emplace_back(i % 1000, i / 1000);
        }
    }
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> known;
    std::uint32_t wrong = 0;
    for (const auto& [left, right] : pairs) {
        const auto [entry, is_new] = known.emplace(std::pair(left, right), static_cast<std::uint32_t>(known.size()));
        if (table.insert(writer, left, right) != std::pair(entry->second, is_new)) ++wrong;
    }
    for (const auto& [pair, number] : known)
        if (table.insert(writer, pair.first, pair.second) != std::pair(number, false) || table[number] != pair) ++wrong;
    CHECK(wrong == 0);
}

// A segment of the index has room for what chance brings; what did not come by chance has to find room, too.
TEST_CASE("pairs whose hashes all lead to one part of the index")
{
    PairTable table;
    PairTable::Writer writer(table);
    std::vector<std::uint32_t> chosen;
    for (std::uint32_t right = 0; chosen.size() < 5000; ++right)
        if (static_cast<std::uint32_t>(PairTable::Wanted(1, right).hash) >> 29 == 5) chosen.push_back(right);
    std::uint32_t wrong = 0;
    for (const bool is_new : {true, false})
        for (std::uint32_t i = 0; i < chosen.size(); ++i)
            if (table.insert(writer, 1, chosen[i]) != std::pair(i, is_new)) ++wrong;
    CHECK(wrong == 0);
    CHECK(table.size() == chosen.size());
}

TEST_CASE("of the pairs met lately the two last ones of a hash are known by their numbers")
{
    Random random(1);
    RecentPairs recent;
    std::vector<std::vector<std::uint64_t>> met(3);  // by hash, the last one at the end; pair 0 is one like others
    const auto number_of = [](std::uint64_t pair) { return static_cast<std::uint32_t>(3 * pair + 1); };
    for (int i = 0; i < 3000; ++i) {
        const std::uint64_t pair = random.below(12), hash = (pair % 3) << 62;
        std::vector<std::uint64_t>& before = met[pair % 3];
        const bool is_known = std::find(before.end() - std::min<std::ptrdiff_t>(2, std::ssize(before)), before.end(),
                                        pair) != before.end();
        REQUIRE(recent.find(pair, hash) == (is_known ? number_of(pair) : RecentPairs::nothing));
        if (!is_known) recent.add(pair, hash, number_of(pair));
        std::erase(before, pair);
        before.push_back(pair);
    }
    recent.clear();
    CHECK(recent.find(0, 0) == RecentPairs::nothing);
}

// Against a map of whole states, for every shape of tree: before the words' changes have been counted and after, with
// words so wide that pairs of them have to be numbered, and so narrow that many of them stand side by side.
TEST_CASE("the store keeps states: inserted as a whole or as changes, loaded in any order")
{
    for (std::uint32_t round = 0; round < 66; ++round) {
        const std::uint32_t words = 1 + round / 2;
        CAPTURE(round);
        Random random(round);
        std::vector<std::uint8_t> bits(words, 32);
        for (std::uint8_t& b : bits)
            if (round % 2 != 0 && !random.chance(20)) b = static_cast<std::uint8_t>(random.below(13));
        const auto fitting = [&](std::uint64_t value, std::uint32_t w) {
            return static_cast<std::uint32_t>(value & ((std::uint64_t{1} << bits[w]) - 1));
        };
        StateStore store(bits);
        StateCursor cursor(store);
        std::map<std::vector<std::uint32_t>, std::uint32_t> numbers;
        std::vector<std::vector<std::uint32_t>> states;
        std::vector<std::uint32_t> present(words, 0), changed;
        const auto note = [&](const std::vector<std::uint32_t>& state, StateCursor::Inserted inserted) {
            const auto [entry, is_new] = numbers.emplace(state, static_cast<std::uint32_t>(states.size()));
            if (is_new) states.push_back(state);
            REQUIRE(inserted.is_new == is_new);
            REQUIRE(inserted.state == entry->second);
        };
        note(present, cursor.insert(present));
        for (int step = 0; step < (words % 3 == 0 ? 9000 : 2000); ++step) {
            if (random.chance(30)) {
                const auto state = static_cast<std::uint32_t>(random.below(states.size()));
                const std::vector<std::uint32_t> before = present;
                present = states[state];
                cursor.load(state, changed);
                std::set<std::uint32_t> differing;
                for (std::uint32_t w = 0; w < words; ++w)
                    if (before[w] != present[w]) differing.insert(w);
                std::erase_if(changed, [&](std::uint32_t w) { return w >= words; });
                REQUIRE(std::set(changed.begin(), changed.end()) == differing);
                REQUIRE(std::equal(present.begin(), present.end(), cursor.words()));
            } else if (random.chance(10)) {
                for (std::uint32_t w = 0; w < words; ++w) present[w] = fitting(random.below(3), w);
                note(present, cursor.insert(present));
            } else {
                std::vector<std::uint32_t> successor = present;
                std::vector<StateCursor::Change> changes;
                for (std::uint32_t w = 0; w < words; ++w) {
                    if (!random.chance(20)) continue;
                    successor[w] = fitting(random.below(4) << random.below(random.chance(20) ? 31 : 4), w);
                    changes.push_back({w, successor[w]});
                }
                note(successor, cursor.insert_successor(changes));
                REQUIRE(std::equal(present.begin(), present.end(), cursor.words()));
            }
        }
        REQUIRE(store.size() == states.size());
    }
}

void write(EdgeLog& log, const std::vector<std::vector<std::uint32_t>>& graph, const std::vector<std::uint32_t>& order)
{
    std::vector<EdgeLog::Writer*> writers{&log.add_writer(), &log.add_writer(), &log.add_writer()};
    for (std::uint32_t state : order) {
        EdgeLog::Writer& writer = *writers[state % writers.size()];
        writer.begin_state(state);
        for (std::uint32_t target : graph[state]) writer.add(target);
        writer.end_state();
    }
}

std::vector<std::uint32_t> read(const EdgeLog& log, std::uint32_t state)
{
    std::vector<std::uint32_t> targets;
    for (EdgeLog::Reader reader(log, state); !reader.at_end(); ++reader) targets.push_back(*reader);
    return targets;
}

TEST_CASE("the edge log gives back what was written, near and far, in any order of states")
{
    Random random(7);
    std::vector<std::vector<std::uint32_t>> graph(300);
    std::vector<std::uint32_t> order;
    for (std::uint32_t s = 0; s < graph.size(); ++s) {
        const std::size_t degree = random.below(6);
        for (std::size_t i = 0; i < degree; ++i)
            graph[s].push_back(random.chance(50) ? s : static_cast<std::uint32_t>(random.next()) & 0x7fffffff);
        if (s != 5) order.push_back(s);  // never expanded: a search that was cut off
    }
    for (std::size_t i = order.size(); i-- > 1;) std::swap(order[i], order[random.below(i + 1)]);
    EdgeLog log;
    write(log, graph, order);
    graph[5].clear();
    for (std::uint32_t s = 0; s < graph.size(); ++s) CHECK(read(log, s) == graph[s]);
    CHECK(read(log, 1000).empty());
}

// Pages of the log are 2 MiB.
TEST_CASE("lists of the edge log go on over the end of a page")
{
    EdgeLog log;
    EdgeLog::Writer& writer = log.add_writer();
    constexpr std::uint32_t count = 30'000, degree = 50;
    const auto target = [](std::uint32_t s, std::uint32_t i) { return (s * 2654435761U + i * 40503U) & 0x7fffffffU; };
    for (std::uint32_t s = 0; s < count; ++s) {
        writer.begin_state(s);
        for (std::uint32_t i = 0; i < degree; ++i) writer.add(target(s, i));
        writer.end_state();
    }
    REQUIRE(log.bytes() > (std::size_t{1} << 22));
    std::uint32_t wrong = 0;
    for (std::uint32_t s = 0; s < count; ++s) {
        EdgeLog::Reader reader(log, s);
        for (std::uint32_t i = 0; i < degree; ++i, ++reader) wrong += reader.at_end() || *reader != target(s, i);
        wrong += reader.at_end() ? 0 : 1;
    }
    CHECK(wrong == 0);
}

// A component is terminal if whatever can be reached from one of its states reaches that state, too.
TEST_CASE("terminal components of random graphs are those that nothing leaves")
{
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        Random random(seed);
        const auto count = static_cast<std::uint32_t>(1 + random.below(12));
        std::vector<std::vector<std::uint32_t>> graph(count);
        for (std::size_t i = random.below(2 * count + 1); i-- > 0;)
            graph[random.below(count)].push_back(static_cast<std::uint32_t>(random.below(count)));
        std::vector<std::vector<bool>> reaches(count, std::vector<bool>(count, false));
        for (std::uint32_t s = 0; s < count; ++s) {
            reaches[s][s] = true;
            for (std::uint32_t t : graph[s]) reaches[s][t] = true;
        }
        for (std::uint32_t k = 0; k < count; ++k)
            for (std::uint32_t s = 0; s < count; ++s)
                for (std::uint32_t t = 0; t < count; ++t)
                    if (reaches[s][k] && reaches[k][t]) reaches[s][t] = true;
        std::set<std::vector<std::uint32_t>> expected;
        for (std::uint32_t s = 0; s < count; ++s) {
            std::vector<std::uint32_t> component;
            bool is_terminal = true;
            for (std::uint32_t t = 0; t < count; ++t) {
                if (reaches[s][t]) component.push_back(t);
                is_terminal = is_terminal && (!reaches[s][t] || reaches[t][s]);
            }
            if (is_terminal) expected.insert(component);
        }
        std::vector<std::uint32_t> order(count);
        for (std::uint32_t s = 0; s < count; ++s) order[s] = s;
        EdgeLog log;
        write(log, graph, order);
        const auto found = terminal_components(log, count);
        CAPTURE(seed);
        std::set<std::vector<std::uint32_t>> all;
        for (const StateList& component : found) all.insert(component.numbers());
        CHECK(all == expected);
        CHECK(found.size() == expected.size());
    }
}

}  // namespace

}  // namespace lockstep::explicit_engine
