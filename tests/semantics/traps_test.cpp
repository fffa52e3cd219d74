// Whatever C leaves undefined is noticed, by the fast evaluator and the interpreter alike, and with the same words
// (replay compares them).
#include "passes/mark_locations.h"
#include "program/parser.h"
#include "result/interpreter.h"
#include "semantics/stepper.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>

namespace lockstep {

namespace {

constexpr const char* null = "memory: null pointer dereference";
constexpr const char* wild = "memory: access through a pointer that points at nothing";
constexpr const char* bounds = "memory: access outside an array's bounds";
constexpr const char* other_type = "memory: access through a pointer of another type than what it points at";
constexpr const char* undefined = "memory: read of a variable that was never written";
constexpr const char* dead = "memory: access to a variable whose scope has ended (dead stack frame)";
constexpr const char* division = "arithmetic: division by zero";
constexpr const char* shift = "arithmetic: shift by a negative number or by more than the width";
constexpr const char* no_cpu = "memory: no CPU has this number";
constexpr const char* long_integer = "memory: an integer of more than 29 bits is kept in a pointer";
constexpr const char* undefined_copy =
    "memory: what holds no value comes where a pointer's type did not say that it could";
constexpr const char* fine = "";

std::string text_of(Trap trap) { return trap.kind == nullptr ? "" : fmt::format("{}: {}", trap.kind, trap.message); }

/// What one transition with this guard and effect ends in.
void check(const std::string& transition, const char* expected)
{
    CAPTURE(transition);
    Program program = parse(R"(
cpus 2
struct pair { a: i32, b: i32 }
struct list { next: ptr list, value: i32 }
var x: i32
var y: i8
var word: i32 = 7
var row: i32[3]
var grid: i32[2][3]
var pairs: pair[2]
var one: pair
var two: pair undefinable
var p: ptr i32
var q: ptr i32 = &x
var r: ptr i32 = &row + 1
var end: ptr i32 = &row + 3
var pp: ptr pair = &pairs
var to_end: ptr pair = &pairs + 4
var bytes: ptr i8 = &y
var v: ptr void
var node: list
per_cpu var c: i32
per_cpu var cp: pair
var big: i64 = 1000000000000
var huge: i64 = 4611686018427387904
automaton A {
    local i: i32
    local j: i32
    local k: ptr i32
    local m: i32 in memory
    local s: pair in memory
    location here await, there
    here -> there )" + transition +
                                R"(
}
process a: A
)",
                            "traps.ls");
    mark_locations(program);
    const Layout layout = make_layout(program);
    Stepper stepper(program, layout);
    stepper.evaluator.cells = initial_cells(program, layout).front();
    Interpreter interpreter(program, layout);
    const auto slow = interpreter.steps(interpreter.initial(0), ProcessId(0));
    for (const bool record_moves : {true, false}) {
        stepper.record_moves = record_moves;
        std::size_t steps = 0;
        stepper.steps_of(ProcessId(0), [&](const StepView& view) {
            ++steps;
            CHECK(text_of(view.trap) == expected);
        });
        CHECK(steps == 1);
    }
    REQUIRE(slow.size() == 1);
    CHECK(text_of(slow.front().last.trap) == expected);
}

}  // namespace

TEST_CASE("null and wild pointers")
{
    check("{ x := *p }", null);
    check("{ *p := 1 }", null);
    check("when *p == 0 {}", null);
    check("{ x := *q; *q := 3; x := *r }", fine);
    check("{ p := 5i32 as ptr i32; x := *p }", wild);
    check("{ p := 5i32 as ptr i32; *p := 1 }", wild);
    check("{ p := -1i32 as ptr i32; *p := 1 }", wild);
    check("{ x := (0i32 as ptr pair)->b }", null);
    check("{ x := (5i32 as ptr pair)->b }", wild);
    check("{ x := node.next->value }", null);
    check("{ copy &one, p as ptr pair, 2 }", null);
    check("{ copy p as ptr pair, &one, 2 }", null);
    check("{ copy 9i32 as ptr pair, &one, 2 }", wild);
}

TEST_CASE("bounds of arrays, written in every way")
{
    check("{ x := row[2i32] }", fine);
    check("{ x := row[3i32] }", bounds);
    check("{ x := row[-1i32] }", bounds);
    check("{ row[3i32] := 1 }", bounds);
    check("{ x := row[4i32] }", bounds);
    check("{ i := 3; x := row[i] }", bounds);
    check("{ i := 3; row[i] := 1 }", bounds);
    check("{ i := -1; row[i] := 1 }", bounds);
    check("{ x := row[word] }", bounds);
    check("{ p := &row[3i32]; x := 1 }", fine);  // one past the end is an address
    check("{ p := &row[4i32]; x := 1 }", bounds);
    check("{ x := *end }", bounds);
    check("{ *end := 1 }", bounds);
    check("{ x := *(end + -1) }", fine);
    check("{ x := *(r + 1) }", fine);
    check("{ x := *(r + 2) }", bounds);
    check("{ p := r + 2 }", fine);
    check("{ p := r + 3 }", bounds);
    check("{ p := r + -2 }", bounds);
    check("{ p := q + 1 }", bounds);  // x is no array
    check("{ p := q + 0 }", fine);
    check("{ p := p + 1 }", null);
    check("{ p := p + 0 }", fine);
    check("{ x := grid[1i32][2i32] }", fine);
    check("{ x := grid[1i32][3i32] }", bounds);
    check("{ x := grid[0i32][3i32] }", bounds);  // not the first of the next row
    check("{ x := grid[2i32][0i32] }", bounds);
    check("{ p := &grid[0i32][0i32] + 4 }", bounds);
    check("{ pp := pp + huge }", bounds);  // times two slots it would wrap around
    check("{ x := (pp + 1)->b }", fine);
    check("{ pp := pp + 2; x := 1 }", fine);
    check("{ pp := pp + 3 }", bounds);
}

