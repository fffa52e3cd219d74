// Small Programs in which a step may be taken alone, and, next to each condition, ones in which it may not.
#include "explicit/explore.h"
#include "explicit/solo_futures.h"
#include "passes/mark_locations.h"
#include "program/parser.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace lockstep::testing {

namespace {

struct Explored {
    std::set<std::string> kinds;
    std::uint64_t states;
};

Explored explore(const Program& program, bool stubborn_sets)
{
    explicit_engine::Options options;
    options.all = true;
    if (stubborn_sets) options.stubborn_sets = explicit_engine::Reduction::always;
    const Result result = explicit_engine::explore(program, options);
    CHECK(result.statistics.complete);
    Explored explored{{}, result.statistics.states};
    for (const Violation& v : result.violations) explored.kinds.insert(v.kind);
    return explored;
}

/// The violations and states with stubborn sets, after it has been checked that the violations are the same without.
Explored explore_both(const std::string& text)
{
    Program program = parse(text, "test.ls");
    mark_locations(program);
    const Explored full = explore(program, false), reduced = explore(program, true);
    CHECK(full.kinds == reduced.kinds);
    CHECK(reduced.states <= full.states);
    return reduced;
}

using Kinds = std::set<std::string>;

}  // namespace

TEST_CASE("where values can come to, moved by no more than so much, up to the last numbers there are")
{
    using explicit_engine::moved, explicit_engine::Values;
    for (std::int64_t low = -4; low <= 0; ++low)
        for (std::int64_t high = 0; high <= 4; ++high)
            for (unsigned bits = 0; bits < 256; ++bits) {
                Values values;
                std::set<std::int64_t> expected;
                for (std::int64_t value = 0; value < 8; ++value) {
                    if ((bits >> value & 1) == 0) continue;
                    values.push_back(2 * value);
                    for (std::int64_t shift = low; shift <= high; ++shift) expected.insert(2 * value + shift);
                }
                CHECK(moved(values, {low, high}) == Values(expected.begin(), expected.end()));
            }
    CHECK(moved({INT64_MAX - 1}, {-1, 3}) == Values{INT64_MAX - 2, INT64_MAX - 1, INT64_MAX});
    CHECK(moved({INT64_MIN, INT64_MAX}, {-1, 0}) == Values{INT64_MIN, INT64_MAX - 1, INT64_MAX});
}

TEST_CASE("of steps that do not matter to each other, one order is enough")
{
    const Explored e = explore_both(R"(
var x: u4[4]
automaton A(i) {
    location a, b, c, d finished
    a -> b { x[i] := 1 }
    b -> c { x[i] := 2 }
    c -> d { x[i] := 3 }
}
process p0: A(0)
process p1: A(1)
process p2: A(2)
process p3: A(3)
)");
    CHECK(e.states == 13);
}

TEST_CASE("counting is independent but for the last one")
{
    const Explored e = explore_both(R"(
var left: u4 = 6
var last: u4
automaton A(i) {
    location a, d finished
    a -> d { left := left - 1; last := left == 0 ? i : last }
}
process p0: A(0)
process p1: A(1)
process p2: A(2)
process p3: A(3)
process p4: A(4)
process p5: A(5)
)");
    CHECK(e.states <= 6 * 6);
}

TEST_CASE("whoever counts and assigns is not counted with")
{
    CHECK(explore_both(R"(
var n: u4 = 3
automaton Count { location a, d finished; a -> d { n := n - 1 } }
automaton Assign { location a, d finished; a -> d { n := 7 } }
automaton Look { location a await, d finished; a -> d when n == 4 { report "bug" "four" } }
process p0: Count
process p1: Count
process p2: Count
process q: Assign
process r: Look daemon
)")
              .kinds == Kinds{"bug"});
}

