// Steps, waits and time, on small textual Programs.
#include "semantics/stepper.h"
#include "passes/mark_locations.h"
#include "program/parser.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace lockstep {

namespace {

class Machine {
public:
    explicit Machine(const std::string& text)
        : program(marked(parse(text, "steps.ls"))), layout(make_layout(program)), stepper(program, layout)
    {
        stepper.record_moves = true;
        stepper.evaluator.cells = initial_cells(program, layout).front();
    }

    Program program;
    Layout layout;
    Stepper stepper;

    struct Seen {
        std::vector<std::int64_t> cells;
        std::size_t moves;
        std::string trap;
        bool stopped, progress;
        std::size_t reports;
    };

    std::vector<Seen> steps(std::uint32_t process = 0)
    {
        std::vector<Seen> all;
        const auto before = stepper.evaluator.cells;
        stepper.steps_of(ProcessId(process), [&](const StepView& view) {
            all.push_back({stepper.evaluator.cells, view.moves.size(), view.trap.kind == nullptr ? "" : view.trap.kind,
                           view.stopped, view.made_progress, view.reports.size()});
        });
        CHECK(stepper.evaluator.cells == before);  // all of it is taken back
        CHECK(stepper.evaluator.writes.size() == 0);
        CHECK(stepper.evaluator.reports.empty());
        return all;
    }

    /// Takes the only step of a process.
    Seen step(std::uint32_t process = 0)
    {
        const auto all = steps(process);
        REQUIRE(all.size() == 1);
        stepper.evaluator.cells = all.front().cells;
        return all.front();
    }

