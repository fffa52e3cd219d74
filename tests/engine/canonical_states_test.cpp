// Canonical states: as many as there are orbits, counted by trying all permutations of the states that a plain
// exploration finds; and the same violations as without symmetry, with paths that result/replay confirms.
#include "engine/environment.h"
#include "explicit/explore.h"
#include "explicit/state_space.h"
#include "passes/passes.h"
#include "program/parser.h"
#include "result/replay.h"
#include "symmetry/random_symmetric_program.h"
#include "symmetry/renaming.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace lockstep::testing {

namespace {

using Cells = std::vector<std::int64_t>;

constexpr std::uint64_t most_states = 3000;

/// All permutations of CPUs within their classes.
std::vector<symmetry::Permutation> all_permutations(const Program& program, const Layout& layout,
                                                    const symmetry::CpuSymmetry& symmetry)
{
    std::vector<std::vector<std::uint32_t>> maps{symmetry::identity(program, layout).cpus};
    for (const std::vector<std::uint32_t>& members : symmetry.classes) {
        std::vector<std::vector<std::uint32_t>> extended;
        for (const std::vector<std::uint32_t>& map : maps) {
            std::vector<std::uint32_t> images = members;
            do {
                extended.push_back(map);
                for (std::size_t i = 0; i < members.size(); ++i) extended.back()[members[i]] = images[i];
            } while (std::ranges::next_permutation(images).found);
        }
        maps = std::move(extended);
    }
    std::vector<symmetry::Permutation> all;
    for (const auto& map : maps) all.push_back(permutation_of(program, layout, symmetry, map));
    return all;
}

struct Orbits {
    bool is_complete = true;
    std::size_t states = 0;
    std::size_t orbits = 0;
};

Orbits count_orbits(const Program& program, const symmetry::CpuSymmetry& symmetry)
{
    const Layout layout = make_layout(program);
    Stepper stepper(program, layout);
    const auto permutations = all_permutations(program, layout, symmetry);
    std::set<Cells> known, smallest;
    std::vector<Cells> work;
    const auto stored = [&](Cells cells) {
        for (std::uint32_t cell = 0; cell < cells.size(); ++cell)
            if (layout.cells[cell].word == Layout::no_word) cells[cell] = 0;
        return cells;
    };
    const auto found = [&](const Cells& cells) {
        if (!known.insert(stored(cells)).second) return;
        work.push_back(cells);
        Cells least = stored(cells);
        for (const symmetry::Permutation& permutation : permutations)
            least = std::min(least, stored(rename(program, layout, symmetry, permutation, cells)));
        smallest.insert(std::move(least));
    };
    for (const Cells& cells : initial_cells(program, layout)) found(cells);
    while (!work.empty() && known.size() < most_states) {
        stepper.evaluator.cells = std::move(work.back());
        work.pop_back();
        stepper.all_steps([&](const StepView& view) {
            if (view.trap.kind == nullptr && !view.stopped) found(stepper.evaluator.cells);
        });
    }
    return {work.empty(), known.size(), smallest.size()};
}

bool is_of_component(const Violation& v) { return v.kind == "deadlock" || v.kind == "livelock"; }

/// The violations up to renaming, with the length of the shortest path to one, where that is certain.
std::map<std::string, std::size_t> summary(const Result& result)
{
    std::map<std::string, std::size_t> all;
    for (const Violation& v : result.violations) {
        const std::string name = is_of_component(v) ? "stuck" : fmt::format("{} line {}", v.kind, v.line);
        const std::size_t length = is_of_component(v) ? 0 : v.path.steps.size();
        const auto [entry, is_new] = all.emplace(name, length);
        if (!is_new) entry->second = std::min(entry->second, length);
    }
    return all;
}

std::set<std::string> names_in(const Result& result)
{
    std::set<std::string> names;
    for (const auto& [name, length] : summary(result)) names.insert(name);
    return names;
}

std::string text_of(const std::map<std::string, std::size_t>& all)
{
    std::string text;
    for (const auto& [name, length] : all) text += fmt::format("{} after {}; ", name, length);
    return text;
}

struct Both {
    Result plain, symmetric;
};

Both explore_both(const Program& program, const symmetry::CpuSymmetry& symmetry, explicit_engine::Options options = {})
{
    options.all = true;
    options.max_states = 4 * most_states;
    Both both;
    both.plain = explore(program, options);
    options.symmetry = &symmetry;
    both.symmetric = explore(program, options);
    for (Violation& v : both.symmetric.violations) result::replay_and_describe(program, v);
    return both;
}

Program read(const std::string& text)
{
    Program program = parse(text, "test.ls");
    run_passes(program, {});
    return program;
}

std::vector<std::uint32_t> whole_class(const Program& program)
{
    std::vector<std::uint32_t> cpus;
    for (std::uint32_t cpu = 0; cpu < program.cpus; ++cpu) cpus.push_back(cpu);
    return cpus;
}

/// Checks what is found against a plain exploration; returns the kinds.
std::set<std::string> kinds_found(const std::string& text, std::size_t classes = 1)
{
    const Program program = read(text);
    const symmetry::CpuSymmetry symmetric = symmetry::find_cpu_symmetry(program, make_layout(program));
    const std::string why = describe(program, symmetric);
    CAPTURE(why);
    REQUIRE(symmetric.classes.size() == classes);
    if (classes == 1) REQUIRE(symmetric.classes.front() == whole_class(program));
    const Both both = explore_both(program, symmetric);
    CHECK(text_of(summary(both.symmetric)) == text_of(summary(both.plain)));
    CHECK(both.symmetric.statistics.states == count_orbits(program, symmetric).orbits);
    std::set<std::string> plain, up_to_symmetry;
    for (const Violation& v : both.plain.violations) plain.insert(v.kind);
    for (const Violation& v : both.symmetric.violations) up_to_symmetry.insert(v.kind);
    CHECK(up_to_symmetry == plain);
    return up_to_symmetry;
}

using Kinds = std::set<std::string>;

/// One process for each CPU.
std::string on_each_cpu(std::size_t cpus, const std::string& text)
{
    std::string all = fmt::format("cpus {}\n", cpus) + text;
    for (std::size_t cpu = 0; cpu < cpus; ++cpu) all += fmt::format("process p{0}: A cpu {0}\n", cpu);
    return all;
}

}  // namespace

