#include "passes/interrupts_off.h"

#include "passes/find_unaliased.h"
#include "program/parser.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace lockstep;

namespace {

constexpr const char* variables =
    "files { }\nper_cpu var ls_current: i32 hardware\nper_cpu var ls_context: i32 hardware\n"
    "per_cpu var ls_irqs_off: u8 hardware\nper_cpu var ls_stolen: time hardware\nvar ls_in_hook: u8[2] hardware\n"
    "var x: u8\nautomaton A { local i: i32 ";

/// For each location of a task's automaton: i interrupts may come, h it may have handed the CPU on, - neither.
std::string standings(const std::string& members)
{
    Program program = parse(variables + members + " }\nprocess t: A\n", "standings.ls");
    find_unaliased(program);
    const auto machine = machine_variables(program);
    REQUIRE(machine.has_value());
    const std::vector<bool> accesses_memory(program.automata[AutomatonId(0)].transitions.size(), true);
    std::string text;
    for (const Standing& standing :
         find_standings(program, *machine, AutomatonId(0), ProcessKind::task, accesses_memory)) {
        if (!text.empty()) text += ' ';
        text += standing.is_interruptible ? (standing.may_have_handed_on ? "ih" : "i")
                                          : (standing.may_have_handed_on ? "h" : "-");
    }
    return text;
}

constexpr const char* off = "{ per_cpu(ls_irqs_off, own.cpu) := 1 } ";
constexpr const char* on = "{ per_cpu(ls_irqs_off, own.cpu) := 0 } ";

}  // namespace

TEST_CASE("a task begins with interrupts on, and turns them off and on")
{
    CHECK(standings(std::string("location a, b, c a -> b ") + off + "b -> c " + on) == "ih - i");
}

TEST_CASE("off is what is off on every way")
{
    CHECK(standings(std::string("location a, b, c, d a -> b { x := 1 } b -> c ") + off + "b -> d { x := 2 } d -> c") ==
          "ih i i i");
    CHECK(standings(std::string("location a, b, c, d a -> b { x := 1 } b -> c ") + off + "b -> d " + off + "d -> c") ==
          "ih i - -");
}

TEST_CASE("a value that is not known may turn them on")
{
    CHECK(standings(std::string("location a, b, c a -> b ") + off + "b -> c { per_cpu(ls_irqs_off, own.cpu) := x }") ==
          "ih - i");
}

TEST_CASE("who changes the task that runs may have handed the CPU on")
{
    CHECK(standings(std::string("location a, b, c, d a -> b ") + off +
                    "b -> c { per_cpu(ls_current, own.cpu) := 1 } c -> d { x := 1 }") == "ih - ih i");
}
