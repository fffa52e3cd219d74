// What values are taken for.
#include "symmetry/sorts.h"

#include "program/parser.h"

#include <doctest/doctest.h>

using namespace lockstep;
using symmetry::Sort;
using symmetry::Tag;

namespace {

/// The tag of the first slot of a variable, where a process does this.
Tag tag_of(const std::string& name, const std::string& effect)
{
    const Program program = parse(
        "cpus 2\nstruct node { number: u8, cpu: u8, next: ptr node }\nvar one: node\nvar two: node\n"
        "per_cpu var mine: u8\nvar x: u8\nvar y: u8\nvar z: u8\nvar set: u64\nvar n: ptr node\nvar p: ptr u8\n"
        "var q: ptr u8\nvar r: ptr ptr u8\nvar row: u8[2]\n"
        "automaton A { local l: u8 location a, b, c a -> b choose l in 0..9 b -> c { " +
            effect + " } }\nprocess t: A\n",
        "sorts.ls");
    const Layout layout = make_layout(program);
    const symmetry::Sorts sorts(program, layout);
    for (VariableId v : ids_of(program.variables))
        if (program.variables[v].name == name) return sorts.of_slot(v, name == "one" || name == "two" ? 1 : 0);
    return {};
}

}  // namespace

TEST_CASE("CPUs' numbers are followed")
{
    const Tag cpu{Sort::cpu, 0};
    CHECK(tag_of("x", "x := own.cpu") == cpu);
    CHECK(tag_of("y", "x := own.cpu; l := x; y := l") == cpu);
    CHECK(tag_of("y", "x := y; per_cpu(mine, x) := 1") == cpu);
    CHECK(tag_of("x", "l := (x == own.cpu) as u8") == cpu);
    CHECK(tag_of("x", "x := own.cpu + 1") == Tag{Sort::cpu, 1});
    CHECK(tag_of("y", "x := own.cpu + 1; y := x - 2") == Tag{Sort::cpu, -1});
    CHECK(tag_of("row", "row[l] := own.cpu") == cpu);
    CHECK(tag_of("x", "x := row[own.cpu]") == Tag{});
    CHECK(tag_of("mine", "mine := 1") == Tag{});
}

TEST_CASE("sets of CPUs are what CPUs are shifted into, or tested in")
{
    CHECK(tag_of("set", "set := set | (1u64 << own.cpu)") == Tag{Sort::mask, 0});
    CHECK(tag_of("set", "l := (set >> own.cpu & 1) as u8") == Tag{Sort::mask, 0});
    CHECK(tag_of("set", "set := set | (1u64 << l)") == Tag{});
    CHECK(tag_of("set", "set := set | (1u64 << l); per_cpu(mine, l) := 1") == Tag{Sort::mask, 0});
}

TEST_CASE("structs are alike wherever a pointer may lead")
{
    const Tag cpu{Sort::cpu, 0};
    CHECK(tag_of("one", "n->cpu := own.cpu") == cpu);
    CHECK(tag_of("two", "n->cpu := own.cpu") == cpu);
    CHECK(tag_of("two", "one.cpu := own.cpu") == Tag{});
    CHECK(tag_of("two", "one.cpu := own.cpu; copy &two, &one, 3") == cpu);
}

TEST_CASE("pointers to numbers are followed")
{
    const Tag cpu{Sort::cpu, 0};
    CHECK(tag_of("x", "p := &x; *p := own.cpu") == cpu);
    CHECK(tag_of("y", "p := &x; q := &y; *p := own.cpu") == Tag{});
    CHECK(tag_of("y", "p := &x; q := &y; p := q; *p := own.cpu") == cpu);
    CHECK(tag_of("y", "p := &x; q := &y; r := &q; p := *r; *p := own.cpu") == cpu);
    CHECK(tag_of("y", "q := &y; r := &p; *r := &y; *p := own.cpu") == cpu);
    CHECK(tag_of("x", "q := &y; r := &p; *r := q; *p := own.cpu") == Tag{});
    CHECK(tag_of("one", "p := &n->cpu; *p := own.cpu") == cpu);
    CHECK(tag_of("x", "p := l == 0 ? &x : &y; *p := own.cpu") == cpu);
    CHECK(tag_of("y", "p := l == 0 ? &x : &y; *p := own.cpu") == cpu);
    CHECK(tag_of("mine", "p := &per_cpu(mine, own.cpu); *p := own.cpu") == cpu);
}
