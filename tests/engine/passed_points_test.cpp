// With a point on each transition of random Programs: those are passed whose transitions the naive explorer takes,
// whatever is searched in which order, with how many threads, and whether all is wanted or little.
#include "engine/environment.h"
#include "engine/naive_explorer.h"
#include "engine/random_program.h"

#include "explicit/explore.h"
#include "passes/mark_locations.h"
#include "passes/prune_unreachable.h"
#include "semantics/passed_points.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <vector>

#include <unistd.h>

namespace lockstep::explicit_engine {

namespace {

/// A point for each transition, by number; some have the point of another one.
void add_points(Program& program, testing::Random& random)
{
    for (Automaton& automaton : program.automata)
        for (Transition& transition : automaton.transitions) {
            if (program.points.empty() || random.below(4) != 0) program.points.add({});
            transition.points = {PointId(program.points.size() - 1)};
        }
}

std::vector<bool> points_of(const Program& program, const naive::Result& found)
{
    std::vector<bool> passed(program.points.size(), false);
    for (const auto& [automaton, t] : found.taken)
        for (const PointId point : program.automata[automaton].transitions[t].points) passed[point.index] = true;
    return passed;
}

std::vector<bool> everything(const Program& program) { return std::vector<bool>(program.points.size(), true); }

std::vector<bool> explored(const Program& program, Options options, std::vector<bool> wanted)
{
    PassedPoints points(program, std::move(wanted));
    options.all = true;
    options.passed = &points;
    CHECK(explore(program, options).statistics.complete);
    return points.passed();
}

std::uint64_t programs() { return testing::number_from_environment("LOCKSTEP_RANDOM_PROGRAMS", 150); }

void for_random_programs(std::uint64_t first, const std::function<void(const Program&, testing::Random&)>& test)
{
    for (std::uint64_t seed = first; seed < first + programs(); ++seed) {
        CAPTURE(seed);
        testing::Random random(seed);
        Program program = testing::random_program(seed);
        add_points(program, random);
        mark_locations(program, Merge::invisible);
        test(program, random);
    }
}

TEST_CASE("passed is what the naive explorer takes")
{
    std::size_t passed = 0, not_passed = 0;
    for_random_programs(9000, [&](const Program& program, testing::Random& random) {
        const naive::Result found = naive::explore(program);
        if (!found.complete) return;
        const std::vector<bool> expected = points_of(program, found);
        for (const bool is_passed : expected) ++(is_passed ? passed : not_passed);
        CHECK(explored(program, {}, everything(program)) == expected);
        CHECK(explored(program, {.order = Order::depth_first}, everything(program)) == expected);
        if (random.below(10) == 0)
            CHECK(explored(program, {.native = NativeMode::always}, everything(program)) == expected);
        CHECK(explored(program, {.threads = 3, .states_for_threads = 4}, everything(program)) == expected);
        std::vector<bool> wanted, of_these;
        for (const bool is_passed : expected) {
            wanted.push_back(random.below(5) == 0);
            of_these.push_back(is_passed && wanted.back());
        }
        CHECK(explored(program, {}, wanted) == of_these);
    });
    CHECK(passed > 3 * programs());
    CHECK(not_passed > programs() / 2);
}

TEST_CASE("a search in parts has passed what one in a piece has")
{
    const std::filesystem::path file =
        std::filesystem::temp_directory_path() / fmt::format("lockstep-points-{}", getpid());
    std::size_t parts = 0;
    for_random_programs(9500, [&](const Program& program, testing::Random&) {
        const naive::Result found = naive::explore(program, {.max_states = 2000});
        if (!found.complete || found.states < 10) return;
        Options options;
        options.all = true;
        options.checkpoint.file = file;
        options.max_states = found.states / 3;
        PassedPoints first(program, everything(program)), second(program, everything(program));
        options.passed = &first;
        CHECK(!explore(program, options).statistics.complete);
        options.checkpoint.resume = file;
        options.max_states = 0;
        options.passed = &second;
        CHECK(explore(program, options).statistics.complete);
        CHECK(second.passed() == points_of(program, found));
        ++parts;
    });
    std::filesystem::remove(file);
    CHECK(parts > programs() / 10);
}

TEST_CASE("passes that take out jumps and what nobody comes to change nothing")
{
    std::size_t taken_out = 0;
    for_random_programs(9700, [&](const Program& program, testing::Random&) {
        const naive::Result found = naive::explore(program);
        if (!found.complete) return;
        Program changed = program;
        prune_unreachable(changed);
        thread_jumps(changed);
        for (AutomatonId a : ids_of(program.automata))
            taken_out += program.automata[a].transitions.size() - changed.automata[a].transitions.size();
        mark_locations(changed, Merge::invisible);
        CHECK(explored(changed, {}, everything(changed)) == points_of(program, found));
    });
    CHECK(taken_out > programs() / 10);
}

}  // namespace

}  // namespace lockstep::explicit_engine
