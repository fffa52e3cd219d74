#include "passes/find_undefinable.h"

#include "program/parser.h"
#include "program/printer.h"

#include <doctest/doctest.h>

#include <string>

using namespace lockstep;

namespace {

/// What is said of a variable once the pass has gone over an automaton with this effect.
std::string marks_of(const std::string& variable, const std::string& effect)
{
    Program program = parse(
        "files { }\nstruct pair { a: u8, b: u8 }\nunion either { whole: u16, part: u8 }\n"
        "struct holder { number: u8, any: either }\n"
        "var one: pair\nvar two: pair\nvar three: pair\nvar pointer: ptr pair\n"
        "per_cpu var box: holder\nvar row: pair[2]\n"
        "automaton A { local tmp: pair in memory location a, b a -> b { " +
            effect + " } }\nprocess p: A\n",
        "undefinable.ls");
    find_undefinable(program);
    const std::string text = print(program);
    const std::size_t start = text.find("var " + variable + ":");
    const std::string line = text.substr(start, text.find('\n', start) - start);
    const std::size_t at = line.find("undefinable");
    return at == std::string::npos ? "" : line.substr(at, line.find(" @", at) - at);
}

}  // namespace

TEST_CASE("what a local is copied to can be undefined")
{
    CHECK(marks_of("one", "copy &one, &tmp, 2") == "undefinable");
    CHECK(marks_of("two", "copy &one, &tmp, 2") == "");
}

TEST_CASE("a copy of a part makes that part so")
{
    CHECK(marks_of("one", "copy &one.b, &tmp.b, 1") == "undefinable [1]");
    CHECK(marks_of("row", "copy &row[1], &tmp, 2") == "undefinable [2, 3]");
}

TEST_CASE("copies are followed in whatever order they stand")
{
    const char* const chain = "copy &two, &one, 2; copy &three, &two, 2; copy &one, &tmp, 2";
    CHECK(marks_of("three", chain) == "undefinable");
    CHECK(marks_of("three", "copy &three, &two, 2; copy &two, &one, 2") == "");
}

TEST_CASE("a pointer denotes every instance of what it points at")
{
    CHECK(marks_of("three", "copy pointer, &tmp, 2") == "undefinable");
    CHECK(marks_of("row", "copy pointer, &tmp, 2") == "undefinable");
    CHECK(marks_of("box", "copy pointer, &tmp, 2") == "");
}

TEST_CASE("a union's members can be undefined once one of them has been written")
{
    CHECK(marks_of("box", "invalidate &per_cpu(box, 0).any.part, 1") == "undefinable [2]");
    CHECK(marks_of("box", "one.a := 1") == "");
}

TEST_CASE("what was known before stays")
{
    Program program = parse("files { }\nvar x: u8 undefinable\nautomaton A { location a }\nprocess p: A\n", "kept.ls");
    find_undefinable(program);
    CHECK(print(program).find("var x: u8 undefinable") != std::string::npos);
}
