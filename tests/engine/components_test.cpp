// Terminal components of random graphs, large enough for every part of the search for them, against Boost's components.
#include "engine/random_program.h"

#include "explicit/components.h"
#include "explicit/edge_log.h"

#include <doctest/doctest.h>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/strong_components.hpp>

#include <map>
#include <optional>
#include <vector>

namespace lockstep::explicit_engine {

namespace {

using testing::Random;
using Graph = std::vector<std::vector<std::uint32_t>>;
using Components = std::vector<std::vector<std::uint32_t>>;

Components by_boost(const Graph& graph)
{
    boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS> copy(graph.size());
    for (std::uint32_t s = 0; s < graph.size(); ++s)
        for (std::uint32_t t : graph[s]) boost::add_edge(s, t, copy);
    std::vector<std::uint32_t> component(graph.size());
    boost::strong_components(copy, component.data());
    std::map<std::uint32_t, bool> has_exit;
    for (std::uint32_t s = 0; s < graph.size(); ++s)
        for (std::uint32_t t : graph[s])
            if (component[s] != component[t]) has_exit[component[s]] = true;
    std::map<std::uint32_t, std::size_t> position;
    Components result;
    for (std::uint32_t s = 0; s < graph.size(); ++s) {
        if (has_exit[component[s]]) continue;
        const auto [entry, is_new] = position.emplace(component[s], result.size());
        if (is_new) result.emplace_back();
        result[entry->second].push_back(s);
    }
    return result;
}

/// Of `count` states, as a search finds them: most edges lead a little way up, some back.
Graph graph_of(Random& random, std::uint32_t count)
{
    Graph graph(count);
    const auto back = static_cast<unsigned>(random.below(30)), ends = static_cast<unsigned>(random.below(20));
    const std::size_t reach = 1 + random.below(count), degree = 1 + random.below(3);
    for (std::uint32_t s = 0; s < count; ++s) {
        if (random.chance(ends)) {
            if (random.chance(50)) graph[s].push_back(s);
            continue;
        }
        for (std::size_t i = 0; i < degree; ++i)
            graph[s].push_back(random.chance(back) ? static_cast<std::uint32_t>(random.below(s + 1))
                                                   : static_cast<std::uint32_t>(
                                                         std::min<std::size_t>(s + random.below(reach), count - 1)));
    }
    // Sometimes all are found from the first.
    if (random.chance(50))
        for (std::uint32_t s = 1; s < count; ++s) graph[random.below(s)].push_back(s);
    // Sometimes the last ones lead to the first, so that the whole is one component or nearly.
    if (random.chance(40))
        for (std::uint32_t s = count - count / 4; s < count; ++s)
            graph[s].push_back(static_cast<std::uint32_t>(random.below(1 + count / 10)));
    // Or many small components that nothing leaves.
    if (random.chance(30))
        for (std::uint32_t s = count / 2; s + 3 < count; s += 3 + static_cast<std::uint32_t>(random.below(3)))
            graph[s] = {s + 1}, graph[s + 1] = {s + 2}, graph[s + 2] = {s};
    // Or a long way to a component of two, on which everything else leads back: who walks by chance never arrives.
    if (count > 20 && random.chance(10)) {
        for (std::uint32_t s = 0; s + 2 < count; ++s) graph[s] = {s + 1, 0, s / 2, s / 3};
        graph[count - 2] = {count - 1};
        graph[count - 1] = {count - 2};
    }
    return graph;
}

bool all_reached_from_first(const Graph& graph)
{
    std::vector<bool> is_reached(graph.size(), false);
    std::vector<std::uint32_t> reached{0};
    is_reached[0] = true;
    for (std::size_t i = 0; i < reached.size(); ++i)
        for (std::uint32_t t : graph[reached[i]]) {
            if (is_reached[t]) continue;
            is_reached[t] = true;
            reached.push_back(t);
        }
    return reached.size() == graph.size();
}

Components by_log(const Graph& graph, Random& random, Team* team = nullptr, std::size_t threads = 1)
{
    EdgeLog log;
    std::vector<EdgeLog::Writer*> writers{&log.add_writer(), &log.add_writer()};
    // Numbers that are no states, as threads leave them behind.
    const std::uint32_t gap = random.chance(50) ? 10 : 0;
    const auto number = [&](std::uint32_t s) { return s < graph.size() / 2 ? s : s + gap; };
    for (std::uint32_t s = 0; s < graph.size(); ++s) {
        EdgeLog::Writer& writer = *writers[random.below(2)];
        writer.begin_state(number(s));
        for (std::uint32_t t : graph[s]) writer.add(number(t));
        writer.end_state();
    }
    const auto root = all_reached_from_first(graph) ? std::optional(0U) : std::nullopt;
    Components result;
    for (const StateList& found :
         terminal_components(log, static_cast<std::uint32_t>(graph.size()) + gap, root, team, threads)) {
        auto& component = result.emplace_back(found.numbers());
        for (std::uint32_t& s : component)
            if (s >= graph.size() / 2) s -= gap;
    }
    return result;
}

}  // namespace

TEST_CASE("terminal components of large random graphs are Boost's, in the same order")
{
    std::map<std::size_t, int> counts;
    for (std::uint64_t seed = 0; seed < 600; ++seed) {
        CAPTURE(seed);
        Random random(seed);
        const auto size = static_cast<std::uint32_t>(2 + random.below(random.chance(50) ? 60 : 3000));
        const Graph graph = graph_of(random, size);
        const Components expected = by_boost(graph);
        ++counts[std::min<std::size_t>(expected.size(), 3)];
        const Components found = by_log(graph, random);
        REQUIRE(found == expected);
    }
    // Graphs of all kinds are among them.
    for (std::size_t count = 1; count <= 3; ++count) CHECK(counts[count] > 20);
}

TEST_CASE("one component, although the way down from many states is too long to be followed")
{
    // From the first to some, from each upwards, and among the last ones down in single steps, back to the first.
    constexpr std::uint32_t count = 20'000, stride = 1000;
    Graph graph(count);
    for (std::uint32_t s = 0; s < count; ++s) graph[s] = {s + stride < count ? s + stride : s - 1};
    graph[count - stride] = {0};
    for (std::uint32_t s = 1; s < stride; ++s) graph[0].push_back(s);
    Random random(1);
    const Components found = by_log(graph, random);
    REQUIRE(found.size() == 1);
    CHECK(found[0].size() == count);
}

TEST_CASE("several threads find the same terminal components")
{
    Team team;
    for (std::uint64_t seed = 0; seed < 24; ++seed) {
        CAPTURE(seed);
        Random random(seed);
        const Graph graph = graph_of(random, static_cast<std::uint32_t>(50'000 + random.below(50'000)));
        const Components expected = by_log(graph, random);
        REQUIRE(by_log(graph, random, &team, 2 + seed % 2) == expected);
    }
}

TEST_CASE("a list of states has them in the order in which they came, one by one or in runs")
{
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        CAPTURE(seed);
        Random random(seed);
        std::vector<std::uint32_t> states;
        StateList list;
        std::uint32_t next = static_cast<std::uint32_t>(random.below(10));
        for (std::uint64_t more = random.below(40); more-- > 0;) {
            const auto length = static_cast<std::uint32_t>(1 + random.below(5));
            list.append(next, length);
            for (std::uint32_t i = 0; i < length; ++i) states.push_back(next + i);
            next = random.chance(50) ? next + length : static_cast<std::uint32_t>(random.below(1000));
        }
        CHECK(list.numbers() == states);
        CHECK(StateList(states).numbers() == states);
        REQUIRE(list.size() == states.size());
        for (std::size_t i = 0; i < states.size(); ++i) CHECK(list[i] == states[i]);
        if (!states.empty()) CHECK(list.front() == states.front());
    }
}

}  // namespace lockstep::explicit_engine
