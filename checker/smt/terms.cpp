#include "smt/terms.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace lockstep::smt {

namespace {

std::uint64_t mask(unsigned width) { return width >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1; }

bool is_commutative(Op op)
{
    return op == Op::add || op == Op::multiply || op == Op::bit_and || op == Op::bit_or || op == Op::bit_xor;
}

bool yields_truth(Op op) { return op == Op::equal || op == Op::unsigned_less || op == Op::signed_less; }

}  // namespace

std::int64_t signed_value(std::uint64_t value, unsigned width)
{
    const unsigned unused = 64 - width;
    return static_cast<std::int64_t>(value << unused) >> unused;
}

std::uint64_t evaluate(Op op, unsigned width, std::uint64_t a, std::uint64_t b)
{
    const std::int64_t left = signed_value(a, width), right = signed_value(b, width);
    const auto wrapped = [width](std::uint64_t value) { return value & mask(width); };
    switch (op) {
        case Op::equal:
            return a == b ? 1 : 0;
        case Op::unsigned_less:
            return a < b ? 1 : 0;
        case Op::signed_less:
            return left < right ? 1 : 0;
        case Op::add:
            return wrapped(a + b);
        case Op::subtract:
            return wrapped(a - b);
        case Op::multiply:
            return wrapped(a * b);
        case Op::unsigned_divide:
            return b == 0 ? mask(width) : a / b;
        case Op::unsigned_remainder:
            return b == 0 ? a : a % b;
        case Op::signed_divide:
            if (b == 0) return wrapped(left < 0 ? 1 : ~std::uint64_t{0});
            return right == -1 ? wrapped(0 - a) : wrapped(static_cast<std::uint64_t>(left / right));
        case Op::signed_remainder:
            if (b == 0) return a;
            return right == -1 ? 0 : wrapped(static_cast<std::uint64_t>(left % right));
        case Op::bit_and:
            return a & b;
        case Op::bit_or:
            return a | b;
        case Op::bit_xor:
            return a ^ b;
        case Op::shift_left:
            return b >= width ? 0 : wrapped(a << b);
        case Op::shift_right:
            return b >= width ? 0 : a >> b;
        case Op::arithmetic_shift_right:
            return wrapped(static_cast<std::uint64_t>(left >> std::min<std::uint64_t>(b, width - 1)));
        default:
            assert(false);
            return 0;
    }
}

std::size_t Terms::Hash::operator()(const Node& node) const
{
    std::uint64_t hash = static_cast<std::uint64_t>(node.op) << 8 | node.width;
    for (const std::uint64_t part :
         {std::uint64_t{node.a.index}, std::uint64_t{node.b.index}, std::uint64_t{node.c.index}, node.value}) {
        hash = (hash ^ part) * 0x9e3779b97f4a7c15U;
        hash ^= hash >> 29;
    }
    return hash;
}

Terms::Terms() : true_term(add({.op = Op::constant, .value = 1})), false_term(add({.op = Op::constant, .value = 0})) {}

Term Terms::add(const Node& node)
{
    const auto [entry, is_new] = known.try_emplace(node, nodes.next_id());
    if (is_new) nodes.add(node);
    return entry->second;
}

Term Terms::constant(unsigned width, std::uint64_t value)
{
    return add({.op = Op::constant, .width = static_cast<std::uint8_t>(width), .value = value & mask(width)});
}

Term Terms::variable(unsigned width, const std::string& name)
{
    const unsigned uses = name_uses[name]++;
    names.push_back(uses == 0 ? name : fmt::format("{}!{}", name, uses));
    all_variables.push_back(
        add({.op = Op::variable, .width = static_cast<std::uint8_t>(width), .value = names.size() - 1}));
    return all_variables.back();
}

// ---- Truth values --------------------------------------------------------------------------------------------------

Term Terms::negation(Term a)
{
    if (is_constant(a)) return truth(value(a) == 0);
    if (nodes[a].op == Op::logical_not) return nodes[a].a;
    return add({.op = Op::logical_not, .a = a});
}

Term Terms::both(Term a, Term b)
{
    if (is_false(a) || is_false(b)) return false_term;
    if (is_true(a) || a == b) return b;
    if (is_true(b)) return a;
    if (a == negation(b)) return false_term;
    // What one side says already: a and (a and x), a and (not a and x).
    for (const auto& [one, other] : {std::pair(a, b), std::pair(b, a)}) {
        const Node& node = nodes[other];
        if (node.op == Op::logical_and) {
            if (node.a == one || node.b == one) return other;
            const Term opposite = negation(one);
            if (nodes[other].a == opposite || nodes[other].b == opposite) return false_term;
        }
    }
    return add({.op = Op::logical_and, .a = std::min(a, b), .b = std::max(a, b)});
}

