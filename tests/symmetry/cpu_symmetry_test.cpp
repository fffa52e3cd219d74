// Hand-written Programs: which CPUs are alike, and why not.
#include "symmetry/cpu_symmetry.h"

#include "passes/passes.h"
#include "program/parser.h"
#include "symmetry/automorphism.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace lockstep;
using Classes = std::vector<std::vector<std::uint32_t>>;

namespace {

struct Case {
    Program program;
    Layout layout;
    symmetry::CpuSymmetry symmetry;

    explicit Case(const std::string& text) : program(read(text)), layout(make_layout(program))
    {
        symmetry = symmetry::find_cpu_symmetry(program, layout);
    }
    [[nodiscard]] Classes classes() const { return symmetry.classes; }
    [[nodiscard]] std::string difference() const
    {
        std::string first;
        for (std::uint64_t seed = 1; seed <= 4 && first.empty(); ++seed)
            first = testing::find_difference(program, layout, symmetry, {seed, 3, 80});
        return first;
    }

private:
    static Program read(const std::string& text)
    {
        Program program = parse(text, "test.ls");
        run_passes(program, {});
        return program;
    }
};

const Classes all_three = {{0, 1, 2}};

const std::string declarations =
    "cpus 3\n"
    "per_cpu var mine: u2\n"
    "per_cpu var peer: u8\n"
    "var who: u8\nvar owner: u8\nvar set: u64\nvar count: u8\nvar row: u8[3]\nvar table: u8[3] = {0, 1, 2}\n"
    "var p: ptr u2\nvar small: u2\n";

/// Three processes, one on each CPU, that do this, again and again, at one location and then at another.
std::string three(const std::string& first, const std::string& second = "a -> b")
{
    return declarations + "automaton A { local l: u8 local m: u8 local n: u8 location z, a, b " +
           "z -> a { l := own.cpu; m := l; n := 0 } " + first + " " + second + " b -> a }\n" +
           "process p0: A\nprocess p1: A\nprocess p2: A\n";
}

Classes classes_of(const std::string& first, const std::string& second = "a -> b")
{
    const Case made(three(first, second));
    CHECK(made.difference() == "");
    return made.classes();
}

}  // namespace

TEST_CASE("what keeps CPUs alike")
{
    CHECK(classes_of("a -> b { per_cpu(mine, own.cpu) := per_cpu(mine, own.cpu) + 1 }") == all_three);
    CHECK(classes_of("a -> b { per_cpu(mine, own.cpu) := 1 }") == all_three);
    CHECK(classes_of("a -> b choose l in 0..2 { per_cpu(mine, l) := per_cpu(mine, l) + 1 }") == all_three);
    CHECK(classes_of("a -> b choose l in 0..2 when l != m { per_cpu(peer, l) := m; who := per_cpu(peer, m) }") ==
          Classes{{1, 2}});  // who and peer start as 0
    CHECK(classes_of("a -> b choose l in 0..2 { row[l] := row[own.cpu] + 1 }") == all_three);
    CHECK(classes_of("a -> b choose l in 0..2 { row[table[l]] := 1; table[l] := own.cpu; row[l] := 2 }") == all_three);
    CHECK(classes_of("a -> b { set := set | (1u64 << own.cpu) }", "b -> a when set == 0 { count := 1 }") == all_three);
    CHECK(classes_of("a -> b choose l in 0..2 when (set >> l & 1) == 1 { set := set & ~(1u64 << l) }",
                     "b -> a { set := set ^ (1u64 << own.cpu) }") == all_three);
    CHECK(classes_of("a -> b when owner == 0 { owner := own.cpu + 1 }",
                     "b -> a when owner == own.cpu + 1 { owner := 0 }") == all_three);
    CHECK(classes_of("a -> b { p := &per_cpu(mine, own.cpu) }", "b -> a when p != null { *p := 1 }") == all_three);
    CHECK(classes_of("a -> b when own.cpu < 3 && own.cpu >= 0 && own.cpu != 255 { }") == all_three);
    CHECK(classes_of("a -> b { report \"warning\" \"on %d\" (own.cpu) cpu own.cpu }") == all_three);
}