    std::int64_t value(const std::string& name, const std::vector<std::int64_t>& cells) const
    {
        for (VariableId v : ids_of(program.variables))
            if (program.variables[v].name == name)
                return cells[layout.addresses[layout.address_of(program, v, 0)].cell];
        FAIL("no variable " << name);
        return 0;
    }
    std::int64_t value(const std::string& name) const { return value(name, stepper.evaluator.cells); }
    void set(const std::string& name, std::int64_t to)
    {
        for (VariableId v : ids_of(program.variables))
            if (program.variables[v].name == name)
                stepper.evaluator.cells[layout.addresses[layout.address_of(program, v, 0)].cell] = to;
    }
    /// The values that a variable has after each of the steps, in ascending order.
    std::vector<std::int64_t> values_after(const std::string& name, std::uint32_t process = 0)
    {
        std::vector<std::int64_t> all;
        for (const Seen& seen : steps(process)) all.push_back(value(name, seen.cells));
        std::ranges::sort(all);
        return all;
    }
    std::uint32_t location(std::uint32_t process = 0) { return stepper.evaluator.location(ProcessId(process)).index; }
    bool settled(std::uint32_t process = 0) { return stepper.settled(ProcessId(process)); }

private:
    static Program marked(Program program)
    {
        mark_locations(program);
        return program;
    }
};

using Values = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("what only registers are involved in joins the step before it")
{
    Machine m(R"(
var x: i32 = 5
automaton A {
    local i: i32
    location a, b, c, d
    a -> b { i := x }
    b -> c { i := i + 1 }
    c -> d { x := i }
}
process p: A
)");
    CHECK(m.step().moves == 2);
    CHECK(m.location() == 2);
    CHECK(m.step().moves == 1);
    CHECK(m.value("x") == 6);
    CHECK(m.steps().empty());
    CHECK(m.settled());
}

TEST_CASE("an atomic body is one step, or none where it waits")
{
    Machine m(R"(
var x: i32
var y: i32
automaton A {
    location a, b atomic, c atomic, d
    a -> b { x := 1 }
    b -> c when y != 0
    c -> d { y := x }
}
process p: A
)");
    CHECK(m.steps().empty());
    CHECK(m.settled());
    m.set("y", 7);
    CHECK(!m.settled());
    CHECK(m.step().moves == 3);
    CHECK(m.value("y") == 1);
}

TEST_CASE("a branch on the way makes several steps")
{
    Machine m(R"(
var x: i32
automaton A {
    location a, b atomic, c
    a -> b { x := 1 }
    b -> c when x == 1 { x := 2 }
    b -> c when x < 2 { x := 3 }
    b -> c when x == 0 { x := 4 }
}
process p: A
)");
    CHECK(m.values_after("x") == Values{2, 3});
}

TEST_CASE("choices: every value, within the type, combined; guards see them; none where the range is empty")
{
    Machine m(R"(
var x: i32
var y: i32
automaton A {
    local i: i32
    local j: i32
    location a, b atomic, c
    a -> b choose i in 0..2
    b -> c choose j in i..2 when j != 1 { x := 10 * i + j }
}
automaton B {
    local i: i32
    location a await, b
    a -> b choose i in 1..y { x := i }
}
automaton C {
    local i: u2
    location a, b
    a -> b choose i in -1i32..4i32 { x := i as i32 }
}
process p: A
process q: B
process r: C
)");
    CHECK(m.values_after("x") == Values{0, 2, 12, 22});
    CHECK(m.steps(1).empty());
    m.set("y", 2);
    CHECK(m.values_after("x", 1) == Values{1, 2});
    CHECK(m.values_after("x", 2) == Values{0, 0, 1, 2, 3, 3});
}

TEST_CASE("prune, reports, progress and traps on the way of a step")
{
    Machine m(R"(
var x: i32
automaton A {
    local i: i32
    location a, b atomic, c atomic, d
    a -> b choose i in 0..4
    b -> c when i == 0 { prune }
    b -> c when i == 1 { report "warning" "one" }
    b -> c when i == 2 { progress }
    b -> c when i == 3 { x := 1 / x }
    b -> c when i == 4 { report "bug" "four" stops }
    c -> d { x := i }
}
process p: A
)");
    const auto all = m.steps();
    REQUIRE(all.size() == 4);
    CHECK((all[0].reports == 1 && !all[0].progress && !all[0].stopped && m.value("x", all[0].cells) == 1));
    CHECK((all[1].reports == 0 && all[1].progress && m.value("x", all[1].cells) == 2));
    CHECK((all[2].trap == "arithmetic" && !all[2].progress));
    CHECK((all[3].stopped && all[3].reports == 1 && all[3].trap.empty()));
}

TEST_CASE("who does not run does nothing and is settled; a trap in `running` counts as not running")
{
    Machine m(R"(
var on: bool
var zero: i32
var x: i32
automaton A { location a, b  a -> b { x := 1 } }
process p: A running on
process q: A running 1 / zero == 1
)");
    CHECK(m.steps(0).empty());
    CHECK(m.steps(1).empty());
    CHECK(m.settled(0));
    CHECK(m.settled(1));
    m.set("on", 1);
    m.set("zero", 1);
    CHECK(m.steps(0).size() == 1);
    CHECK(m.steps(1).size() == 1);
}

// ---- Waiting ----

namespace {

/// The automaton's process is settled, once it has taken `steps` steps from its entry.
bool is_settled(const std::string& automaton, int steps = 0)
{
    Machine m("var x: i32\nvar y: i32\nvar done: bool\nautomaton A {" + automaton + "}\nprocess p: A\n");
    for (int i = 0; i < steps; ++i) m.step();
    return m.settled();
}

}  // namespace

TEST_CASE("settled: blocked, or in a loop that comes back")
{
    // A guard that is false; a step to make.
    CHECK(is_settled("location a await, b  a -> b when done"));
    CHECK(!is_settled("location a, b  a -> b { x := 1 }"));
    // while (!done) ; with a read for each round.
    CHECK(is_settled("location a, b  a -> a when !done  a -> b when done"));
    CHECK(is_settled("local d: bool location a, b, c  a -> b { d := done }  b -> a when !d  b -> c when d"));
    // An empty loop.
    CHECK(is_settled("location a  a -> a"));
    CHECK(is_settled("location a, b  a -> b  b -> b", 1));
    // It writes what is there already.
    CHECK(is_settled("location a, b  a -> b { x := 0 }  b -> a { y := x }"));
    // It changes something on its way, and puts it back.
    CHECK(is_settled("location a, b  a -> b { x := 1 }  b -> a { x := 0 }"));
    // It changes something for good.
    CHECK(!is_settled("location a  a -> a { x := x + 1 }"));
    CHECK(!is_settled("local i: i32 location a, b  a -> b { i := y }  b -> a { x := x + 1 }"));
    // Only at the loop's head, so that one wait is one place at which time passes.
    CHECK(
        !is_settled("location a, b, c  a -> b { y := x }  b -> c when !done  b -> a when done  c -> b { y := x }", 2));
    CHECK(is_settled("location a, b, c  a -> b { y := x }  b -> c when !done  b -> a when done  c -> b { y := x }", 1));
}

TEST_CASE("settled: every choice must come back")
{
    CHECK(is_settled("local i: i32 location a, b  a -> b choose i in 0..1 { y := 0; kill i }  b -> a { y := 0 }"));
    CHECK(
        !is_settled("local i: i32 location a, b, c  a -> b choose i in 0..1 { y := 0 }"
                    "  b -> a when i == 0 { y := 0; kill i }  b -> c when i == 1 { x := 1 }"));
    // One of two loops is left for another, from which no way leads back.
    CHECK(!is_settled("location a, b  a -> a when x == 0  a -> b when y == 0  b -> b when x == 0"));
    // An error or a report on the way is no waiting.
    CHECK(!is_settled(
        "local i: i32 location a, b  a -> b choose i in 0..1 { y := 1 / i; y := 0 }  b -> a { y := 0; kill i }"));
    CHECK(!is_settled("location a  a -> a { report \"warning\" \"again\" }"));
}

TEST_CASE("settles_at: where somebody ends up who goes on alone")
{
    Machine m(R"(
var x: u32
var done: bool
automaton A {
    location a, b, c await, d
    a -> b { x := 1 }
    b -> c { x := 2 }
    c -> d when done
}
automaton B { location a  a -> a { x := x + 1 } }
automaton C {
    location a, b
    a -> b { x := 1 }
    b -> a { x := 2 }
}
process p: A
process q: B
process r: C
)");
    const auto at = [&](std::uint32_t p) { return m.stepper.settles_at(ProcessId(p)).place; };
    CHECK(at(0) == LocationId(2));
    CHECK(!at(1).valid());
    CHECK(at(2) == LocationId(0));  // once round, x is 2 there each time
    CHECK(m.stepper.settles_at(ProcessId(0)).round == std::set{LocationId(2)});
    CHECK(m.stepper.settles_at(ProcessId(2)).round == std::set{LocationId(0), LocationId(1)});
}

TEST_CASE("time passes where everybody is settled, and only if it changes anything")
{
    Machine m(R"(
var x: i32
var left: u8 = 2
var stamp: time = never
automaton A {
    location a, b await, c
    a -> b { x := 1 }
    b -> c when left == 0
}
automaton W { location a  a -> a when x < 2 }
automaton tick {
    location only await
    only -> only settled { left := left == 0 ? left : left - 1; age }
}
process p: A
process w: W
process clock: tick kind clock
)");
    CHECK(m.steps(2).empty());  // p can go on
    m.step(0);
    m.step(2);
    CHECK(m.value("left") == 1);
    m.step(2);
    CHECK(m.value("left") == 0);
    CHECK(m.steps(2).empty());  // p can go on again
    m.step(0);
    CHECK(m.steps(2).empty());  // nothing would change
    CHECK(m.value("stamp") == time_never);
    m.set("stamp", 0);
    m.step(2);
    CHECK(m.value("stamp") == 1);
    m.set("stamp", time_saturation);
    CHECK(m.steps(2).empty());
    m.set("stamp", -time_saturation);
    m.step(2);
    CHECK(m.value("stamp") == 1 - time_saturation);
}

TEST_CASE("invariants run on the present state and leave it alone")
{
    Machine m(R"(
var x: i32
automaton A { location a  a -> a { x := x + 1 } }
process p: A
invariant small: x < 2
)");
    const auto failures = [&] {
        std::size_t count = 0;
        m.stepper.check_invariant(m.program.invariants.front(), [&](const StepView&) { ++count; });
        return count;
    };
    CHECK(failures() == 0);
    m.step();
    CHECK(failures() == 0);
    m.step();
    CHECK(failures() == 1);
    CHECK(m.value("x") == 2);
    CHECK(m.stepper.evaluator.writes.size() == 0);
    CHECK(m.stepper.evaluator.reports.empty());
}

TEST_CASE("a step that never ends is noticed")
{
    Machine m(R"(
var x: i32
automaton A {
    location a, b atomic
    a -> b { x := 1 }
    b -> b
}
automaton B {
    local i: i32
    location a, b atomic
    a -> b { x := 1 }
    b -> b choose i in 0..0 { x := i }
}
process p: A
process q: B
)");
    CHECK(m.step(0).trap == "livelock");
    CHECK(m.step(1).trap == "livelock");
}

}  // namespace lockstep
