// Counterexamples are executed again before anybody sees them: what is true is confirmed and described, what is not is
// refused.
#include "result/replay.h"
#include "explicit/explore.h"
#include "passes/mark_locations.h"
#include "program/parser.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <stdexcept>
#include <string>

namespace lockstep {

namespace {

Program read(const std::string& text)
{
    Program program = parse(text, "replay.ls");
    mark_locations(program);
    return program;
}

Result find(const Program& program, bool all = false)
{
    explicit_engine::Options options;
    options.all = all;
    return explicit_engine::explore(program, options);
}

Violation first(const Program& program)
{
    Result result = find(program);
    REQUIRE(result.violations.size() == 1);
    return result.violations.front();
}

constexpr const char* abba = R"(
var a: u2
var b: u2
automaton A(i) {
    location idle, one await, two await, three, end finished
    idle -> one when a == 0 { a := 1 }
    one -> two when b == 0 { b := 1 }
    two -> three { b := 0 }
    three -> end { a := 0 }
}
automaton B(i) {
    location idle, one await, two await, three, end finished
    idle -> one when b == 0 { b := 2 }
    one -> two when a == 0 { a := 2 }
    two -> three { a := 0 }
    three -> end { b := 0 }
}
process p: A
process q: B
)";

}  // namespace

TEST_CASE("a deadlock is confirmed, with its trace and who waits for whom")
{
    const Program program = read(abba);
    Violation v = first(program);
    CHECK(v.kind == "deadlock");
    CHECK_NOTHROW(result::replay_and_describe(program, v));
    REQUIRE(v.trace.size() == 2);
    CHECK(v.ticks == 0);
    for (const TraceStep& step : v.trace) {
        REQUIRE(step.moves.size() == 1);
        REQUIRE(step.moves.front().changes.size() == 1);
        CHECK(step.moves.front().changes.front().before == "0");
    }
    REQUIRE(v.waits_for.size() == 2);
    CHECK(v.waits_for[0].task == "p");
    CHECK(v.waits_for[0].what == "b");
    CHECK(v.waits_for[0].who == std::vector<std::string>{"q"});
    CHECK(v.waits_for[1].task == "q");
    CHECK(v.waits_for[1].what == "a");
    CHECK(v.waits_for[1].who == std::vector<std::string>{"p"});
}

TEST_CASE("what does not happen is not confirmed")
{
    const Program program = read(abba);
    const Violation v = first(program);
    const auto is_refused = [&](Violation changed) {
        try {
            result::replay_and_describe(program, changed);
        } catch (const std::logic_error&) {
            return true;
        }
        return false;
    };
    CHECK(!is_refused(v));
    Violation changed = v;
    changed.path.steps.pop_back();
    CHECK(is_refused(changed));  // then they can go on
    changed = v;
    changed.path.steps.push_back(v.path.steps.back());
    CHECK(is_refused(changed));  // a transition that is not there
    changed = v;
    changed.path.steps.front().clear();
    CHECK(is_refused(changed));
    changed = v;
    changed.path.steps.front().front().transition = TransitionId(1);
    CHECK(is_refused(changed));  // one that is closed
    changed = v;
    changed.path.steps.front().push_back(v.path.steps.back().front());
    CHECK(is_refused(changed));  // two processes in one step
    changed = v;
    changed.kind = "assertion";
    CHECK(is_refused(changed));
    changed = v;
    changed.kind = "invariant x";
    CHECK(is_refused(changed));
    changed = v;
    changed.path.steps.clear();
    CHECK(is_refused(changed));
}

TEST_CASE("a walk claims nothing, but has to be possible; all of it is shown")
{
    const Program program = read(abba);
    Violation v = first(program);
    v.kind = "walk";
    CHECK_NOTHROW(result::replay_and_describe(program, v));
    CHECK(v.waits_for.empty());
    v.path.steps.pop_back();
    CHECK_NOTHROW(result::replay_and_describe(program, v));
    REQUIRE(v.trace.size() == 1);
    CHECK(v.trace.front().matters);
    CHECK(v.trace.front().moves.front().matters);
    v.path.steps.push_back(v.path.steps.front());
    CHECK_THROWS_AS(result::replay_and_describe(program, v), std::logic_error);
    v.path.steps.clear();
    CHECK_NOTHROW(result::replay_and_describe(program, v));
}

