// Terms against the values of what they were built from: whatever is folded while they are built means the same.
#include "smt/terms.h"
#include "engine/random_program.h"
#include "smt/assignment.h"
#include "smt/solver.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace lockstep::smt {

namespace {

using testing::Random;

constexpr std::array bit_operators = {Op::add,
                                      Op::subtract,
                                      Op::multiply,
                                      Op::bit_and,
                                      Op::bit_or,
                                      Op::bit_xor,
                                      Op::shift_left,
                                      Op::shift_right,
                                      Op::arithmetic_shift_right,
                                      Op::unsigned_divide,
                                      Op::unsigned_remainder,
                                      Op::signed_divide,
                                      Op::signed_remainder};
constexpr std::array comparisons = {Op::equal, Op::unsigned_less, Op::signed_less};

/// Builds random terms over a few variables, and computes beside them what they are worth.
struct Garden {
    explicit Garden(std::uint64_t seed) : random(seed) {}

    struct Plant {
        Term term;
        std::uint64_t value;
    };
    Random random;
    Terms terms;
    std::vector<Plant> truths, vectors;
    std::vector<Plant> variables;
    unsigned width = 5;

    void sow()
    {
        width = static_cast<unsigned>(1 + random.below(12));
        for (int i = 0; i < 3; ++i) {
            const Plant truth{terms.variable(0, fmt::format("t{}", i)), random.below(2)};
            const Plant vector{terms.variable(width, fmt::format("v{}", i)), random.next() & mask(width)};
            truths.push_back(truth);
            vectors.push_back(vector);
            variables.push_back(truth);
            variables.push_back(vector);
        }
        for (std::uint64_t c : {0, 1, 2, 3}) vectors.push_back({terms.constant(width, c), c & mask(width)});
    }
    static std::uint64_t mask(unsigned bits) { return (std::uint64_t{1} << bits) - 1; }

    void grow()
    {
        const Plant a = random.pick(truths), b = random.pick(truths), c = random.pick(truths);
        const Plant x = random.pick(vectors), y = random.pick(vectors);
        switch (random.below(9)) {
            case 0:
                truths.push_back({terms.negation(a.term), 1 - a.value});
                break;
            case 1:
                truths.push_back({terms.both(a.term, b.term), a.value & b.value});
                break;
            case 2:
                truths.push_back({terms.either(a.term, b.term), a.value | b.value});
                break;
            case 3:
                truths.push_back({terms.choose(a.term, b.term, c.term), a.value != 0 ? b.value : c.value});
                break;
            case 4:
                truths.push_back({terms.equal(a.term, b.term), a.value == b.value ? 1U : 0U});
                break;
            case 5: {
                const Op op = random.pick(comparisons);
                truths.push_back({terms.binary(op, x.term, y.term), evaluate(op, width, x.value, y.value)});
                break;
            }
            case 6: {
                const Op op = random.pick(bit_operators);
                vectors.push_back({terms.binary(op, x.term, y.term), evaluate(op, width, x.value, y.value)});
                break;
            }
            case 7: {  // there and back
                const unsigned wider = width + static_cast<unsigned>(random.below(5));
                const Term extended = terms.extend(x.term, wider, random.chance(50));
                vectors.push_back({terms.low_bits(extended, width), x.value});
                break;
            }
            default:
                vectors.push_back({terms.choose(a.term, x.term, y.term), a.value != 0 ? x.value : y.value});
        }
    }
};

}  // namespace

TEST_CASE("what is folded means the same")
{
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        CAPTURE(seed);
        Garden garden(seed);
        garden.sow();
        for (int i = 0; i < 200; ++i) garden.grow();
        Assignment assignment(garden.terms);
        for (const auto& [term, value] : garden.variables) assignment.set(term, value);
        for (const auto& [term, value] : garden.truths) REQUIRE(assignment.value(term) == value);
        for (const auto& [term, value] : garden.vectors) {
            REQUIRE(assignment.value(term) == value);
            const std::vector<std::uint64_t>& possible = garden.terms.possible_values(term);
            if (!possible.empty()) CHECK(std::ranges::find(possible, value) != possible.end());
        }
    }
}

TEST_CASE("Z3 reads terms as we do")
{
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
        CAPTURE(seed);
        Garden garden(seed);
        garden.sow();
        for (int i = 0; i < 60; ++i) garden.grow();
        Terms& terms = garden.terms;
        Solver solver(terms);
        Term all = terms.truth(true);
        for (const auto& [term, value] : garden.truths) all = terms.both(all, value != 0 ? term : terms.negation(term));
        for (const auto& [term, value] : garden.vectors) all = terms.both(all, terms.is(term, value));
        solver.require(all);
        REQUIRE(solver.check() == Solver::Answer::satisfiable);
        for (const auto& [term, value] : garden.vectors) CHECK(solver.value(term) == value);
        // The same values for the variables, and one term another one.
        solver.push();
        for (const auto& [term, value] : garden.variables)
            solver.require(terms.width(term) == 0 ? terms.equal(term, terms.truth(value != 0)) : terms.is(term, value));
        const auto& last = garden.vectors.back();
        const std::vector<Term> wrong{terms.negation(terms.is(last.term, last.value))};
        CHECK(solver.check(wrong) == Solver::Answer::unsatisfiable);
        solver.pop();
        CHECK(solver.check() == Solver::Answer::satisfiable);
    }
}

TEST_CASE("equal terms are one, and names are unique")
{
    Terms terms;
    const Term x = terms.variable(8, "x"), y = terms.variable(8, "x");
    CHECK(x != y);
    CHECK(terms.name(x) != terms.name(y));
    CHECK(terms.binary(Op::add, x, y) == terms.binary(Op::add, y, x));
    CHECK(terms.binary(Op::subtract, x, y) != terms.binary(Op::subtract, y, x));
}

TEST_CASE("a comparison with a constant goes into a choice between constants")
{
    Terms terms;
    const Term here = terms.variable(0, "here"), there = terms.variable(0, "there");
    const Term place =
        terms.choose(here, terms.constant(8, 3), terms.choose(there, terms.constant(8, 5), terms.constant(8, 9)));
    CHECK(terms.possible_values(place) == std::vector<std::uint64_t>{3, 5, 9});
    CHECK(terms.is(place, 3) == here);
    CHECK(terms.is(place, 4) == terms.truth(false));
    CHECK(terms.is(terms.binary(Op::add, place, terms.constant(8, 1)), 4) == here);
}

}  // namespace lockstep::smt
