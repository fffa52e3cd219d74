// Whether a report is transient, where a search is not through within its limit.
#include "explicit/explore.h"
#include "passes/mark_locations.h"
#include "program/parser.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace lockstep::testing {

namespace {

/// A task waits until another has counted to `awaited`, which it does up to 2000; three more count, so that there are
/// millions of states in between.
Permanence of_report(unsigned awaited)
{
    Program program = parse(fmt::format(R"(
var n: u12
automaton Stuck {{ location a await, b finished; a -> b when n == {} }}
automaton Slow {{ location a, b finished; a -> a when n < 2000 {{ n := n + 1 }}; a -> b when n == 2000 }}
automaton Noise {{
    local k: u8
    location a, b finished
    a -> a when k < 250 {{ k := k + 1 }}
    a -> b when k == 250
}}
automaton Watch {{ location a, b finished; a -> b {{ report "soft_lockup" "stuck" task 1 }} }}
process stuck: Stuck kind task task 1 pid 1
process slow: Slow
process x: Noise
process y: Noise
process z: Noise
process watch: Watch kind task task 2 pid 2
)",
                                        awaited),
                            "test.ls");
    mark_locations(program);
    explicit_engine::Options options;
    options.max_states = 30'000;
    const Result result = explicit_engine::explore(program, options);
    REQUIRE(result.violations.size() == 1);
    CHECK(result.violations.front().kind == "soft_lockup");
    return result.violations.front().permanence;
}

}  // namespace

TEST_CASE("who gets on after thousands of steps of another is seen to")
{
    CHECK(of_report(2000) == Permanence::transient);
}

TEST_CASE("who may never get on is not said to, nor that he never does")
{
    CHECK(of_report(2001) == Permanence::undecided);
}

}  // namespace lockstep::testing
