#include "passes/mark_locations.h"

#include "passes/automaton_text.h"
#include "program/verifier.h"

#include <doctest/doctest.h>

using namespace lockstep;
using namespace lockstep::testing;

namespace {

// The marks of each location: "s" settle point, "p" passed, "-" neither.
std::string marks(const std::string& members, Merge merge = Merge::invisible)
{
    Program program = automaton(members);
    mark_locations(program, merge);
    verify(program);
    std::string text;
    for (const Location& location : program.automata[only].locations) {
        CHECK_FALSE((location.is_pass_through && location.is_settle_point));
        text += location.is_pass_through ? 'p' : location.is_settle_point ? 's' : '-';
    }
    return text;
}

}  // namespace

TEST_CASE("outgoing lists are in order")
{
    Program program = automaton("location a, b  b -> a  a -> b when x == 0  a -> a when x != 0 { x := 0 }");
    mark_locations(program);
    const Automaton& a = program.automata[only];
    CHECK(a.locations[LocationId(0)].outgoing == std::vector{TransitionId(1), TransitionId(2)});
    CHECK(a.locations[LocationId(1)].outgoing == std::vector{TransitionId(0)});
}

TEST_CASE("register work joins the step before it")
{
    CHECK(marks("local i: u8 location a, b, c, end finished  a -> b { i := x }  b -> c { i := i + 1 }"
                "  c -> end { x := i }") == "-p--");
    // Branches, reports, choices and the ends of scopes too.
    CHECK(marks("local i: u8 local m: u8 in memory location a, b, c, d, end finished  a -> b { i := x }"
                "  b -> c when i == 0 { undefine m }  b -> d when i != 0 { report \"k\" \"\"; progress }"
                "  c -> d choose i in 1..2 { kill m }  d -> end { x := 1 }") == "-pp--");
}

TEST_CASE("what touches memory is a step of its own")
{
    CHECK(marks("location a, b, end finished  a -> b { x := 1 }  b -> end when x == 1") == "---");
    CHECK(marks("location a, b, end finished  a -> b { x := 1 }  b -> end { copy &x, &y, 1 }") == "---");
    CHECK(marks("location a, b, end finished  a -> b { x := 1 }  b -> end { invalidate &x, 1 }") == "---");
    CHECK(marks("location a, b, end finished  a -> b { x := 1 }  b -> end { age }") == "---");
    CHECK(marks("location a, b, end finished  a -> b { x := 1 }  b -> end settled") == "---");
    CHECK(marks("local m: u8 in memory location a, b, end finished  a -> b { x := 1 }  b -> end { m := 1 }") == "---");
    CHECK(marks("local i: u8 location a, b, end finished  a -> b { x := 1 }  b -> end choose i in 0..x") == "---");
}

TEST_CASE("the entry, an await and a last location are stopped at")
{
    CHECK(marks("location a, b, end  a -> b  b -> end") == "-p-");
    CHECK(marks("location a, b await, end  a -> b  b -> end") == "---");
}

TEST_CASE("without merging only LS_ATOMIC bodies are passed")
{
    const std::string members =
        "local i: u8 location a, b, c atomic, end  a -> b { x := 1 }  b -> c { i := 1 }"
        "  c -> end { i := 2 }";
    CHECK(marks(members) == "-pp-");
    CHECK(marks(members, Merge::nothing) == "--p-");
}

TEST_CASE("an LS_ATOMIC body begins where others may come in, even if it begins with register work")
{
    // b to end is one body: its access of x is not joined to the one before it.
    CHECK(
        marks("local i: u8 location a, b, c atomic, end  a -> b { y := 1 }  b -> c { i := 1 }  c -> end { x := i }") ==
        "--p-");
    // Nor is one that waits later on.
    CHECK(marks("local i: u8 location a, b, c atomic await, end  a -> b { y := 1 }  b -> c { i := 1 }"
                "  c -> end when i == 2") == "--p-");
    CHECK(marks("local i: u8 location a, b, c atomic, end  a -> b { y := 1 }  b -> c { i := 1 }  c -> end") == "-pp-");
}

TEST_CASE("no step goes round a loop: its head stops it")
{
    CHECK(marks("local i: u8 location a, head, body, end  a -> head { x := 1 }  head -> body when i < 3"
                "  body -> head { i := i + 1 }  head -> end when i >= 3") == "-sp-");
    CHECK(marks("location a, b  a -> b  b -> b") == "-s");
    // A loop that stops anyway keeps a passed head; its first stop is the settle point.
    CHECK(marks("local i: u8 location a, head, body  a -> head { x := 1 }  head -> body { i := i + 1 }"
                "  body -> head { x := i }") == "-ps");
}

TEST_CASE("a loop inside an LS_ATOMIC body is gone round within the step")
{
    CHECK(marks("local i: u8 location a, head atomic, body atomic, end  a -> head { i := 0 }"
                "  head -> body when i < 3 { x := i }  body -> head { i := i + 1 }  head -> end when i >= 3") ==
          "-pp-");
    // The loop around it has to stop somewhere.
    CHECK(marks("local i: u8 location a, b, c atomic  a -> b { x := 0 }  b -> c { i := 1 }  c -> b { i := 0 }") ==
          "-sp");
}

TEST_CASE("a wait has one settle point, at its head")
{
    // while (x) y;
    CHECK(marks("local i: u8 location a, test, body, end  a -> test { y := 1 }  test -> body when x != 0"
                "  body -> test { i := y }  test -> end when x == 0") == "-s--");
    // for (;;) { i = x; if (i) break; }
    CHECK(marks("local i: u8 location a, read, judge, end  a -> read { y := 1 }  read -> judge { i := x }"
                "  judge -> read when i == 0 { i := 0 }  judge -> end when i != 0") == "-sp-");
    // A settle point for the inner loop and one for the outer.
    CHECK(marks("location a, outer, inner, rest  a -> outer { y := 1 }  outer -> inner { x := 1 }"
                "  inner -> inner when x == 1  inner -> rest when x != 1  rest -> outer { x := 2 }") == "-ss-");
    // The first stop outside the loop is none.
    CHECK(marks("local i: u8 location a, head, work, after, end  a -> head { y := 1 }  head -> work when i == 0"
                "  work -> head { i := x }  head -> after when i != 0  after -> end { y := 2 }") == "-ps--");
}

TEST_CASE("every cycle that is not all atomic has a settle point and a stop, also after a jump into a body")
{
    // Into the middle of an atomic body, and round: the heads are atomic.
    const std::string text = marks(
        "local i: u8 location a, b atomic, c, d atomic  a -> b { x := 1 }  b -> c { i := 1 }"
        "  c -> d { i := 2 }  d -> b { i := 3 }");
    CHECK(text[2] == 's');
}
