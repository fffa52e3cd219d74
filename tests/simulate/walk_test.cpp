// A walk offers exactly what the interpreter does, on random Programs too; it can be gone back and again, and what it
// has gone is a path that replay confirms.
#include "simulate/walk.h"

#include "engine/random_program.h"
#include "passes/mark_locations.h"
#include "program/parser.h"
#include "result/replay.h"

#include <doctest/doctest.h>

#include <stdexcept>

namespace lockstep::simulate {

namespace {

Program read(const std::string& text)
{
    Program program = parse(text, "walk.ls");
    mark_locations(program);
    return program;
}

Violation as_violation(const Path& path)
{
    Violation violation;
    violation.kind = "walk";
    violation.path = path;
    return violation;
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

TEST_CASE("a walk offers what the interpreter does, and replay confirms it")
{
    std::size_t ended = 0, stuck = 0, branched = 0;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        CAPTURE(seed);
        Program program = testing::random_program(seed);
        mark_locations(program);
        const Layout layout = make_layout(program);
        Interpreter interpreter(program, layout);
        Walk walk(program);
        testing::Random random(seed);
        std::vector<Walk::State> states{walk.state()};
        CHECK(walk.state() == interpreter.initial(0));
        for (std::size_t steps = 0; steps < 30; ++steps) {
            const std::vector<Walk::Offer>& offers = walk.offers();
            std::size_t next = 0;
            for (ProcessId p : ids_of(program.processes)) {
                if (walk.has_ended()) break;
                const auto expected = interpreter.steps(walk.state(), p);
                branched += expected.size() > 1;
                for (const Interpreter::StepOutcome& outcome : expected) {
                    REQUIRE(next < offers.size());
                    CHECK(offers[next].process == p);
                    CHECK(offers[next].outcome.state == outcome.state);
                    CHECK(offers[next++].outcome.moves.size() == outcome.moves.size());
                }
            }
            REQUIRE(next == offers.size());
            ended += walk.has_ended();
            if (offers.empty()) {
                stuck += !walk.has_ended();
                break;
            }
            const std::size_t chosen = random.below(offers.size());
            const Interpreter::StepOutcome expected = offers[chosen].outcome;
            walk.take(chosen);
            CHECK(walk.steps().back().end == expected.last.end);
            CHECK(walk.state() == expected.state);
            states.push_back(walk.state());
        }
        const std::size_t length = walk.position();
        REQUIRE(length + 1 == states.size());
        while (walk.back()) CHECK(walk.state() == states[walk.position()]);
        CHECK(walk.position() == 0);
        while (walk.take_next()) CHECK(walk.state() == states[walk.position()]);
        CHECK(walk.position() == length);
        Violation violation = as_violation(walk.path_so_far());
        CHECK_NOTHROW(result::replay_and_describe(program, violation));
        CHECK(violation.trace.size() == length);
        Walk again(program);
        again.follow(walk.path());
        CHECK(again.go_to(length));
        CHECK(again.state() == states.back());
    }
    CHECK(ended > 0);
    CHECK(stuck > 0);
    CHECK(branched > 0);
}

TEST_CASE("the rest of the path is kept until another step is made")
{
    const Program program = read(counter);
    Walk walk(program);
    walk.take(0);
    walk.take(1);
    walk.take(0);
    CHECK(walk.path().steps.size() == 3);
    CHECK(walk.go_to(1));
    CHECK(walk.path_so_far().steps.size() == 1);
    walk.take(1);  // the same step as before
    CHECK(walk.path().steps.size() == 3);
    CHECK(walk.back());
    const Walk::State expected = walk.offers()[0].outcome.state;
    walk.take(0);
    CHECK(walk.state() == expected);  // and not where the step led that was made here before
    CHECK(walk.position() == 2);
    CHECK(walk.path().steps.size() == 2);
    CHECK_FALSE(walk.take_next());
    CHECK_FALSE(walk.go_to(3));
    CHECK(walk.position() == 2);
}

TEST_CASE("choices are offered one by one; a trap ends the walk and is told")
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
    Walk walk(program);
    REQUIRE(walk.offers().size() == 4);
    for (std::size_t i = 0; i < 4; ++i)
        CHECK(walk.offers()[i].outcome.moves.front().choice == static_cast<std::int64_t>(i));
    walk.take(3);
    REQUIRE(walk.offers().size() == 1);
    walk.take(0);
    CHECK(walk.has_ended());
    CHECK(walk.offers().empty());
    CHECK(walk.steps().back().has_reported);
    CHECK(walk.steps().back().description.messages == std::vector<std::string>{"division by zero"});
    CHECK(walk.back());
    CHECK_FALSE(walk.has_ended());
    CHECK(walk.offers().size() == 1);
}

TEST_CASE("reports, broken invariants and time are told")
{
    const Program program = read(R"(
var left: u8 = 2
automaton A { location a await, end finished  a -> end when left == 0 { report "late" "late by %d" (3) } }
automaton tick { location only await  only -> only settled { left := left == 0 ? left : left - 1 } }
process p: A
process clock: tick kind clock
)");
    Walk walk(program);
    REQUIRE(walk.offers().size() == 1);
    CHECK(walk.offers().front().cpu == -1);
    walk.take(0);
    walk.take(0);
    CHECK(walk.ticks() == 2);
    CHECK_FALSE(walk.steps().back().has_reported);
    REQUIRE(walk.offers().size() == 1);  // time does not pass while somebody can go on
    walk.take(0);
    CHECK(walk.steps().back().description.ticks == 2);
    CHECK(walk.steps().back().description.messages == std::vector<std::string>{"late by 3"});
    CHECK_FALSE(walk.has_ended());
}

TEST_CASE("a broken invariant is told with the step that breaks it")
{
    const Program program = read(std::string(counter) + "invariant small: x < 2\ninvariant any: x >= 0\n");
    Walk walk(program);
    walk.take(0);
    walk.take(0);
    CHECK_FALSE(walk.steps().back().has_reported);
    walk.take(0);
    walk.take(0);
    CHECK(walk.steps().back().description.messages == std::vector<std::string>{"invariant small does not hold"});
    CHECK_FALSE(walk.has_ended());
}

TEST_CASE("a path that cannot be gone is refused where it leaves what is possible")
{
    const Program program = read(counter);
    Walk walk(program);
    walk.take(0);
    walk.take(0);
    Path path = walk.path();
    std::swap(path.steps[0], path.steps[1]);
    walk.follow(path);
    CHECK_THROWS_AS(walk.take_next(), std::runtime_error);
    CHECK(walk.position() == 0);
    CHECK(walk.path().steps.empty());
    CHECK(walk.offers().size() == 2);
}

}  // namespace lockstep::simulate
