#include "passes/find_unaliased.h"

#include "program/parser.h"

#include <doctest/doctest.h>

#include <string>

using namespace lockstep;

namespace {

/// Whether nothing points into `one`, in a Program whose task has this effect.
bool is_unaliased(const std::string& effect, const std::string& more = "")
{
    Program program = parse(
        "files { }\nstruct pair { a: u8, b: u8 }\nvar one: pair\nvar two: pair\nvar p: ptr pair\n"
        "var q: ptr u8\nvar row: u8[3]\n" +
            more + "automaton A { local i: i32 location a, b a -> b { " + effect + " } }\nprocess t: A\n",
        "unaliased.ls");
    find_unaliased(program);
    for (const Variable& variable : program.variables)
        if (variable.name == "one") return variable.is_unaliased;
    return false;
}

}  // namespace

TEST_CASE("what is only accessed by its name is unaliased")
{
    CHECK(is_unaliased("i := 1"));
    CHECK(is_unaliased("one.a := 1; i := one.b"));
    CHECK(is_unaliased("copy &one, &two, 2"));
    CHECK(is_unaliased("p := &two"));
}

TEST_CASE("what an address is kept of is not")
{
    CHECK_FALSE(is_unaliased("p := &one"));
    CHECK_FALSE(is_unaliased("q := &one.b"));
    CHECK_FALSE(is_unaliased("i := &one == &two ? 1 : 0"));
    CHECK_FALSE(is_unaliased("i := 1", "var r: ptr pair = &one\n"));
}
