// The graph of states is the engine's: as many states and transitions, and something is wrong in it exactly where the
// engine finds something; whatever it is cut to is a part of the whole.
#include "graph/state_graph.h"

#include "engine/random_machine.h"
#include "engine/random_program.h"
#include "explicit/explore.h"
#include "passes/mark_locations.h"
#include "passes/passes.h"
#include "program/parser.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

namespace lockstep::graph {

namespace {

Program read(const std::string& text)
{
    Program program = parse(text, "graph.ls");
    mark_locations(program);
    return program;
}

Result explored(const Program& program, std::uint64_t max_states)
{
    explicit_engine::Options options;
    options.all = true;
    options.max_states = max_states;
    options.native = NativeMode::off;
    return explicit_engine::explore(program, options);
}

bool is_wrong(const StateGraph& graph)
{
    return std::ranges::any_of(graph.states, [](const ShownState& state) { return !state.violations.empty(); }) ||
           std::ranges::any_of(graph.steps, [](const ShownStep& step) { return !step.messages.empty(); });
}

/// What tells a step of one graph from others.
auto key(const ShownStep& step)
{
    const Move& move = step.move.move;
    return std::tuple(step.from, step.to.value_or(SIZE_MAX), move.process.index, move.transition.index, step.choices,
                      step.messages, step.who);
}

/// The smaller graph is what the whole one's first states and the steps between them are.
void check_part(const StateGraph& part, const StateGraph& whole)
{
    const std::size_t count = part.states.size();
    std::multiset<decltype(key(whole.steps.front()))> expected, found;
    std::vector<std::uint64_t> hidden(count, 0);
    for (const ShownStep& step : whole.steps) {
        if (step.from >= count) continue;
        if (!step.to || *step.to < count)
            expected.insert(key(step));
        else
            ++hidden[step.from];
    }
    for (const ShownStep& step : part.steps) {
        const bool is_cut_off = !step.to && std::ranges::any_of(step.messages, [](const std::string& message) {
            return message.find("not shown") != std::string::npos;
        });
        if (!is_cut_off) found.insert(key(step));
    }
    CHECK(found == expected);
    for (std::size_t i = 0; i < count; ++i) {
        CHECK(part.states[i].changes.size() == whole.states[i].changes.size());
        CHECK(part.states[i].is_end == whole.states[i].is_end);
        CHECK(part.states[i].is_initial == whole.states[i].is_initial);
        CHECK((part.states[i].hidden_steps > 0) == (hidden[i] > 0));
        CHECK(part.states[i].hidden_steps >= hidden[i]);
        // What is wrong there is wrong in the whole, too.
        for (const std::string& violation : part.states[i].violations)
            CHECK(std::ranges::count(whole.states[i].violations, violation) != 0);
    }
}

/// Compares what both say of one Program, whole and cut. Returns whether something is wrong with it.
bool compare(const Program& program, std::uint64_t seed)
{
    constexpr std::size_t most = 1500;
    const Result result = explored(program, 0);
    if (result.statistics.states > most) return false;
    const StateGraph whole = make_state_graph(program, most);
    CHECK(whole.states.size() == result.statistics.states);
    CHECK(whole.transitions == result.statistics.transitions);
    CHECK(whole.met == whole.states.size());
    CHECK(!whole.is_cut());
    CHECK(is_wrong(whole) == !result.violations.empty());
    testing::Random random(seed);
    const std::size_t limit = 1 + random.below(whole.states.size());
    const StateGraph part = make_state_graph(program, limit);
    CHECK(part.states.size() == limit);
    CHECK(part.is_cut() == (limit < whole.states.size()));
    check_part(part, whole);
    return is_wrong(whole);
}

constexpr const char* counter = R"(
var x: u2
automaton A {
    local i: u2
    location a, b, end finished
    a -> b { i := x }
    b -> end { x := i + 1 }
}
process p: A
process q: A
)";

}  // namespace

TEST_CASE("the graph of states is what the engine explores")
{
    std::size_t wrong = 0;
    for (std::uint64_t seed = 1; seed <= 150; ++seed) {
        CAPTURE(seed);
        Program program = testing::random_program(seed);
        mark_locations(program);
        wrong += compare(program, seed);
    }
    CHECK(wrong > 10);
    CHECK(wrong < 140);
}

TEST_CASE("on a machine, too")
{
    std::size_t wrong = 0;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        CAPTURE(seed);
        Program program = testing::random_machine(seed);
        run_passes(program, Stage::after_boot, {});
        wrong += compare(program, seed);
    }
    CHECK(wrong > 0);
}

TEST_CASE("it says who stands where, who moves, and what has changed")
{
    const StateGraph graph = make_state_graph(read(counter), 100);
    REQUIRE(!graph.states.empty());
    const ShownState& first = graph.states.front();
    CHECK(first.is_initial);
    CHECK(!first.is_end);
    CHECK(first.changes.empty());
    REQUIRE(first.standing.size() == 2);
    CHECK(first.standing[0].who == "p");
    CHECK(first.standing[0].file == "graph.ls");
    CHECK(first.standing[0].line == 6);
    CHECK(first.standing[0].is_running);
    REQUIRE(graph.steps.size() >= 2);
    CHECK(graph.steps[0].who == "p");
    CHECK(graph.steps[0].actor == 0);
    CHECK(graph.steps[0].from == 0);
    CHECK(graph.steps[0].to == 1);
    CHECK(graph.steps[1].who == "q");
    CHECK(std::ranges::count(graph.states, true, &ShownState::is_initial) == 1);
    CHECK(std::ranges::count(graph.states, true, &ShownState::is_end) ==
          3);  // x is 2; or it is 1, and i of one is, too
    std::size_t changes_of_x = 0;
    for (const ShownState& state : graph.states)
        for (const Change& change : state.changes) changes_of_x += change.name == "x";
    CHECK(changes_of_x > 0);
}

TEST_CASE("choices that come to the same are one step")
{
    const StateGraph graph = make_state_graph(read(R"(
var x: u8
automaton A {
    local i: u8
    location a, end finished
    a -> end choose i in 1..4 { x := i / 3 }
}
process p: A
)"),
                                              100);
    CHECK(graph.states.size() >= 3);
    CHECK(graph.transitions == 4);
    std::vector<std::int64_t> all;
    for (const ShownStep& step : graph.steps) all.insert(all.end(), step.choices.begin(), step.choices.end());
    std::ranges::sort(all);
    CHECK(all == std::vector<std::int64_t>{1, 2, 3, 4});
}

TEST_CASE("it can be interrupted")
{
    const std::atomic<bool> interrupted = true;
    CHECK(make_state_graph(read(counter), 100, &interrupted).was_interrupted);
    CHECK(!make_state_graph(read(counter), 100).was_interrupted);
}

}  // namespace lockstep::graph