Term Terms::either(Term a, Term b)
{
    if (is_true(a) || is_true(b)) return true_term;
    if (is_false(a) || a == b) return b;
    if (is_false(b)) return a;
    if (a == negation(b)) return true_term;
    // (x and y) or (x and not y): how the two ways of a branch come together again.
    const Node left = nodes[a], right = nodes[b];
    if (left.op == Op::logical_and && right.op == Op::logical_and) {
        for (const auto& [x, y] : {std::pair(left.a, left.b), std::pair(left.b, left.a)})
            for (const auto& [v, w] : {std::pair(right.a, right.b), std::pair(right.b, right.a)})
                if (x == v && y == negation(w)) return x;
    }
    return add({.op = Op::logical_or, .a = std::min(a, b), .b = std::max(a, b)});
}

Term Terms::all_of(std::span<const Term> terms)
{
    Term all = true_term;
    for (const Term t : terms) all = both(all, t);
    return all;
}

Term Terms::any_of(std::span<const Term> terms)
{
    Term any = false_term;
    for (const Term t : terms) any = either(any, t);
    return any;
}

// ---- Choices -------------------------------------------------------------------------------------------------------

Term Terms::choose(Term condition, Term if_true, Term if_false)
{
    assert(width(if_true) == width(if_false));
    if (is_true(condition) || if_true == if_false) return if_true;
    if (is_false(condition)) return if_false;
    if (nodes[condition].op == Op::logical_not) return choose(nodes[condition].a, if_false, if_true);
    if (width(if_true) == 0) {
        if (is_constant(if_true))
            return is_true(if_true) ? either(condition, if_false) : both(negation(condition), if_false);
        if (is_constant(if_false))
            return is_true(if_false) ? either(negation(condition), if_true) : both(condition, if_true);
    }
    // The same question asked again on one side.
    if (nodes[if_true].op == Op::if_then_else && nodes[if_true].a == condition) if_true = nodes[if_true].b;
    if (nodes[if_false].op == Op::if_then_else && nodes[if_false].a == condition) if_false = nodes[if_false].c;
    if (if_true == if_false) return if_true;
    return add({.op = Op::if_then_else, .width = nodes[if_true].width, .a = condition, .b = if_true, .c = if_false});
}

const std::vector<std::uint64_t>& Terms::possible_values(Term t)
{
    if (nodes[t].op != Op::if_then_else && nodes[t].op != Op::constant) return no_values;
    const auto found = possible.find(t.index);
    if (found != possible.end()) return found->second;
    std::vector<std::uint64_t> values;
    if (nodes[t].op == Op::constant) {
        values = {value(t)};
    } else {
        const std::vector<std::uint64_t> left = possible_values(nodes[t].b), right = possible_values(nodes[t].c);
        if (!left.empty() && !right.empty()) std::ranges::set_union(left, right, std::back_inserter(values));
        if (values.size() > most_values) values.clear();
    }
    return possible.emplace(t.index, std::move(values)).first->second;
}

/// The same if-then-else, with `function` of each constant in its place.
template <typename Function>
Term Terms::map_leaves(Term t, Function function)
{
    std::unordered_map<std::uint32_t, Term> done;
    const auto map = [&](const auto& self, Term at) -> Term {
        if (is_constant(at)) return function(value(at));
        const auto found = done.find(at.index);
        if (found != done.end()) return found->second;
        const Node node = nodes[at];
        const Term if_true = self(self, node.b);
        const Term mapped = choose(node.a, if_true, self(self, node.c));
        done.emplace(at.index, mapped);
        return mapped;
    };
    return map(map, t);
}

Term Terms::replace(Term in, Term what, Term by)
{
    std::unordered_map<std::uint32_t, Term> done{{what.index, by}};
    const auto replaced = [&](const auto& self, Term at) -> Term {
        const auto found = done.find(at.index);
        if (found != done.end()) return found->second;
        const Node node = nodes[at];
        if (!node.a.valid()) return at;
        const Term a = self(self, node.a);
        const Term b = node.b.valid() ? self(self, node.b) : Term();
        const Term c = node.c.valid() ? self(self, node.c) : Term();
        const Term made = a == node.a && b == node.b && c == node.c ? at : remake(node, a, b, c);
        done.emplace(at.index, made);
        return made;
    };
    return replaced(replaced, in);
}

