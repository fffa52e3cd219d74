#include "passes/propagate_constants.h"

#include "passes/automaton_text.h"
#include "passes/find_steady.h"
#include "passes/prune_unreachable.h"
#include "program/verifier.h"

#include <doctest/doctest.h>

using namespace lockstep;
using namespace lockstep::testing;

namespace {

std::string rewritten(const std::string& members, const std::string& globals = "", const std::string& processes = "")
{
    Program program = parse(
        "files { }\nstruct pair { a: u8, b: u8 }\nvar x: u8\nvar y: u8\nvar mask: u8 = 6\n"
        "var p: ptr u8 = null\nvar q: ptr pair = &one\nvar one: pair = {3, 4}\n"
        "per_cpu var each: u8 = 7\nvar stamp: time\n" +
            globals + "automaton A {\n" + members + "\n}\n" + (processes.empty() ? "process t: A\n" : processes),
        "constants.ls");
    find_steady(program);
    program.variables[VariableId(0)].steady.clear();  // somebody else writes x
    propagate_constants(program);
    prune_unreachable(program);
    verify(program);
    return transitions(program);
}

}  // namespace

TEST_CASE("what a register is known to hold is put in its place")
{
    CHECK(rewritten("local i, j: u8 location l0, l1, l2 l0 -> l1 { i := 2; j := i + 1; } l1 -> l2 { x := i + j; }") ==
          "l0 -> l1 { i := 2; j := 3; }\nl1 -> l2 { x := 5; }\n");
}

TEST_CASE("memory that never changes is known, what is written is not")
{
    CHECK(rewritten("location l0, l1 l0 -> l1 { x := mask; }") == "l0 -> l1 { x := 6; }\n");
    CHECK(rewritten("location l0, l1, l2 l0 -> l1 { x := mask; } l1 -> l2 { mask := 0; }") ==
          "l0 -> l1 { x := mask; }\nl1 -> l2 { mask := 0; }\n");
    CHECK(rewritten("location l0, l1 l0 -> l1 { x := per_cpu(each, 0) + one.b; }") == "l0 -> l1 { x := 11; }\n");
    CHECK(rewritten("location l0, l1 l0 -> l1 { x := q->b; }") == "l0 -> l1 { x := 4; }\n");
    CHECK(rewritten("location l0, l1 l0 -> l1 { q->b := x; }") == "l0 -> l1 { (&one)->b := x; }\n");
}

TEST_CASE("a decided branch goes, and what it would have assigned spoils nothing")
{
    CHECK(rewritten("local i: u8 location l0, l1, l2, l3 l0 -> l1 { i := 1; } l1 -> l2 when mask == 0 { i := 2; } "
                    "l1 -> l2 when mask != 0 l2 -> l3 { x := i; }") ==
          "l0 -> l1 { i := 1; }\nl1 -> l2\nl2 -> l3 { x := 1; }\n");
}

TEST_CASE("where ways meet, only what both know is known")
{
    CHECK(rewritten("local i, j: u8 location l0, l1, l2 l0 -> l1 when x == 0 { i := 1; j := 5; } "
                    "l0 -> l1 when x != 0 { i := 2; j := 5; } l1 -> l2 { y := i + j; }") ==
          "l0 -> l1 when x == 0 { i := 1; j := 5; }\nl0 -> l1 when x != 0 { i := 2; j := 5; }\n"
          "l1 -> l2 { y := (i as i32 + 5) as u8; }\n");
}

TEST_CASE("a loop's counter is not known")
{
    const std::string loop =
        "l0 -> l1 { i := 0; }\nl1 -> l1 when i < 3 { i := (i as i32 + 1) as u8; }\nl1 -> l2 when 3 <= i { x := i; }\n";
    CHECK(rewritten("local i: u8 location l0, l1, l2 " + loop) == loop);
}

TEST_CASE("what a choice, a new scope or an end of scope sets is not known")
{
    CHECK(
        rewritten(
            "local i: u8 location l0, l1, l2 l0 -> l1 { i := 1; } l1 -> l2 choose i in 0..2 when i < 2 { x := i; }") ==
        "l0 -> l1 { i := 1; }\nl1 -> l2 choose i in 0..2 when i < 2 { x := i; }\n");
    for (const char* scope : {"undefine", "kill"}) {
        const std::string text = std::string("l0 -> l1 { i := 1; }\nl1 -> l2 { ") + scope + " i; x := i; }\n";
        CHECK(rewritten("local i: u8 location l0, l1, l2 " + text) == text);
    }
}

TEST_CASE("what may trap stays")
{
    for (const char* text : {"l0 -> l1 { x := *p; }\n", "l0 -> l1 { x := 1 / 0; }\n",
                             "l0 -> l1 { x := (1 << 40) as u8; }\n", "l0 -> l1 { x := per_cpu(each, 5); }\n"})
        CHECK(rewritten(std::string("location l0, l1 ") + text).find(":= 0; }") == std::string::npos);
    CHECK(rewritten("location l0, l1 l0 -> l1 when false && *p == 0 l0 -> l0 { x := 1; }") == "l0 -> l0 { x := 1; }\n");
    CHECK(rewritten("location l0, l1 l0 -> l1 when *p == 0 && false") != "");
}

TEST_CASE("a place where nothing is ever enabled says still what it waits for")
{
    CHECK(rewritten("location l0 await, l1 l0 -> l1 when mask == 0") == "l0 -> l1 when mask == 0\n");
}

TEST_CASE("the argument is known where all agree on it")
{
    const std::string members = "location l0, l1 l0 -> l1 { x := own.argument as u8; }";
    CHECK(rewritten(members, "", "process t: A(3)\nprocess u: A(3)\n") == "l0 -> l1 { x := 3; }\n");
    CHECK(rewritten(members, "", "process t: A(3)\nprocess u: A(4)\n") != "l0 -> l1 { x := 3; }\n");
}

TEST_CASE("time stamps age")
{
    CHECK(
        rewritten("local t: time location l0, l1, l2 l0 -> l1 { t := never; } l1 -> l2 { x := (t == stamp) as u8; }") ==
        "l0 -> l1 { t := 1073741824; }\nl1 -> l2 { x := (t == stamp) as u8; }\n");
}
