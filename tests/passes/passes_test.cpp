#include "passes/passes.h"

#include "base/diagnostic.h"
#include "passes/automaton_text.h"
#include "program/verifier.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <stdexcept>

using namespace lockstep;
using namespace lockstep::testing;

namespace {

const char* const members =
    "local i: u8 location a, b, c, d, lost a -> b { x := 1 } b -> c c -> d when y == 0 { progress } d -> a { x := 2 } "
    "lost -> a";

std::vector<std::string> names_of(const std::vector<PassReport>& reports)
{
    std::vector<std::string> names;
    for (const PassReport& report : reports) names.emplace_back(report.name);
    return names;
}

}  // namespace

TEST_CASE("every pass has a name of its own and says what it does")
{
    for (const Pass& pass : all_passes()) {
        CHECK_FALSE(pass.help.empty());
        CHECK(std::ranges::count(all_passes(), pass.name, &Pass::name) == 1);
    }
}

TEST_CASE("passes run in the order of the table and are counted")
{
    Program program = automaton(members);
    const std::vector<PassReport> reports = run_passes(program);
    REQUIRE(reports.size() == static_cast<std::size_t>(std::ranges::count_if(
                                  all_passes(), [](const Pass& pass) { return pass.run != nullptr; })));
    CHECK(reports[0].name == "prune-unreachable");
    CHECK(reports[0].locations_before == 5);
    CHECK(reports[0].locations_after == 4);
    CHECK(reports[0].transitions_after == 4);
    CHECK(program.automata[only].locations.size() == 3);
    CHECK(program.automata[only].locations[LocationId(1)].is_pass_through);
}

TEST_CASE("a reduction can be switched off, what is needed cannot")
{
    Program program = automaton(members);
    const auto names = names_of(run_passes(program, {{"thread-jumps", "merge-invisible"}}));
    CHECK(std::ranges::count(names, "thread-jumps") == 0);
    CHECK(std::ranges::count(names, "mark-locations") == 1);
    CHECK(program.automata[only].locations.size() == 4);
    CHECK_FALSE(program.automata[only].locations[LocationId(1)].is_pass_through);
    CHECK_THROWS_AS(run_passes(program, {{"mark-locations"}}), InputError);
    CHECK_THROWS_AS(run_passes(program, {{"nonsense"}}), InputError);
}

TEST_CASE("a Program that is not well formed is not run through passes")
{
    Program program = automaton(members);
    program.automata[only].transitions[TransitionId(0)].target = LocationId(77);
    CHECK_THROWS_AS(run_passes(program), std::logic_error);
}

TEST_CASE("what is verified does not change what the passes do")
{
    Program often = automaton(members);
    Program once = often;
    run_passes(often, {.disabled = {}, .verification = Verification::after_each});
    run_passes(once, {.disabled = {}, .verification = Verification::before_the_first});
    CHECK(print(often) == print(once));
    Program broken = automaton(members);
    broken.automata[only].transitions[TransitionId(0)].target = LocationId(77);
    CHECK_THROWS_AS(run_passes(broken, {.disabled = {}, .verification = Verification::before_the_first}),
                    std::logic_error);
}

TEST_CASE("running the passes again changes nothing")
{
    Program program = automaton(members);
    run_passes(program);
    const std::string once = print(program);
    run_passes(program);
    CHECK(print(program) == once);
}
