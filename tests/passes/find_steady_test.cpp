#include "passes/find_steady.h"

#include "program/parser.h"
#include "program/printer.h"

#include <doctest/doctest.h>

#include <string>

using namespace lockstep;

namespace {

/// What is said of a variable once the pass has gone over a task with this effect (and a boot that writes everything).
std::string marks_of(const std::string& variable, const std::string& effect)
{
    Program program = parse(
        "files { }\nstruct pair { a: u8, b: u8 }\nstruct holder { number: i32, inner: pair }\n"
        "var one: pair\nvar two: pair\nvar box: holder\nvar row: u8[3]\nvar p: ptr pair\n"
        "var q: ptr u8\nvar stamp: time\nper_cpu var each: pair\n"
        "automaton boot { location a, b a -> b { one.a := 1; two.a := 1; box.number := 1; row[1] := 1; "
        "p := &one; q := &row[0]; per_cpu(each, 0).a := 1 } }\n"
        "automaton A { local i: i32 location a, b a -> b { " +
            effect + " } }\nprocess t: A\nboot boot\n",
        "steady.ls");
    find_steady(program);
    const std::string text = print(program);
    const std::size_t start = text.find("var " + variable + ":");
    const std::string line = text.substr(start, text.find('\n', start) - start);
    const std::size_t at = line.find("steady");
    return at == std::string::npos ? "" : line.substr(at, line.find(" @", at) - at);
}

}  // namespace

TEST_CASE("what only boot writes is steady")
{
    for (const char* name : {"one", "box", "row", "p", "each"}) CHECK(marks_of(name, "i := 1") == "steady");
    CHECK(marks_of("stamp", "i := 1") == "steady []");  // it ages
}

TEST_CASE("what is written by name is not, slot by slot")
{
    CHECK(marks_of("one", "one.b := 2") == "steady [0]");
    CHECK(marks_of("two", "one.b := 2") == "steady");
    CHECK(marks_of("row", "row[1] := 2") == "steady [0, 2]");
    CHECK(marks_of("row", "row[i] := 2") == "steady []");
    CHECK(marks_of("each", "per_cpu(each, own.cpu).b := 2") == "steady [0]");
}

TEST_CASE("a copy writes, and so does making something undefined")
{
    CHECK(marks_of("two", "copy &two, &one, 2") == "steady []");
    CHECK(marks_of("one", "copy &two, &one, 2") == "steady");
    CHECK(marks_of("two", "copy &two.b, &one.b, 1") == "steady [0]");
    CHECK(marks_of("one", "invalidate &one.b, 1") == "steady [0]");
}

TEST_CASE("a pointer writes wherever something of its type lies")
{
    CHECK(marks_of("two", "p->b := 2") == "steady [0]");
    CHECK(marks_of("box", "p->b := 2") == "steady [0, 1]");
    CHECK(marks_of("row", "p->b := 2") == "steady");
    CHECK(marks_of("row", "*q := 2") == "steady []");
    CHECK(marks_of("one", "*q := 2") == "steady []");  // of a scalar's type are members, too
    CHECK(marks_of("box", "*q := 2") == "steady [0]");
}

// container_of(): from the member back to its struct.
TEST_CASE("going back from a member leads to any struct of that type")
{
    CHECK(marks_of("box", "(field(&box.inner, -1) as ptr holder)->number := 2") == "steady [1, 2]");
    CHECK(marks_of("box", "(field(&one, -1) as ptr holder)->number := 2") == "steady [1, 2]");
}
