// Random Programs of all kinds, explored with combinations of everything that must not change a verdict: reductions of
// the Program (each switched off alone, all, none), stubborn sets, symmetry of CPUs, order, threads, native code.
//
// The product of all settings is some 600 explorations a Program, too many. So each Program gets a dozen: all of it
// off, all of it on, and others drawn at random; over a thousand Programs each pair of settings occurs many times, and
// a fault rarely needs more than two to show. What is compared, on three rungs:
//  - A plain exploration of the Program as it is without reductions and one with each choice of them find the same,
//    but for whether a task that is stuck waits or goes round: what a dead local holds decides that.
//  - With the same reductions of the Program every combination finds what the plain exploration does: verdict, findings
//    (with symmetry up to an exchange of CPUs) and completeness; with neither symmetry nor stubborn sets as many
//    states, with either no more; breadth-first without stubborn sets after the same shortest ways. Each violation is
//    replayed.
//  - Threads and native code change nothing at all, down to the paths.
//
// LOCKSTEP_RANDOM_PROGRAMS=N tries N Programs, LOCKSTEP_RANDOM_SEED=S begins at seed S,
// LOCKSTEP_RANDOM_STATES=M leaves out those of more than M states. Where something differs, the
// Program is written to lockstep-combination-SEED.ls in the current directory, with the combinations above it.
#include "engine/environment.h"
#include "engine/random_machine.h"
#include "engine/random_program.h"
#include "engine/result_text.h"

#include "explicit/explore.h"
#include "passes/passes.h"
#include "program/parser.h"
#include "program/printer.h"
#include "result/replay.h"
#include "symmetry/cpu_symmetry.h"
#include "symmetry/random_symmetric_program.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace lockstep::testing {

namespace {

using explicit_engine::Order;
using explicit_engine::Reduction;

/// Of a Program, for it to be tested.
const std::uint64_t most_states = number_from_environment("LOCKSTEP_RANDOM_STATES", 800);

/// Which reductions of the Program are switched off: none, each alone, all.
std::vector<std::vector<std::string>> choices_of_passes()
{
    std::vector<std::string> all;
    for (const Pass& pass : all_passes())
        if (pass.is_reduction) all.emplace_back(pass.name);
    std::vector<std::vector<std::string>> choices{{}};
    for (const std::string& name : all) choices.push_back({name});
    choices.push_back(all);
    return choices;
}

struct Combination {
    std::size_t passes = 0;  // into choices_of_passes()
    Reduction stubborn_sets = Reduction::never;
    bool cpu_symmetry = false;
    Order order = Order::breadth_first;
    unsigned threads = 1;
    NativeMode native = NativeMode::off;
    bool all = true;