TEST_CASE("errors, choices and reports are confirmed by kind and message")
{
    const Program program = read(R"(
var x: i32
automaton A {
    local i: i32
    location a, b, end finished
    a -> b choose i in 0..3 { x := 1 }
    b -> end when i < 3 { x := 2 }
    b -> end when i == 3 { x := 1 / (x - 1) }
}
process p: A
)");
    Violation v = first(program);
    CHECK(v.kind == "arithmetic");
    REQUIRE(v.path.steps.size() == 2);
    CHECK(v.path.steps.front().front().choice == 3);
    CHECK_NOTHROW(result::replay_and_describe(program, v));
    CHECK(v.trace.back().messages == std::vector<std::string>{"division by zero"});
    Violation changed = v;
    changed.message = "null pointer dereference";
    CHECK_THROWS_AS(result::replay_and_describe(program, changed), std::logic_error);
    changed = v;
    changed.path.steps.front().front().choice = 4;
    CHECK_THROWS_AS(result::replay_and_describe(program, changed), std::logic_error);
    changed.path.steps.front().front().choice = 2;
    CHECK_THROWS_AS(result::replay_and_describe(program, changed), std::logic_error);
}

TEST_CASE("a report and an error in one step are two violations, each confirmed")
{
    const Program program = read(R"(
var x: i32
automaton A {
    local i: i32
    location a, b, end finished
    a -> b { report "warning" "x is %d" (x) }
    b -> end { i := 1 / i }
}
process p: A cpu 1
)");
    Result all = find(program, true);
    REQUIRE(all.violations.size() == 2);
    for (Violation& v : all.violations) {
        CHECK_NOTHROW(result::replay_and_describe(program, v));
        CHECK(v.cpu == 1);
    }
    CHECK(find(program).violations.size() == 1);
}

TEST_CASE("time: ticks are counted, and a tick at which somebody could go on is refused")
{
    const Program program = read(R"(
var left: u8 = 3
var x: u8
automaton A {
    location a await, b, end finished
    a -> b when left == 0
    b -> end { report "late" "late" }
}
automaton tick { location only await  only -> only settled { left := left == 0 ? left : left - 1 } }
automaton C { location a, end finished  a -> end { x := 1 } }
process p: A
process q: C
process clock: tick kind clock
)");
    Violation v = first(program);
    CHECK_NOTHROW(result::replay_and_describe(program, v));
    CHECK(v.kind == "late");
    CHECK(v.ticks == 3);
    Violation changed = v;
    std::rotate(changed.path.steps.begin(), changed.path.steps.begin() + 1, changed.path.steps.end() - 1);
    CHECK_THROWS_AS(result::replay_and_describe(program, changed), std::logic_error);
}

TEST_CASE("the initial state that a path begins in")
{
    const Program program = read(R"(
var x: u8
automaton A { location a await, end finished  a -> end when x < 2  a -> end when x == 2 { report "two" "two" stops } }
process p: A
state [ 0 ]
state [ 0 ]
state [ 1 ]
state [ 2 ]
)");
    Violation v = first(program);
    CHECK(v.path.initial_state == 3);
    CHECK_NOTHROW(result::replay_and_describe(program, v));
    v.path.initial_state = 1;
    CHECK_THROWS_AS(result::replay_and_describe(program, v), std::logic_error);
}

// Somebody writes a spinlock's loop inside LS_ATOMIC: the step never ends.
TEST_CASE("a step that never ends is found and confirmed, however it goes round")
{
    const auto check = [](const std::string& loop) {
        CAPTURE(loop);
        const Program program = read(
            "var held: bool = 1\nvar n: u32\nautomaton A {\nlocal i: u2\n"
            "location a, b atomic, c atomic, end finished\na -> b\n" +
            loop + "\nc -> end { held := 1 }\n}\nprocess p: A\n");
        Violation v = first(program);
        CHECK(v.kind == "livelock");
        CHECK_NOTHROW(result::replay_and_describe(program, v));
        CHECK(v.trace.size() == 1);
    };
    check("b -> b when held  b -> c when !held");
    check("b -> c when !held  b -> b when held { n := n + 0 }");
    check("b -> b choose i in 0i32..1i32 when held");
    check("b -> b when held { i := i + 1 }  b -> c when !held");
    check("b -> b when held { n := n + 1 }  b -> c when !held");
    check("b -> b when held { i := 0 }  b -> b when held { i := 1 }  b -> c when !held");
}

}  // namespace lockstep