TEST_CASE("who is set apart")
{
    CHECK(classes_of("a -> b when own.cpu == 1") == Classes{{0, 2}});
    CHECK(classes_of("a -> b when own.cpu != 0") == Classes{{1, 2}});
    CHECK(classes_of("a -> b when own.cpu < 2") == Classes{{0, 1}});
    CHECK(classes_of("a -> b { per_cpu(mine, 2) := 1 }") == Classes{{0, 1}});
    CHECK(classes_of("a -> b { row[1] := 1 }", "b -> a choose l in 0..2 { row[l] := 0; per_cpu(mine, l) := 0 }") ==
          Classes{{0, 2}});
    CHECK(classes_of("a -> b { set := set | 4 }", "b -> a when (set >> own.cpu & 1) == 1") == Classes{{0, 1}});
    CHECK(classes_of("a -> b choose l in 1..2 { per_cpu(mine, l) := 1 }") == Classes{{1, 2}});
    CHECK(classes_of("a -> b { l := 1 }", "b -> a { per_cpu(mine, l) := 1 }") == Classes{{0, 2}});
    CHECK(classes_of("a -> b when (set >> 1 & 1) == 1", "b -> a { set := set | (1u64 << own.cpu) }") ==
          Classes{{0, 2}});
}

TEST_CASE("a type may be too narrow for some")
{
    CHECK(classes_of("a -> b { small := own.cpu + 2 }", "b -> a when small == own.cpu + 2") == Classes{{0, 1}});
    CHECK(classes_of("a -> b { small := small | (1 << own.cpu) }", "b -> a when (small >> own.cpu & 1) == 1") ==
          Classes{{0, 1}});
}

TEST_CASE("what leaves nobody like another")
{
    CHECK(classes_of("a -> b choose l in 0..2 when l < own.cpu { }").empty());
    CHECK(classes_of("a -> b { l := own.cpu; l := l + 1 }", "b -> a when l != m { per_cpu(mine, m) := 1 }").empty());
    CHECK(classes_of("a -> b { count := own.cpu * 2 }").empty());
    CHECK(classes_of("a -> b { set := set | (1u64 << own.cpu) }", "b -> a { set := set & (set - 1) }").empty());
    CHECK(classes_of("a -> b { set := set | (1u64 << own.cpu) }", "b -> a when set < 4").empty());
    CHECK(classes_of("a -> b { count := own.cpu as u1 as u8 }") == Classes{{1, 2}});  // as C does: is it 0?
    CHECK(classes_of("a -> b { p := &per_cpu(mine, own.cpu); count := p as u64 as u8 }").empty());
}

TEST_CASE("a register that has not been set is no CPU's number")
{
    const std::string text = declarations +
                             "automaton A { local l: u8 location a, b a -> b { per_cpu(mine, l) := 1; l := own.cpu } "
                             "b -> a }\nprocess p0: A\nprocess p1: A\nprocess p2: A\n";
    const Case made(text);
    CHECK(made.classes() == Classes{{1, 2}});
    CHECK(made.difference() == "");
}

TEST_CASE("invariants that go over all CPUs")
{
    const std::string body = three("a -> b { per_cpu(mine, own.cpu) := 1 - per_cpu(mine, own.cpu) }");
    const auto classes = [&](const std::string& invariant) {
        const Case made(body + invariant);
        CHECK(made.difference() == "");
        return made.classes();
    };
    CHECK(classes("invariant some: per_cpu(mine, 0) == 0 || per_cpu(mine, 1) == 0 || per_cpu(mine, 2) == 0\n") ==
          all_three);
    CHECK(classes("invariant some: per_cpu(mine, 0) + per_cpu(mine, 1) + per_cpu(mine, 2) < 9\n") == all_three);
    CHECK(classes("invariant two: per_cpu(mine, 0) == 0 || per_cpu(mine, 2) == 0\n") == Classes{{0, 2}});
    CHECK(classes("invariant sum: per_cpu(mine, 0) + per_cpu(mine, 1) + 2 * per_cpu(mine, 2) < 9\n") ==
          Classes{{0, 1}});
    CHECK(classes("invariant one: per_cpu(mine, 1) < 3\n") == Classes{{0, 2}});
    const Case sets(three("a -> b { set := set ^ (1u64 << own.cpu) }") +
                    "invariant not_all: !((set >> 2 & 1) == 1 && (set >> 0 & 1) == 1 && (set >> 1 & 1) == 1)\n");
    CHECK(sets.classes() == all_three);
    CHECK(sets.difference() == "");
    const Case two_of_set(three("a -> b { set := set ^ (1u64 << own.cpu) }") +
                          "invariant not_two: (set >> 2 & 1) == 0 || (set >> 1 & 1) == 0\n");
    CHECK(two_of_set.classes() == Classes{{1, 2}});
    CHECK(two_of_set.difference() == "");
}