    /// Those that differ in threads and native code alone have the same.
    [[nodiscard]] auto without_speed() const { return std::tuple(passes, stubborn_sets, cpu_symmetry, order, all); }
};

std::string text_of(const Combination& c)
{
    static constexpr const char* reductions[] = {"never", "automatic", "always"};
    return fmt::format("without passes {}, stubborn sets {}, symmetry {}, {}, {} threads, native code {}, {}",
                       choices_of_passes()[c.passes], reductions[static_cast<int>(c.stubborn_sets)], c.cpu_symmetry,
                       c.order == Order::breadth_first ? "breadth-first" : "depth-first", c.threads,
                       c.native == NativeMode::off ? "off" : "always", c.all ? "all" : "first violation");
}

/// All off, all on, and others.
std::vector<Combination> draw_combinations(Random& random)
{
    const std::size_t choices = choices_of_passes().size();
    std::vector<Combination> drawn{{.passes = choices - 1},
                                   {.passes = 0,
                                    .stubborn_sets = Reduction::always,
                                    .cpu_symmetry = true,
                                    .threads = 3,
                                    .native = NativeMode::always}};
    for (std::size_t more = 6 + random.below(5); more > 0; --more) {
        Combination c;
        c.passes = random.below(choices);
        c.stubborn_sets = random.pick(std::vector{Reduction::never, Reduction::automatic, Reduction::always});
        c.cpu_symmetry = random.chance(50);
        c.order = random.chance(70) ? Order::breadth_first : Order::depth_first;
        c.threads = static_cast<unsigned>(1 + random.below(3));
        c.native = random.chance(10) ? NativeMode::always : NativeMode::off;
        c.all = random.chance(75);
        drawn.push_back(c);
        // The same again, but for what must not be seen at all.
        if (!random.chance(25)) continue;
        c.threads = c.threads % 3 + 1;
        c.native = c.native == NativeMode::off && random.chance(30) ? NativeMode::always : NativeMode::off;
        drawn.push_back(c);
    }
    return drawn;
}

/// A Program of one of the three kinds, with all passes run on it but those.
Program make_program(std::uint64_t seed, const std::vector<std::string>& disabled)
{
    const PassOptions options{.disabled = disabled};
    if (seed % 3 == 0) {
        Program program = random_program(seed);
        run_passes(program, options);
        return program;
    }
    if (seed % 3 == 1) {
        const auto cpus = static_cast<std::uint32_t>(1 + seed / 3 % 3);
        Program program = random_machine(seed, {.cpus = cpus, .meets = seed % 2 == 0, .passes = options});
        run_passes(program, Stage::after_boot, options);
        return program;
    }
    Program program = parse(random_symmetric_program(seed).text, "random.ls");
    give_objects(program, seed / 3 % 5 == 0);
    run_passes(program, options);
    return program;
}

bool is_stuck(const Violation& v) { return v.kind == "deadlock" || v.kind == "livelock"; }

/// How precisely findings are told apart.
enum class Precision : std::uint8_t { exact, stuck_alike, up_to_symmetry };

/// What is found, with the length of the shortest way to it; of who is stuck that is not certain.
std::map<std::string, std::size_t> findings(const Result& result, Precision precision)
{
    std::map<std::string, std::size_t> all;
    for (const Violation& v : result.violations) {
        const bool merges_kinds = is_stuck(v) && precision != Precision::exact;
        std::string name = merges_kinds ? "being stuck" : v.kind;
        if (precision != Precision::up_to_symmetry) name += fmt::format(" of '{}' on {}", v.task, v.cpu);
        if (!is_stuck(v)) name += fmt::format(" at line {}", v.line);
        const std::size_t length = is_stuck(v) ? 0 : v.path.steps.size();
        const auto [entry, is_new] = all.emplace(name, length);
        if (!is_new) entry->second = std::min(entry->second, length);
    }
    return all;
}

std::set<std::string> names(const Result& result, Precision precision)
{
    std::set<std::string> all;
    for (const auto& [name, length] : findings(result, precision)) all.insert(name);
    return all;
}

/// A Program with one choice of passes, and its plain exploration.
struct Reduced {
    Program program;
    symmetry::CpuSymmetry symmetric;
    Result plain;
};

struct Counts {
    std::size_t programs = 0, too_large = 0, combinations = 0, violated = 0, symmetric = 0;
};

/// One Program and its combinations.
class CombinationTest {
public:
    CombinationTest(std::uint64_t the_seed, Counts& the_counts) : seed(the_seed), counts(the_counts) {}

    void run()
    {
        Random random(seed);
        const Combination everything_off{.passes = choices.size() - 1};
        const Reduced& origin = reduced(everything_off.passes);
        if (!origin.plain.statistics.complete) {
            ++counts.too_large;
            return;
        }
        ++counts.programs;
        if (!origin.plain.violations.empty()) ++counts.violated;
        for (const Combination& c : draw_combinations(random)) {
            const Reduced& with = reduced(c.passes);
            compare(with, {.passes = c.passes}, everything_off, "complete", with.plain.statistics.complete, true);
            compare(with, {.passes = c.passes}, everything_off, "what is found",
                    names(with.plain, Precision::stuck_alike), names(origin.plain, Precision::stuck_alike));
            test(with, c);
            if (differs) return;
        }
    }

    bool differs = false;

private:
    std::uint64_t seed;
    Counts& counts;
    std::vector<std::vector<std::string>> choices = choices_of_passes();
    std::map<std::size_t, Reduced> by_passes;
    std::map<decltype(Combination{}.without_speed()), std::pair<Combination, std::string>> texts;

    const Reduced& reduced(std::size_t passes)
    {
        const auto found = by_passes.find(passes);
        if (found != by_passes.end()) return found->second;
        Reduced made{make_program(seed, choices[passes]), {}, {}};
        made.symmetric = symmetry::find_cpu_symmetry(made.program, make_layout(made.program));
        // No reduction makes more of it than there was, but for steps that reset what is dead.
        made.plain = explore(made.program, {.all = true, .max_states = most_states * (is_first() ? 1 : 2)});
        return by_passes.emplace(passes, std::move(made)).first->second;
    }
    [[nodiscard]] bool is_first() const { return by_passes.empty(); }