// Behind the last element there is no struct, and so no member.
TEST_CASE("members one past the end")
{
    check("{ x := pairs[1i32].b }", fine);
    check("{ x := pairs[2i32].a }", bounds);
    check("{ x := pairs[2i32].b }", bounds);
    check("{ pairs[2i32].b := 1 }", bounds);
    check("{ i := 2; x := pairs[i].b }", bounds);
    check("{ x := to_end->a }", bounds);
    check("{ x := to_end->b }", bounds);
    check("{ to_end->b := 1 }", bounds);
    check("{ x := (pp + 2)->b }", bounds);
    check("{ x := (to_end + -1)->b }", fine);
}

TEST_CASE("the type of what is accessed")
{
    check("{ x := *(bytes as ptr i32) }", other_type);
    check("{ y := *(q as ptr i8) }", other_type);
    check("{ *(q as ptr i8) := 1 }", other_type);
    check("{ x := *(&q as ptr i32) }", other_type);
    check("{ q := *(&x as ptr ptr i32) }", other_type);
    check("{ x := *(q as ptr u32) as i32 }", fine);  // the sign is no part of it
    check("{ copy &one, &node as ptr pair, 2 }", other_type);
    check("{ v := q as ptr void; x := *(v as ptr i32) }", fine);
}

TEST_CASE("lifetimes")
{
    check("{ x := m }", dead);
    check("{ m := 1 }", dead);
    check("{ undefine m; x := m }", undefined);
    check("{ undefine m; m := 1; x := m }", fine);
    check("{ undefine m; m := 1; kill m; x := m }", dead);
    check("{ undefine m; q := &m; kill m; x := *q }", dead);
    check("{ undefine m; q := &m; kill m; *q := 1 }", dead);
    check("{ undefine m; q := &m; *q := 2; x := *q }", fine);
    check("{ undefine i; x := i }", undefined);
    check("{ undefine i; i := 1; x := i }", fine);
    check("{ undefine i; kill i; x := i }", fine);  // 0 again
    check("when i == 0 { undefine i }", fine);
    check("{ undefine s; copy &one, &s, 2 }", undefined_copy);
    check("{ undefine s; s.a := 1; s.b := 2; copy &one, &s, 2 }", fine);
    check("{ undefine s; s.a := 1; copy &two, &s, 2; x := two.a }", fine);
    check("{ undefine s; s.a := 1; copy &two, &s, 2; x := two.b }", undefined);
    check("{ undefine s; copy &two, &s, 2; copy &one, &two, 2 }", undefined_copy);
    check("{ invalidate &two.b, 1; x := two.a }", fine);
    check("{ invalidate &two.b, 1; x := two.b }", undefined);
    check("{ invalidate &one.b, 1 }", undefined_copy);
    check("{ undefine s; copy &s, &one, 2; x := s.a + s.b }", fine);
    check("{ copy &s, &one, 2 }", dead);
    check("{ copy &one, &s, 2 }", dead);
    check("{ undefine s; s.a := 1; s.b := 1; invalidate &s.b, 1; x := s.a }", fine);
    check("{ undefine s; s.a := 1; s.b := 1; invalidate &s.b, 1; x := s.b }", undefined);
}

TEST_CASE("arithmetic")
{
    check("{ x := 1 / i }", division);
    check("{ x := 1 % i }", division);
    check("{ x := 1i32 << 32i32 }", shift);
    check("{ x := 1i32 << -1i32 }", shift);
    check("{ x := 1i32 >> 32i32 }", shift);
    check("{ x := 1i32 << 31i32 }", fine);
    check("{ y := (1i8 << 8i32 : i8) }", shift);
    check("when 1 / i == 0 {}", division);
    check("choose i in 1 / x..2 {}", division);
}

TEST_CASE("CPUs' copies")
{
    check("{ x := per_cpu(c, 1i32) }", fine);
    check("{ x := per_cpu(c, 2i32) }", no_cpu);
    check("{ x := per_cpu(c, -1i32) }", no_cpu);
    check("{ per_cpu(c, 2i32) := 1 }", no_cpu);
    check("{ i := 2; x := per_cpu(c, i) }", no_cpu);
    check("{ i := 2; per_cpu(c, i) := 1 }", no_cpu);
    check("{ i := 2; x := per_cpu(cp, i).b }", no_cpu);
}

TEST_CASE("integers in pointers")
{
    check("{ p := big as ptr i32 }", long_integer);
    check("{ p := 1i32 as ptr i32 }", fine);
}

// Which of two mistakes is named must not depend on how the code was compiled.
TEST_CASE("two mistakes in one statement: the address is looked at first, then the value, then the place")
{
    check("{ row[4i32] := 1 / i }", bounds);
    check("{ i := 4; row[i] := 1 / j }", bounds);
    check("{ row[3i32] := 1 / i }", division);
    check("{ i := 3; row[i] := 1 / j }", division);
    check("{ per_cpu(c, 2i32) := 1 / i }", no_cpu);
    check("{ i := 2; per_cpu(c, i) := 1 / j }", no_cpu);
    check("{ *p := 1 / i }", division);
    check("{ *end := 1 / i }", division);
    check("{ m := 1 / i }", division);
    check("{ *(&x as ptr i8) := (1 / i) as i8 }", division);
    check("{ x := row[1 / i] }", division);
}

}  // namespace lockstep
