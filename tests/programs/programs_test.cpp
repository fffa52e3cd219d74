// Each Program of this folder says in its first lines how many states it has and what the verdict is:
//
//   # states: 2415 (spin agrees)
//   # expect: holds                     or: violated KIND
//
// Without reductions, we and spin, on the twin NAME.pml, find just that many states; with them the verdict stays. The
// twin makes the same steps; run_spin.sh says how spin is run. filter5.ls has ten million states and is left to those
// who set LOCKSTEP_LONG_TESTS.
#include "explicit/explore.h"
#include "passes/passes.h"
#include "program/parser.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace lockstep;

namespace {

const std::filesystem::path folder = TEST_FOLDER;

struct Case {
    std::string name, text, expected;
    std::uint64_t states = 0;
};

std::string behind(const std::string& text, const std::string& key)
{
    const std::size_t start = text.find(key);
    REQUIRE(start != std::string::npos);
    const std::size_t begin = start + key.size();
    return text.substr(begin, text.find('\n', begin) - begin);
}

std::vector<Case> all_cases()
{
    std::vector<Case> cases;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() != ".ls") continue;
        if (entry.path().stem() == "filter5" && std::getenv("LOCKSTEP_LONG_TESTS") == nullptr) continue;
        std::ifstream file(entry.path());
        std::stringstream text;
        text << file.rdbuf();
        cases.push_back({entry.path().stem(), text.str(), behind(text.str(), "# expect: "),
                         std::stoull(behind(text.str(), "# states: "))});
    }
    std::ranges::sort(cases, {}, &Case::name);
    REQUIRE(cases.size() >= 8);
    return cases;
}

std::vector<std::string> all_reductions()
{
    std::vector<std::string> names;
    for (const Pass& pass : all_passes())
        if (pass.is_reduction) names.emplace_back(pass.name);
    return names;
}

Result explore(const Case& what, const PassOptions& options, unsigned threads = 1)
{
    Program program = parse(what.text, what.name + ".ls");
    run_passes(program, options);
    explicit_engine::Options engine;
    engine.all = true;
    engine.threads = threads;
    engine.states_for_threads = 256;
    return explicit_engine::explore(program, engine);
}

std::string verdict_text(const Result& result)
{
    if (result.verdict == Verdict::holds) return "holds";
    return result.violations.empty() ? "unknown" : "violated " + result.violations.front().kind;
}

std::uint64_t states_of_spin(const Case& what)
{
    const std::string command =
        fmt::format("'{}' '{}'", (folder / "run_spin.sh").string(), (folder / what.name).string() + ".pml");
    FILE* pipe = popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    unsigned long long states = 0;
    const int read = std::fscanf(pipe, "%llu", &states);
    CHECK(pclose(pipe) == 0);
    REQUIRE(read == 1);
    return states;
}

}  // namespace

TEST_CASE("without reductions every state is found, and no other, and the verdict is right")
{
    for (const Case& what : all_cases()) {
        CAPTURE(what.name);
        const Result result = explore(what, {all_reductions()});
        CHECK(result.statistics.complete);
        CHECK(result.statistics.states == what.states);
        CHECK(verdict_text(result) == what.expected);
    }
}

TEST_CASE("three threads find as many states, steps and violations as one")
{
    for (const Case& what : all_cases()) {
        CAPTURE(what.name);
        const Result one = explore(what, {all_reductions()});
        const Result three = explore(what, {all_reductions()}, 3);
        CHECK(three.statistics.states == one.statistics.states);
        CHECK(three.statistics.transitions == one.statistics.transitions);
        CHECK(three.statistics.depth == one.statistics.depth);
        CHECK(verdict_text(three) == what.expected);
        REQUIRE(three.violations.size() == one.violations.size());
        for (std::size_t v = 0; v < one.violations.size(); ++v) {
            CHECK(three.violations[v].message == one.violations[v].message);
            CHECK(three.violations[v].path.steps.size() == one.violations[v].path.steps.size());
        }
    }
}

TEST_CASE("reductions do not change the verdict, nor add a state")
{
    for (const Case& what : all_cases()) {
        CAPTURE(what.name);
        const Result result = explore(what, {});
        CHECK(result.statistics.states <= what.states);
        CHECK(verdict_text(result) == what.expected);
    }
}

TEST_CASE("spin finds as many states in the Promela twin")
{
    for (const Case& what : all_cases()) {
        CAPTURE(what.name);
        CHECK(states_of_spin(what) == what.states);
    }
}