TEST_CASE("what differs at the start")
{
    const auto classes = [&](const std::string& state) {
        const Case made(
            "cpus 3\nper_cpu var mine: u2\nvar who: u8\n"
            "automaton A { location a, b a -> b { per_cpu(mine, own.cpu) := 1 } b -> a when who == own.cpu { "
            "per_cpu(mine, own.cpu) := 0 } }\n"
            "process p0: A\nprocess p1: A\nprocess p2: A\n" +
            state);
        CHECK(made.difference() == "");
        return made.classes();
    };
    CHECK(classes("state [255, 0, 0, 0]\n") == all_three);
    CHECK(classes("state [255, 0, 1, 0]\n") == Classes{{0, 2}});
    CHECK(classes("state [2, 0, 0, 0]\n") == Classes{{0, 1}});
    CHECK(classes("state [0, 0, 0, 0]\nstate [1, 0, 0, 0]\nstate [2, 0, 0, 0]\n") == all_three);
    CHECK(classes("state [0, 0, 0, 0]\nstate [1, 0, 0, 0]\n") == Classes{{0, 1}});
}

TEST_CASE("processes")
{
    const std::string automata =
        "cpus 3\nper_cpu var mine: u2\nautomaton A { location a, b a -> b { per_cpu(mine, own.cpu) := 1 } b -> a }\n"
        "automaton B { location a, b a -> b { per_cpu(mine, own.cpu) := 2 } b -> a }\n";
    const auto classes = [&](const std::string& processes) {
        const Case made(automata + processes);
        CHECK(made.difference() == "");
        return made.classes();
    };
    CHECK(classes("process x: A cpu 0\nprocess y: A cpu 1\nprocess z: A cpu 2\n") == all_three);
    CHECK(classes("process x: A cpu 0\nprocess y: B cpu 1\nprocess z: A cpu 2\n") == Classes{{0, 2}});
    CHECK(classes("process x: A cpu 0\nprocess y: A cpu 1\n") == Classes{{0, 1}});
    CHECK(classes("process x: A cpu 0\n") == Classes{{1, 2}});
    CHECK(classes("process x: A cpu 2\nprocess y: B cpu 2\nprocess v: B cpu 0\nprocess w: A cpu 0\n") ==
          Classes{{0, 2}});
    CHECK(classes("process x: A(1) cpu 0\nprocess y: A(2) cpu 1\nprocess z: A(1) cpu 2\n") == Classes{{0, 2}});
    CHECK(classes("process x: A cpu 0 pid 7\nprocess y: A cpu 1 pid 8\nprocess z: A cpu 2 daemon\n") ==
          Classes{{0, 1}});
}

TEST_CASE("reasons name the line")
{
    const Case made(three("a -> b when own.cpu == 1"));
    REQUIRE(!made.symmetry.reasons.empty());
    const symmetry::Reason& reason = made.symmetry.reasons.front();
    CHECK(reason.place.line != 0);
    CHECK(reason.apart == std::vector<std::uint32_t>{1});
    const std::string text = describe(made.program, made.symmetry);
    CHECK(text.find("test.ls:") != std::string::npos);
    CHECK(text.find("CPUs 0, 2 are interchangeable\nCPU 1 is like no other\n") != std::string::npos);
}

TEST_CASE("a claim that is wrong is noticed")
{
    const std::string text =
        three("a -> b choose l in 0..2 { per_cpu(peer, l) := own.cpu + 1; p := &per_cpu(mine, l) }",
              "b -> a when per_cpu(peer, l) == own.cpu + 1 && p != null { *p := 1; row[l] := 1 }");
    Case made(text);
    REQUIRE(made.classes() == all_three);
    REQUIRE(made.difference() == "");
    const auto is_noticed = [&](auto damage) {
        const symmetry::CpuSymmetry right = made.symmetry;
        damage(made.symmetry);
        const bool noticed = !made.difference().empty();
        made.symmetry = right;
        return noticed;
    };
    SUBCASE("a tag is forgotten")
    {
        bool noticed_one = false;
        for (std::size_t cell = 0; cell < made.symmetry.cell_tags.size(); ++cell)
            if (made.symmetry.cell_tags[cell].sort != symmetry::Sort::plain)
                noticed_one |= is_noticed([&](auto& claim) { claim.cell_tags[cell] = {}; });
        CHECK(noticed_one);
    }
    SUBCASE("a register is forgotten")
    {
        CHECK(is_noticed([&](auto& claim) {
            for (auto& automaton : claim.registers)
                for (auto& held : automaton) held.clear();
        }));
    }
    SUBCASE("a cell is forgotten")
    {
        CHECK(is_noticed([&](auto& claim) {
            for (auto& block : claim.blocks) block.cells.erase(block.cells.begin());
        }));
    }
    SUBCASE("an address is forgotten")
    {
        CHECK(is_noticed([&](auto& claim) {
            for (auto& block : claim.blocks) block.addresses.clear();
        }));
    }
    SUBCASE("blocks are not in the same order")
    {
        CHECK(is_noticed([&](auto& claim) { std::swap(claim.blocks[0].cells[0], claim.blocks[0].cells[1]); }));
    }
}
