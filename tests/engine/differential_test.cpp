// Random Programs on which everything that explores, evaluates or replays has to agree; see the cases' names.
//
// LOCKSTEP_RANDOM_PROGRAMS=N tries N of them instead of a few hundred, LOCKSTEP_RANDOM_SEED=S begins at seed S. A
// Program on which something differs is written to lockstep-random-SEED.ls in the current directory.
#include "engine/naive_explorer.h"
#include "engine/random_program.h"

#include "explicit/explore.h"
#include "passes/mark_locations.h"
#include "passes/reset_dead_locals.h"
#include "program/printer.h"
#include "program/verifier.h"
#include "result/interpreter.h"
#include "result/replay.h"
#include "semantics/stepper.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <vector>

namespace lockstep::testing {

namespace {

using explicit_engine::Order;
using naive::Finding;

std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise)
{
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

/// What does not agree, a line each.
using Differences = std::vector<std::string>;

void for_random_programs(std::uint64_t count, const std::function<Differences(const Program&)>& test)
{
    const std::uint64_t first = number_from_environment("LOCKSTEP_RANDOM_SEED", 1);
    const std::uint64_t last = first + number_from_environment("LOCKSTEP_RANDOM_PROGRAMS", count);
    for (std::uint64_t seed = first; seed < last; ++seed) {
        CAPTURE(seed);
        const Program program = random_program(seed);
        REQUIRE_NOTHROW(verify(program));
        const Differences differences = test(program);
        if (!differences.empty()) std::ofstream(fmt::format("lockstep-random-{}.ls", seed)) << print(program);
        CHECK_MESSAGE(differences.empty(), fmt::format("{}", fmt::join(differences, "\n")));
    }
}

Program marked(Program program, MergeInvisible merge = MergeInvisible::yes)
{
    mark_locations(program, merge);
    return program;
}

Result explore(const Program& program, Order order, bool all, std::uint64_t max_states = 0)
{
    explicit_engine::Options options;
    options.order = order;
    options.all = all;
    options.max_states = max_states;
    return explicit_engine::explore(program, options);
}

bool is_stuck(const std::string& kind) { return kind == "deadlock" || kind == "livelock"; }

Finding finding_of(const Violation& v) { return {v.kind, v.task, is_stuck(v.kind) ? 0 : v.line}; }

std::string text_of(const Finding& f) { return fmt::format("{} of '{}' at line {}", f.kind, f.task, f.line); }

template <typename Left, typename Right>
void compare(Differences& differences, const std::string& what, const Left& expected, const Right& found)
{
    if (expected != found) differences.push_back(fmt::format("{}: {} expected, {} found", what, expected, found));
}

/// Holds one random Program against what the naive explorer found in it.
class EngineTest {
public:
    EngineTest(const Program& the_program, const naive::Result& the_expected) : program(the_program), expected(the_expected)
    {
        kinds_are_certain = std::ranges::all_of(expected.findings, [](const auto& f) { return f.second.kind_is_certain; });
    }

    Differences run()
    {
        test_all(Order::breadth_first);
        test_all(Order::depth_first);
        test_first(Order::breadth_first);
        test_first(Order::depth_first);
        test_limit();
        return std::move(differences);
    }

private:
    const Program& program;
    const naive::Result& expected;
    bool kinds_are_certain;
    Differences differences;

    [[nodiscard]] Verdict expected_verdict() const
    {
        return expected.findings.empty() ? Verdict::holds : Verdict::violated;
    }

    void test_all(Order order)
    {
        const std::string name = order == Order::breadth_first ? "breadth-first, all" : "depth-first, all";
        Result result = explore(program, order, true);
        compare(differences, name + ", states", expected.states, result.statistics.states);
        compare(differences, name + ", transitions", expected.transitions, result.statistics.transitions);
        compare(differences, name + ", complete", true, result.statistics.complete);
        compare(differences, name + ", verdict", static_cast<int>(expected_verdict()), static_cast<int>(result.verdict));
        if (order == Order::breadth_first) compare(differences, name + ", depth", expected.depth, result.statistics.depth);
        std::map<Finding, std::uint64_t> found;
        for (const Violation& v : result.violations) {
            const Finding finding = finding_of(v);
            const std::uint64_t length = v.path.steps.size();
            const auto [entry, is_new] = found.emplace(finding, length);
            if (!is_new) entry->second = std::min(entry->second, length);
        }
        compare_findings(name, found, order == Order::breadth_first);
        for (Violation& v : result.violations) replay(name, v);
    }

    void compare_findings(const std::string& name, const std::map<Finding, std::uint64_t>& found, bool is_shortest)
    {
        for (const auto& [finding, length] : found) {
            const auto wanted = expected.findings.find(finding);
            if (wanted == expected.findings.end()) {
                if (kinds_are_certain || !is_stuck(finding.kind))
                    differences.push_back(fmt::format("{}: {} found, which is none", name, text_of(finding)));
            } else if (is_shortest && kinds_are_certain) {
                compare(differences, fmt::format("{}, way to {}", name, text_of(finding)), wanted->second.steps, length);
            } else if (length < wanted->second.steps) {
                differences.push_back(fmt::format("{}, way to {}: too short", name, text_of(finding)));
            }
        }
        for (const auto& [finding, length] : expected.findings)
            if (!found.contains(finding) && length.kind_is_certain)
                differences.push_back(fmt::format("{}: {} not found", name, text_of(finding)));
    }

    void test_first(Order order)
    {
        const std::string name = order == Order::breadth_first ? "breadth-first" : "depth-first";
        Result result = explore(program, order, false);
        compare(differences, name + ", verdict", static_cast<int>(expected_verdict()), static_cast<int>(result.verdict));
        if (expected.findings.empty()) {
            compare(differences, name + ", states", expected.states, result.statistics.states);
            compare(differences, name + ", transitions", expected.transitions, result.statistics.transitions);
            return;
        }
        compare(differences, name + ", number of violations", 1U, result.violations.size());
        for (Violation& v : result.violations) {
            const auto wanted = expected.findings.find(finding_of(v));
            if (wanted == expected.findings.end() && kinds_are_certain)
                differences.push_back(fmt::format("{}: {} found, which is none", name, text_of(finding_of(v))));
            if (order == Order::breadth_first) compare(differences, name + ", length", least_cost(), cost(v));
            replay(name, v);
        }
    }

    /// That no step leaves a state is seen only when its steps are tried, as what these steps report is.
    [[nodiscard]] static std::uint64_t cost(const Violation& v) { return v.path.steps.size() + (v.kind == "deadlock" ? 1 : 0); }
    [[nodiscard]] std::uint64_t least_cost() const
    {
        std::uint64_t on_the_fly = UINT64_MAX, least = UINT64_MAX;
        for (const auto& [finding, length] : expected.findings) {
            const std::uint64_t one_more = finding.kind == "deadlock" ? 1 : 0;
            least = std::min(least, length.steps + one_more);
            if (length.steps_on_the_fly != UINT64_MAX)
                on_the_fly = std::min(on_the_fly, length.steps_on_the_fly + one_more);
        }
        return on_the_fly != UINT64_MAX ? on_the_fly : least;
    }

    void test_limit()
    {
        if (expected.states < 4) return;
        for (Order order : {Order::breadth_first, Order::depth_first}) {
            const Result result = explore(program, order, true, expected.states / 2);
            const bool is_well = !result.statistics.complete && !result.reason.empty() &&
                                 result.verdict == (result.violations.empty() ? Verdict::unknown : Verdict::violated);
            compare(differences, "stopped half-way", true, is_well);
        }
    }

    void replay(const std::string& name, Violation& v)
    {
        try {
            result::replay_and_describe(program, v);
            compare(differences, name + ", length of the trace", v.path.steps.size(), v.trace.size());
        } catch (const std::exception& e) {
            differences.push_back(fmt::format("{}: {}: {}", name, text_of(finding_of(v)), e.what()));
        }
    }
};

}  // namespace

TEST_CASE("engine and naive explorer agree: states, steps, violations, lengths; each violation is replayed")
{
    std::map<std::string, int> kinds;
    std::map<std::string, int> sizes;
    for_random_programs(300, [&](const Program& unmarked) -> Differences {
        const Program program = marked(unmarked);
        const auto t0 = std::chrono::steady_clock::now();
        const naive::Result expected = naive::explore(program);
        const auto t1 = std::chrono::steady_clock::now();
        struct T { std::chrono::steady_clock::time_point t0, t1; std::uint64_t n; ~T() { auto t2 = std::chrono::steady_clock::now(); double a = std::chrono::duration<double>(t1-t0).count(), b = std::chrono::duration<double>(t2-t1).count(); if (a + b > 0.3) fmt::print("SLOW states {} naive {:.2f} engine {:.2f}\n", n, a, b); } } timer{t0, t1, expected.states};
        if (!expected.complete) {
            ++sizes["too large"];
            const Result result = explore(program, Order::breadth_first, true, 2000);
            if (result.verdict == Verdict::holds) return {"a truncated search holds"};
            return {};
        }
        ++sizes[expected.states < 10 ? "below 10" : expected.states < 100 ? "below 100" : expected.states < 1000 ? "below 1000" : "up to 20000"];
        std::set<std::string> here;
        for (const auto& [finding, length] : expected.findings) here.insert(finding.kind);
        if (here.empty()) here.insert("holds");
        for (const std::string& kind : here) ++kinds[kind];
        return EngineTest(program, expected).run();
    });
    MESSAGE(fmt::format("Programs by what is found in them: {}; by states: {}", kinds, sizes));
}

}  // namespace lockstep::testing
