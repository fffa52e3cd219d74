// Terms: what formulas are made of, as a graph in which equal terms are one.
//
// A term is a truth value or a bit-vector of 1 to 64 bits, read as two's complement where an operator says so; the
// operators and what they mean are those of the SMT-LIB theory FixedSizeBitVectors, so that a term goes to Z3
// (solver.h) or into a certificate as it stands. Or it is an integer without bounds, of which there are sums, multiples
// and comparisons: for what is said of every number of CPUs. Two things happen while terms are built, and keep formulas
// of a Program small:
//
//   - An operator on constants is a constant. A bounded search starts in a concrete state, and most of it stays
//     concrete for long: nothing of that ever reaches the solver.
//   - A comparison with a constant, or a computation with one, is moved into an if-then-else between constants. Control
//     locations and pointers are such terms: "does it stand at location 7" then is the condition under which it came
//     there, and a load through the pointer one load for each place it may point to.
//
// Nothing is ever removed. Memory: 24 bytes a term and as much for finding it again.
#pragma once

#include "base/ids.h"

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace lockstep::smt {

using Term = Id<struct TermTag>;

enum class Op : std::uint8_t {
    variable,  // value: index of its name
    constant,
    logical_not,
    logical_and,
    logical_or,
    if_then_else,  // first: the condition
    equal,         // of truth values, too
    unsigned_less,
    signed_less,
    add,
    subtract,
    multiply,
    unsigned_divide,  // by 0: all bits set
    signed_divide,    // by 0: as SMT-LIB has it; who builds the term excludes it
    unsigned_remainder,
    signed_remainder,  // the dividend's sign
    bit_and,
    bit_or,
    bit_xor,
    shift_left,  // by the width or more: 0
    shift_right,
    arithmetic_shift_right,
    zero_extend,
    sign_extend,
    low_bits,
};

class Terms {
public:
    /// `width` 0: a truth value; integer_width: an integer, constants of which are within 64 bits.
    struct Node {
        Op op = Op::constant;
        std::uint8_t width = 0;
        Term a = {}, b = {}, c = {};
        std::uint64_t value = 0;
        bool operator==(const Node&) const = default;
    };

    static constexpr unsigned integer_width = 255;

    Terms();

    [[nodiscard]] Term constant(unsigned width, std::uint64_t value);
    [[nodiscard]] Term integer(std::int64_t value)
    {
        return constant(integer_width, static_cast<std::uint64_t>(value));
    }
    [[nodiscard]] Term truth(bool value) { return value ? true_term : false_term; }
    /// A new one each time; the name is for people and certificates, and made unique by a number where it is not.
    [[nodiscard]] Term variable(unsigned width, const std::string& name);

    [[nodiscard]] Term negation(Term a);
    [[nodiscard]] Term both(Term a, Term b);
    [[nodiscard]] Term either(Term a, Term b);
    [[nodiscard]] Term all_of(std::span<const Term> terms);
    [[nodiscard]] Term any_of(std::span<const Term> terms);
    [[nodiscard]] Term implies(Term a, Term b) { return either(negation(a), b); }
    [[nodiscard]] Term choose(Term condition, Term if_true, Term if_false);
    [[nodiscard]] Term equal(Term a, Term b);
    [[nodiscard]] Term is(Term a, std::uint64_t value) { return equal(a, constant(width(a), value)); }
    /// Any operator on two bit-vectors of one width.
    [[nodiscard]] Term binary(Op op, Term a, Term b);
    /// To a width that is no smaller, by zeros or by the sign.
    [[nodiscard]] Term extend(Term a, unsigned width, bool is_signed);
    [[nodiscard]] Term low_bits(Term a, unsigned width);

    /// `in`, with `by` in the place of `what`.
    [[nodiscard]] Term replace(Term in, Term what, Term by);

    [[nodiscard]] const Node& operator[](Term t) const { return nodes[t]; }
    [[nodiscard]] unsigned width(Term t) const { return nodes[t].width; }
    [[nodiscard]] bool is_constant(Term t) const { return nodes[t].op == Op::constant; }
    [[nodiscard]] bool is_true(Term t) const { return t == true_term; }
    [[nodiscard]] bool is_false(Term t) const { return t == false_term; }
    [[nodiscard]] std::uint64_t value(Term t) const { return nodes[t].value; }
    [[nodiscard]] const std::string& name(Term t) const { return names[nodes[t].value]; }
    [[nodiscard]] std::size_t size() const { return nodes.size(); }
    [[nodiscard]] const std::vector<Term>& variables() const { return all_variables; }

    /// The constants that an if-then-else between constants may be, in rising order; empty: it is something else, or
    /// may be more than `most_values`.
    [[nodiscard]] const std::vector<std::uint64_t>& possible_values(Term t);
    static constexpr std::size_t most_values = 512;

private:
    struct Hash {
        std::size_t operator()(const Node& node) const;
    };
    IdVector<Term, Node> nodes;
    std::unordered_map<Node, Term, Hash> known;
    std::vector<std::string> names;
    std::vector<Term> all_variables;
    std::unordered_map<std::string, unsigned> name_uses;
    std::unordered_map<std::uint32_t, std::vector<std::uint64_t>> possible;
    std::vector<std::uint64_t> no_values;
    Term true_term, false_term;

    Term add(const Node& node);
    Term remake(const Node& node, Term a, Term b, Term c);
    [[nodiscard]] bool is_choice_of_constants(Term t) { return !possible_values(t).empty(); }
    template <typename Function>
    Term map_leaves(Term t, Function function);
};

/// What an operator yields on values (of operands of `width` bits).
std::uint64_t evaluate(Op op, unsigned width, std::uint64_t a, std::uint64_t b);

/// `value`, of so many bits, with its sign.
std::int64_t signed_value(std::uint64_t value, unsigned width);

}  // namespace lockstep::smt