    static Result explore(const Program& program, explicit_engine::Options options)
    {
        options.states_for_threads = 1;  // every level is divided
        return explicit_engine::explore(program, options);
    }

    void test(const Reduced& with, const Combination& c)
    {
        const bool is_symmetric = c.cpu_symmetry && !with.symmetric.classes.empty();
        ++counts.combinations;
        if (is_symmetric) ++counts.symmetric;
        explicit_engine::Options options;
        options.order = c.order;
        options.threads = c.threads;
        options.all = c.all;
        options.stubborn_sets = c.stubborn_sets;
        options.states_before_reduction = 1 + seed % 60;
        if (is_symmetric) options.symmetry = &with.symmetric;
        options.native = c.native;
        options.max_states = 2 * most_states;
        Result result = explore(with.program, options);
        test_speed(with, c, result);
        test_against_plain(with, c, is_symmetric, result);
        for (Violation& v : result.violations) replay(with, c, v);
    }

    void test_speed(const Reduced& with, const Combination& c, const Result& result)
    {
        const std::string text = testing::text_of(result);
        const auto [entry, is_new] = texts.try_emplace(c.without_speed(), c, text);
        if (!is_new) compare(with, c, entry->second.first, "the whole result", text, entry->second.second);
    }

    void test_against_plain(const Reduced& with, const Combination& c, bool is_symmetric, const Result& result)
    {
        const Combination plain{.passes = c.passes};
        const auto same = [&](const char* what, const auto& found, const auto& expected) {
            compare(with, c, plain, what, found, expected);
        };
        same("verdict", static_cast<int>(result.verdict), static_cast<int>(with.plain.verdict));
        if (!c.all && !result.violations.empty()) {
            const auto all = names(with.plain, is_symmetric ? Precision::up_to_symmetry : Precision::exact);
            const auto first = names(result, is_symmetric ? Precision::up_to_symmetry : Precision::exact);
            same("the first one is among all", std::ranges::includes(all, first), true);
            return;
        }
        same("complete", result.statistics.complete, true);
        const bool may_leave_out = c.stubborn_sets == Reduction::always ||
                                   (c.stubborn_sets == Reduction::automatic && c.order == Order::breadth_first);
        if (may_leave_out || is_symmetric)
            same("no more states", result.statistics.states <= with.plain.statistics.states, true);
        else
            same("states", result.statistics.states, with.plain.statistics.states);
        const Precision precision = is_symmetric ? Precision::up_to_symmetry : Precision::exact;
        same("what is found", names(result, precision), names(with.plain, precision));
        if (c.order == Order::breadth_first && !may_leave_out)
            same("shortest ways", findings(result, precision), findings(with.plain, precision));
    }

    void replay(const Reduced& with, const Combination& c, Violation& v)
    {
        std::string wrong;
        try {
            result::replay_and_describe(with.program, v);
        } catch (const std::exception& e) {
            wrong = e.what();
        }
        compare(with, c, c, "replay", wrong, std::string());
    }

    template <typename Found>
    void compare(const Reduced& with, const Combination& c, const Combination& other, const std::string& what,
                 const Found& found, const Found& expected)
    {
        const bool is_same = found == expected;
        const std::string difference =
            is_same ? "" : fmt::format("{}: {}, but {}\n  {}\n  {}", what, found, expected, text_of(c), text_of(other));
        CHECK_MESSAGE(is_same, difference);
        if (is_same || differs) return;
        differs = true;
        std::ofstream out(fmt::format("lockstep-combination-{}.ls", seed));
        for (const Combination& each : {c, other}) out << "// " << text_of(each) << "\n";
        out << print(with.program);
    }
};

}  // namespace

TEST_CASE("the same verdict with every combination of reductions, orders, threads and native code")
{
    const std::uint64_t first = number_from_environment("LOCKSTEP_RANDOM_SEED", 1);
    const std::uint64_t last = first + number_from_environment("LOCKSTEP_RANDOM_PROGRAMS", 60);
    Counts counts;
    std::size_t failed = 0;
    for (std::uint64_t seed = first; seed < last && failed < 20; ++seed) {
        CAPTURE(seed);
        CombinationTest test(seed, counts);
        test.run();
        if (test.differs) ++failed;
    }
    MESSAGE(
        fmt::format("{} Programs, {} with violations, in {} combinations, {} with CPUs that are alike; {} too large",
                    counts.programs, counts.violated, counts.combinations, counts.symmetric, counts.too_large));
    CHECK(failed == 0);
    CHECK(4 * counts.programs > last - first);
}

}  // namespace lockstep::testing