TEST_CASE("CPUs that count are as many states as there are sorted rows")
{
    const Program program = read(on_each_cpu(4, R"(
per_cpu var mine: u4
automaton A { location a, b, c finished
    a -> b { per_cpu(mine, own.cpu) := 1 }
    b -> c { per_cpu(mine, own.cpu) := 2 } }
)"));
    const symmetry::CpuSymmetry symmetric = symmetry::find_cpu_symmetry(program, make_layout(program));
    const Both both = explore_both(program, symmetric);
    CHECK(both.plain.statistics.states == 81);
    CHECK(both.symmetric.statistics.states == 15);
}

TEST_CASE("a deadlock of two CPUs of three")
{
    CHECK(kinds_found(on_each_cpu(3, R"(
per_cpu var lock: u1
automaton A { local l: u8
    location a, b, c, e, d finished
    a -> b choose l in 0..2 when l != own.cpu { }
    a -> d { }
    b -> c when per_cpu(lock, own.cpu) == 0 { per_cpu(lock, own.cpu) := 1 }
    c -> e when per_cpu(lock, l) == 0 { per_cpu(lock, l) := 1 }
    e -> d { per_cpu(lock, l) := 0; per_cpu(lock, own.cpu) := 0; l := 0 } }
)")) == Kinds{"deadlock"});
}

TEST_CASE("an assertion that the second CPU to come violates")
{
    CHECK(kinds_found(on_each_cpu(4, R"(
var who: u8 = 255
automaton A { location a, b, d finished
    a -> b when who == 255 { who := own.cpu }
    a -> b when who != 255 && who != own.cpu { report "assertion" "late" stops }
    b -> d when who == own.cpu { } }
)")) == Kinds{"assertion"});
}

TEST_CASE("whoever has the turn gets on, and gives it to anybody: nobody is stuck")
{
    CHECK(kinds_found(on_each_cpu(3, R"(
per_cpu var turn: u1
var given: u1
automaton A { local l: u8
    location start, a, b
    start -> a when given == 0 { given := 1; per_cpu(turn, own.cpu) := 1 }
    start -> a when given == 1 { }
    a -> b when per_cpu(turn, own.cpu) == 1 { per_cpu(turn, own.cpu) := 0; progress }
    b -> a choose l in 0..2 { per_cpu(turn, l) := 1; l := 0 } }
)")) == Kinds{});
}

TEST_CASE("one CPU goes round through what is before and behind another's block, which is stuck")
{
    CHECK(kinds_found(on_each_cpu(3, R"(
var taken: u1
per_cpu var mine: u4
automaton A {
    location a, b, c, e
    a -> b when taken == 0 { taken := 1; per_cpu(mine, own.cpu) := 1 }
    a -> e when taken == 1 { per_cpu(mine, own.cpu) := 3 }
    b -> c { per_cpu(mine, own.cpu) := 5; progress }
    c -> b { per_cpu(mine, own.cpu) := 1; progress }
    e -> e { per_cpu(mine, own.cpu) := 7 - per_cpu(mine, own.cpu) } }
)"))
              .size() == 1);
}

TEST_CASE("a set of CPUs, and CPUs that name each other")
{
    CHECK(kinds_found(on_each_cpu(4, R"(
var set: u64
per_cpu var peer: u8 = 255
automaton A { local l: u8
    location a, b, c, d finished
    a -> b choose l in 0..3 when l != own.cpu && (set >> l & 1) == 0 { set := set | (1u64 << l); per_cpu(peer, own.cpu) := l }
    a -> d { }
    b -> c when (set >> own.cpu & 1) == 1 { set := set & ~(1u64 << own.cpu) }
    c -> d { per_cpu(peer, per_cpu(peer, own.cpu)) := own.cpu; l := own.cpu } }
)")) == Kinds{"deadlock"});
}

TEST_CASE("random symmetric Programs: as many states as orbits, and the same violations")
{
    const std::uint64_t programs = number_from_environment("LOCKSTEP_RANDOM_PROGRAMS", 300);
    std::size_t compared = 0, more = 0, with_violations = 0;
    std::uint64_t states = 0, orbits = 0;
    for (std::uint64_t seed = 1; seed <= programs; ++seed) {
        CAPTURE(seed);
        const RandomSymmetric made = random_symmetric_program(seed);
        CAPTURE(made.text);
        Program program = parse(made.text, "random.ls");
        give_objects(program, seed % 5 == 0);
        run_passes(program, {});
        const symmetry::CpuSymmetry symmetric = symmetry::find_cpu_symmetry(program, make_layout(program));
        if (symmetric.classes.empty()) continue;
        const Orbits naive = count_orbits(program, symmetric);
        if (!naive.is_complete) continue;
        const Both both =
            explore_both(program, symmetric, {.threads = seed % 3 == 0 ? 2U : 1U, .states_for_threads = 8});
        if (seed % 4 == 0 && naive.states < 1000) {
            const Both reduced =
                explore_both(program, symmetric, {.stubborn_sets = explicit_engine::Reduction::always});
            REQUIRE(reduced.symmetric.statistics.states <= both.symmetric.statistics.states);
            REQUIRE(names_in(reduced.symmetric) == names_in(both.plain));
        }
        if (seed % 4 == 1) {
            const Both deep = explore_both(program, symmetric, {.order = explicit_engine::Order::depth_first});
            REQUIRE(deep.symmetric.statistics.states == both.symmetric.statistics.states);
            REQUIRE(names_in(deep.symmetric) == names_in(both.plain));
        }
        REQUIRE(both.plain.statistics.complete);
        REQUIRE(both.plain.statistics.states == naive.states);
        REQUIRE(both.symmetric.statistics.states >= naive.orbits);
        REQUIRE(both.symmetric.statistics.states <= naive.states);
        REQUIRE(both.symmetric.verdict == both.plain.verdict);
        REQUIRE(text_of(summary(both.symmetric)) == text_of(summary(both.plain)));
        ++compared;
        with_violations += both.plain.violations.empty() ? 0 : 1;
        if (both.symmetric.statistics.states != naive.orbits) ++more;
        states += both.symmetric.statistics.states;
        orbits += naive.orbits;
    }
    MESSAGE(compared << " compared, " << with_violations << " with violations; " << more << " have more states than "
                     << "orbits, all together " << states << " for " << orbits);
    CHECK(3 * compared > programs);
    CHECK(states * 100 <= orbits * 101);
}

}  // namespace lockstep::testing