TEST_CASE("two blind writes keep both orders, near and far")
{
    for (const char* far : {"2", "5000000"})
        CHECK(explore_both(std::string(R"(
var x: i32
var done: u1[2]
automaton P { location a, b, c finished; a -> b { x := 1 } b -> c { done[0] := 1 } }
automaton Q { location a, b, c finished; a -> b { x := )") +
                           far + R"( } b -> c { done[1] := 1 } }
automaton R { location a await, b, c finished
    a -> b when done[0] == 1 && done[1] == 1
    b -> c { }
    b -> c when x == 1 { report "one" "first" }
    b -> c when x != 1 { report "other" "last" } }
process p: P
process q: Q
process r: R
)")
                  .kinds == Kinds{"one", "other"});
}

TEST_CASE("who is woken by others outside, and by those whom they wake")
{
    // In this order, so that each learns late of what the next one does.
    CHECK(explore_both(R"(
var y: u1
var w: u1
var z: u1
automaton P { location a, c finished
    a -> c when z == 0
    a -> c when z == 1 { report "late" "everybody was before" } }
automaton Second { location a await, c finished; a -> c when w == 1 { z := 1 } }
automaton First { location a await, c finished; a -> c when y == 1 { w := 1 } }
automaton Zero { location a, c finished; a -> c { y := 1 } }
process p: P
process q2: Second
process q1: First
process q0: Zero
)")
              .kinds == Kinds{"late"});
}

TEST_CASE("a step that reports or ends the run may be taken alone")
{
    const Explored e = explore_both(R"(
var x: u1[3]
automaton A(i) { location a, b, c finished
    a -> b { x[i] := 1 }
    b -> c { x[i] := 0; report "bug" "second" } }
automaton Stop { location a, c finished
    a -> c { x[2] := 1 }
    a -> c { x[2] := 0; report "assertion" "wrong" stops } }
process p0: A(0)
process p1: A(1)
process q: Stop
)");
    CHECK(e.kinds == Kinds{"assertion", "bug"});
    CHECK(e.states <= 6);
}

TEST_CASE("what kind of error a step ends in")
{
    CHECK(explore_both(R"(
var divisor: u1
var index: u4 = 7
var values: u1[2]
var result: u4
automaton P { location a, b, c finished; a -> b { divisor := 1 } b -> c { result := 1 } }
automaton Q { location a, c finished; a -> c { result := 6 / divisor + values[index] } }
process p: P
process q: Q
)")
              .kinds == Kinds{"arithmetic", "memory"});
}

TEST_CASE("whoever does too much to be followed, once somebody else lets it")
{
    CHECK(explore_both(R"(
var go: u1
var x: u1
automaton P { location a, c finished
    a -> c when x == 0
    a -> c when x == 1 { report "late" "everybody was before" } }
automaton Long {
    local n: u8
    location a await, b, c finished
    a -> b when go == 1
    b -> b when n < 200 && go == 1 { n := n + 1 }
    b -> c when n == 200 && go == 1 { x := 1 } }
automaton Start { location a, c finished; a -> c { go := 1 } }
process p: P
process q: Long
process r: Start
)")
              .kinds == Kinds{"late"});
}

TEST_CASE("a step that an invariant looks at")
{
    CHECK(explore_both(R"(
var x: u2
var y: u2
automaton P { location a, c finished; a -> c { x := 1 } }
automaton Q { location a, b, c finished; a -> b { y := 1 } b -> c { y := 2 } }
process p: P
process q: Q
invariant y_after_x: y != 1 || x == 1
)")
              .kinds == Kinds{"invariant y_after_x"});
    // It cannot fail for any value of the counter: the steps may be taken alone all the same.
    CHECK(explore_both(R"(
var left: u4 = 9
automaton P { location a, c finished; a -> c { left := left - 1 } }
process p0: P
process p1: P
process p2: P
process p3: P
invariant some_left: left >= 5
)")
              .states == 5);
}

TEST_CASE("nobody is ignored for ever")
{
    CHECK(explore_both(R"(
var flag: u1
var x: u1
automaton P { location a await; a -> a when flag == 0 { flag := 1 } }
automaton Q { location a await; a -> a when flag == 1 { flag := 0 } }
automaton R { location a, b, c finished; a -> c when x == 1 { report "bug" "second" } a -> b when x == 0 b -> c { x := 1 } }
process p: P daemon
process q: Q daemon
process r0: R
process r1: R
)")
              .kinds == Kinds{"bug"});
}

TEST_CASE("time passes only where nobody can go on")
{
    CHECK(explore_both(R"(
var ticks: u2
var flag: u1
automaton Clock { location a await; a -> a when ticks < 3 settled { ticks := ticks + 1 } }
automaton P { location a, b await, c finished; a -> b { flag := 1 } b -> c when ticks == 2 { report "two" "ticks" } }
automaton Q { location a, b, c finished
    a -> b { }
    b -> b when flag == 0
    b -> c when flag == 1 && ticks == 0
    b -> c when flag == 1 && ticks > 0 { report "late" "flag" } }
process p: P daemon
process q: Q
process c: Clock kind clock
)")
              .kinds == Kinds{"two"});
}

TEST_CASE("a clock that does not wait for time to pass")
{
    CHECK(explore_both(R"(
var x: u1
var y: u1
automaton Clock { location a await, b; a -> b when x == 1 { report "bug" "seen" } }
automaton P { location a, b, c finished; a -> b { x := 1 } b -> c { x := 0 } }
automaton Q { location a, c finished; a -> c { y := 1 } }
process p: P
process q: Q
process c: Clock kind clock
)")
              .kinds.contains("bug"));
}

TEST_CASE("time passes where somebody waits in a loop that it goes round alone")
{
    // At its loop's head P touches nothing that R looks at, so that it may go on alone; but it comes back there, and a
    // tick is possible then. R ends that for ever, before P has been there a second time.
    const std::string program = R"(
var ticks: u1
var x: u1
var y: u1
var done: u1
automaton Clock { location a await; a -> a when ticks == 0 && done == 0 settled { ticks := 1 } }
automaton P { location a, b, c, d finished
    a -> b when done == 0
    a -> d when done == 1
    b -> c { x := 1; y := 1 }
    c -> a { x := 0; y := 0 } }
automaton R { location a, d finished
    a -> a when x == 0 EFFECT
    a -> d when x == 1 { done := 1 } }
automaton Look { location a await, d finished; a -> d when ticks == 1 { report "bug" "tick" } }
process p: P
process r: R
process l: Look daemon
process c: Clock kind clock
)";
    // The second writes what P writes, too, so that P's way back leads over values of its own.
    for (const char* effect : {"", "{ y := 0 }"}) {
        std::string text = program;
        text.replace(text.find("EFFECT"), 6, effect);
        CHECK(explore_both(text).kinds.contains("bug"));
    }
}

}  // namespace lockstep::testing
