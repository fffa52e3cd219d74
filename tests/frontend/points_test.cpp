// What can be executed is listed, whether it is lowered or not, and the points are on the transitions that lead there.
#include "support.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>

using namespace lockstep;
using namespace lockstep::test;

namespace {

std::string name_of(const Point& point)
{
    switch (point.kind) {
        case Point::Kind::function:
            return point.function + "()";
        case Point::Kind::line:
            return std::to_string(point.place.line);
        case Point::Kind::branch:
            return fmt::format("{} {}", point.place.line, point.way);
    }
    return {};
}

/// Those of model.c, whose own text begins on line 2.
std::set<std::string> listed(const Program& program)
{
    std::set<std::string> names;
    for (const Point& point : program.points)
        if (program.files[point.place.file].name.ends_with("model.c") && point.function != "ls_boot")
            names.insert(name_of(point));
    return names;
}

std::set<std::string> on_transitions(const Program& program)
{
    std::set<std::string> names;
    const Automaton& automaton = automaton_of(program, "task");
    for (const PointId point : automaton.points) names.insert(name_of(program.points[point]));
    for (const Transition& transition : automaton.transitions)
        for (const PointId point : transition.points) names.insert(name_of(program.points[point]));
    return names;
}

using Names = std::set<std::string>;

}  // namespace

TEST_CASE("statements, ways on and functions are points, and control passes them")
{
    const Program program = read_task(
                                "int x;\n"
                                "void task(void *a) {\n"
                                "  int n;\n"
                                "  if (x)\n"
                                "    x = 1;\n"
                                "  while (x != 2)\n"
                                "    x = 2;\n"
                                "  for (n = 0; n < x; n++)\n"
                                "    x--;\n"
                                "  do {\n"
                                "    x++;\n"
                                "  } while (x == 7);\n"
                                "}")
                                .program;
    const Names all{"task()", "5",      "5 true",  "5 false", "6",  "7",  "7 true",  "7 false", "8",
                    "9",      "9 true", "9 false", "10",      "12", "13", "13 true", "13 false"};
    CHECK(listed(program) == all);
    CHECK(on_transitions(program) == all);
}

TEST_CASE("what is not lowered is listed all the same")
{
    const Program program = read_task(
                                "int x;\n"
                                "static void dead(void) { x = 3; }\n"
                                "static int named(void) { return 4; }\n"
                                "int (*pointer)(void) = named;\n"
                                "static void unknown(void) { x = 5; }\n"
                                "void task(void *a) {\n"
                                "  if (0) {\n"
                                "    dead();\n"
                                "  }\n"
                                "  x = pointer != 0;\n"
                                "  return;\n"
                                "  x = 2;\n"
                                "}")
                                .program;
    CHECK(listed(program) == Names{"named()", "4", "task()", "8", "9", "11", "12", "13"});
    CHECK(on_transitions(program) == Names{"task()", "8", "11", "12"});
}

TEST_CASE("a switch has a way for each label, and one for none")
{
    const Program program = read_task(
                                "int x;\n"
                                "void task(void *a) {\n"
                                "  switch (x) {\n"
                                "  case 1: x = 2;\n"
                                "  case 2 ... 4: break;\n"
                                "  }\n"
                                "  switch (x) {\n"
                                "  default: x = 3;\n"
                                "  }\n"
                                "}")
                                .program;
    const Names all{"task()", "4", "4 case 1", "4 case 2", "4 another value", "5", "6", "8", "8 default", "9"};
    CHECK(listed(program) == all);
    CHECK(on_transitions(program) == all);
}

TEST_CASE("calls that become part of an expression are passed with it")
{
    const Program program = read_task(
                                "int x;\n"
                                "static int twice(int n)\n"
                                "{\n"
                                "  return 2 * n;\n"
                                "}\n"
                                "static int thrice(int n) { return 3 * n; }\n"
                                "void task(void *a) {\n"
                                "  if (x == 1 && x == thrice(x))\n"
                                "    return;\n"
                                "  x = twice(1);\n"
                                "}")
                                .program;
    const Names all{"twice()", "5", "thrice()", "7", "task()", "9", "9 true", "9 false", "10", "11"};
    CHECK(listed(program) == all);
    CHECK(on_transitions(program) == all);
    // thrice() is only passed where the left side holds.
    const Automaton& automaton = automaton_of(program, "task");
    for (const Transition& transition : automaton.transitions)
        if (transition.source == automaton.entry)
            for (const PointId point : transition.points)
                CHECK((name_of(program.points[point]) != "thrice()" || transition.guard.valid()));
}

TEST_CASE("what happens inside macros is their line, without ways on")
{
    const Program program = read_task(
                                "#define CHECK_THAT(c) do { if (!(c)) x = 0; } while (0)\n"
                                "int x;\n"
                                "void task(void *a) {\n"
                                "  CHECK_THAT(x == 1);\n"
                                "}")
                                .program;
    CHECK(listed(program) == Names{"task()", "5"});
    CHECK(on_transitions(program) == Names{"task()", "5"});
}

TEST_CASE("a process that does nothing has begun")
{
    const Program program = read_task("void task(void *a) { }").program;
    CHECK(on_transitions(program) == Names{"task()"});
}