Term Terms::remake(const Node& node, Term a, Term b, Term c)
{
    switch (node.op) {
        case Op::logical_not:
            return negation(a);
        case Op::logical_and:
            return both(a, b);
        case Op::logical_or:
            return either(a, b);
        case Op::if_then_else:
            return choose(a, b, c);
        case Op::equal:
            return equal(a, b);
        case Op::zero_extend:
        case Op::sign_extend:
            return extend(a, node.width, node.op == Op::sign_extend);
        case Op::low_bits:
            return low_bits(a, node.width);
        default:
            return binary(node.op, a, b);
    }
}

// ---- Bit-vectors ---------------------------------------------------------------------------------------------------

Term Terms::equal(Term a, Term b)
{
    if (width(a) == 0) return a == b ? true_term : choose(a, b, negation(b));
    return binary(Op::equal, a, b);
}

Term Terms::binary(Op op, Term a, Term b)
{
    assert(width(a) == width(b) && width(a) > 0);
    const unsigned bits = width(a);
    const auto made = [&](std::uint64_t value) { return yields_truth(op) ? truth(value != 0) : constant(bits, value); };
    const auto folded = [&](std::uint64_t left, std::uint64_t right) {
        return made(evaluate(op, std::min(bits, 64U), left, right));
    };
    if (is_constant(a) && is_constant(b)) return folded(value(a), value(b));
    if (a == b) {
        if (op == Op::equal) return true_term;
        if (op == Op::unsigned_less || op == Op::signed_less) return false_term;
        if (op == Op::subtract || op == Op::bit_xor) return constant(bits, 0);
        if (op == Op::bit_and || op == Op::bit_or) return a;
    }
    if (is_constant(b) && value(b) == 0) {
        if (op == Op::add || op == Op::subtract || op == Op::bit_or || op == Op::bit_xor || op == Op::shift_left ||
            op == Op::shift_right || op == Op::arithmetic_shift_right)
            return a;
        if (op == Op::bit_and || op == Op::multiply) return b;
        if (op == Op::unsigned_less) return false_term;
    }
    if (is_constant(a) && value(a) == 0) {
        if (op == Op::add || op == Op::bit_or || op == Op::bit_xor) return b;
        if (op == Op::bit_and || op == Op::multiply || op == Op::shift_left || op == Op::shift_right) return a;
    }
    if (is_constant(b) && is_choice_of_constants(a))
        return map_leaves(a, [&](std::uint64_t leaf) { return folded(leaf, value(b)); });
    if (is_constant(a) && is_choice_of_constants(b))
        return map_leaves(b, [&](std::uint64_t leaf) { return folded(value(a), leaf); });
    // Equal to a constant: ask the sides of a choice, of which one is often a constant.
    if (op == Op::equal && (is_constant(a) || is_constant(b))) {
        const Term fixed = is_constant(a) ? a : b;
        const Node other = nodes[is_constant(a) ? b : a];
        if (other.op == Op::if_then_else && (is_constant(other.b) || is_constant(other.c))) {
            const Term if_true = binary(op, other.b, fixed);
            return choose(other.a, if_true, binary(op, other.c, fixed));
        }
        if (other.op == Op::zero_extend) {
            const unsigned narrow = width(other.a);
            return value(fixed) > mask(narrow) ? false_term : equal(other.a, constant(narrow, value(fixed)));
        }
    }
    if ((is_commutative(op) || op == Op::equal) && b < a) std::swap(a, b);
    return add({.op = op, .width = static_cast<std::uint8_t>(yields_truth(op) ? 0 : bits), .a = a, .b = b});
}

Term Terms::extend(Term a, unsigned to, bool is_signed)
{
    const unsigned from = width(a);
    assert(from > 0 && from <= to);
    if (from == to) return a;
    if (is_choice_of_constants(a))
        return map_leaves(a, [&](std::uint64_t leaf) {
            return constant(to, is_signed ? static_cast<std::uint64_t>(signed_value(leaf, from)) : leaf);
        });
    return add({.op = is_signed ? Op::sign_extend : Op::zero_extend, .width = static_cast<std::uint8_t>(to), .a = a});
}

Term Terms::low_bits(Term a, unsigned to)
{
    assert(to > 0 && to <= width(a));
    if (to == width(a)) return a;
    if (is_choice_of_constants(a)) return map_leaves(a, [&](std::uint64_t leaf) { return constant(to, leaf); });
    const Node node = nodes[a];
    if (node.op == Op::zero_extend || node.op == Op::sign_extend)
        return width(node.a) >= to ? low_bits(node.a, to) : extend(node.a, to, node.op == Op::sign_extend);
    return add({.op = Op::low_bits, .width = static_cast<std::uint8_t>(to), .a = a});
}

}  // namespace lockstep::smt
