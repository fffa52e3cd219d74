// Facts: what holds() says of a state's cells is what to_term() says of its formula, and what was mined holds where it
// was mined.
#include "smt/facts.h"
#include "engine/environment.h"
#include "engine/random_machine.h"
#include "engine/random_program.h"
#include "passes/passes.h"
#include "smt/assignment.h"
#include "smt/mining.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>

namespace lockstep::smt {

namespace {

using testing::number_from_environment;
using testing::Random;

void for_random_programs(const std::function<void(const Program&, Random&)>& test)
{
    const std::uint64_t first = number_from_environment("LOCKSTEP_RANDOM_SEED", 1);
    const std::uint64_t count = number_from_environment("LOCKSTEP_RANDOM_PROGRAMS", 40);
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
        CAPTURE(seed);
        Random random(seed);
        Program program = testing::random_program(seed);
        run_passes(program);
        test(program, random);
        Program machine = testing::random_machine(seed);
        run_passes(machine, Stage::after_boot);
        test(machine, random);
    }
}

/// Any fact, whether it holds or not, whose values come from the sample or lie next to those.
Fact random_fact(const Program& program, const Layout& layout, const Sample& sample, Random& random)
{
    std::vector<std::uint32_t> cells;
    for (std::uint32_t c = 0; c < layout.cells.size(); ++c)
        if (layout.cells[c].word != Layout::no_word) cells.push_back(c);
    const auto value_of = [&](std::uint32_t cell) { return random.pick(sample.states)[cell]; };
    Fact fact;
    fact.kind = random.pick(std::vector{Fact::Kind::among, Fact::Kind::range, Fact::Kind::other, Fact::Kind::same});
    fact.cell = random.pick(cells);
    for (ProcessId p : ids_of(program.processes))
        if (random.chance(20) && fact.where.size() < 2)
            fact.where.push_back(
                {p, LocationId(static_cast<std::size_t>(value_of(layout.processes[p].location_cell)))});
    if (random.chance(30)) {
        const std::uint32_t condition = random.pick(cells);
        fact.given = {condition, value_of(condition)};
    }
    const auto is_value = [](std::int64_t v) { return v != undefined_value && v != dead_value; };
    for (int i = 0; i < 3; ++i) fact.values.push_back(value_of(fact.cell));
    std::ranges::sort(fact.values);
    const Layout::Cell& cell = layout.cells[fact.cell];
    if (fact.kind == Fact::Kind::range &&
        (cell.kind != SlotClass::Kind::integer || !std::ranges::all_of(fact.values, is_value)))
        fact.kind = Fact::Kind::among;
    if (fact.kind == Fact::Kind::range) fact.values = {fact.values.front(), fact.values.back()};
    if (fact.kind == Fact::Kind::same) {
        std::vector<std::uint32_t> like;
        for (const std::uint32_t c : cells) {
            const Layout::Cell& other = layout.cells[c];
            if (other.kind == cell.kind && other.bits == cell.bits && other.is_signed == cell.is_signed &&
                other.has_mark == cell.has_mark)
                like.push_back(c);
        }
        fact.second = random.pick(like);
    }
    return fact;
}

}  // namespace

TEST_CASE("a fact and its formula agree on random states")
{
    std::size_t held = 0, did_not = 0;
    for_random_programs([&](const Program& program, Random& random) {
        const Layout layout = make_layout(program);
        const Sample sample = sample_states(program, layout, 200);
        Terms terms;
        StateTerms states(terms, program, layout);
        const SymbolicState any = states.any("s");
        for (int i = 0; i < 60; ++i) {
            const Fact fact = random_fact(program, layout, sample, random);
            CAPTURE(to_text(fact, program, layout));
            const Term formula = to_term(fact, states, any);
            for (int j = 0; j < 20; ++j) {
                const std::vector<std::int64_t>& cells = random.pick(sample.states);
                const bool expected = holds(fact, layout, cells);
                const SymbolicState known = states.known(cells);
                REQUIRE(to_term(fact, states, known) == terms.truth(expected));
                Assignment assignment(terms);
                for (std::size_t c = 0; c < cells.size(); ++c) {
                    if (!terms.is_constant(any.values[c])) assignment.set(any.values[c], terms.value(known.values[c]));
                    if (any.marks[c].valid() && !terms.is_constant(any.marks[c]))
                        assignment.set(any.marks[c], terms.value(known.marks[c]));
                }
                REQUIRE(assignment.holds(formula) == expected);
                ++(expected ? held : did_not);
            }
        }
    });
    MESSAGE(held << " times it held, " << did_not << " times it did not");
    CHECK(held > did_not / 20);
    CHECK(did_not > held / 20);
}

TEST_CASE("what is mined holds on the sample")
{
    std::size_t mined = 0;
    for_random_programs([&](const Program& program, Random&) {
        const Layout layout = make_layout(program);
        const Sample sample = sample_states(program, layout, 500);
        for (const Fact& fact : mine_facts(program, layout, sample)) {
            CAPTURE(to_text(fact, program, layout));
            for (const auto& cells : sample.states) REQUIRE(holds(fact, layout, cells));
            ++mined;
        }
    });
    CHECK(mined > 1000);
}

TEST_CASE("bounds are those of the values met")
{
    for_random_programs([&](const Program& program, Random&) {
        const Layout layout = make_layout(program);
        const Sample sample = sample_states(program, layout, 500);
        for (const Fact& fact : mine_facts(program, layout, sample)) {
            if (fact.kind != Fact::Kind::range) continue;
            CAPTURE(to_text(fact, program, layout));
            for (const std::int64_t bound : fact.values)
                CHECK(std::ranges::any_of(sample.states, [&](const auto& cells) { return cells[fact.cell] == bound; }));
        }
    });
}

}  // namespace lockstep::smt
