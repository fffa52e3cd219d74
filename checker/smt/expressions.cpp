#include "smt/expressions.h"

#include <algorithm>
#include <cassert>

namespace lockstep::smt {

namespace {

template <typename... Functions>
struct Overloaded : Functions... {
    using Functions::operator()...;
};

constexpr unsigned wide_bits = 64;

bool is_time(const Type& type) { return std::holds_alternative<TimeType>(type.kind); }
bool is_address(const Type& type) { return is_pointer(type) || std::holds_alternative<FunctionPointerType>(type.kind); }

}  // namespace

Expressions::Expressions(StateTerms& the_states)
    : states(the_states), terms(states.terms), program(states.program), layout(states.layout)
{
}

unsigned Expressions::width(const Type& type)
{
    if (is_time(type)) return Coding::time_bits;
    return is_integer(type) ? bits_of(type) : Coding::pointer_bits;
}

// ---- Between types -------------------------------------------------------------------------------------------------

Term Expressions::wide(Term value, const Type& type)
{
    if (is_integer(type)) return terms.extend(value, wide_bits, is_signed(type));
    if (is_time(type))
        return terms.choose(terms.is(value, Coding::coded_never), terms.constant(wide_bits, time_never),
                            terms.extend(value, wide_bits, true));
    const Term what = terms.binary(Op::shift_right, value, pointer(Coding::payload_bits));
    const Term payload = terms.extend(
        terms.binary(Op::bit_and, value, pointer((std::uint64_t{1} << Coding::payload_bits) - 1)), wide_bits, false);
    Term all = payload;
    for (const auto& [packed, tag] :
         {std::pair(Coding::packed_integer, integer_pointer_tag), std::pair(Coding::packed_string, string_pointer_tag),
          std::pair(Coding::packed_function, function_pointer_tag)})
        all = terms.choose(
            terms.is(what, packed),
            terms.binary(Op::bit_or, payload, terms.constant(wide_bits, static_cast<std::uint64_t>(tag))), all);
    return all;
}

Term Expressions::bring_into(const Type& type, Term value)
{
    if (is_integer(type)) return terms.low_bits(value, bits_of(type));
    const auto number = [&](std::int64_t v) { return terms.constant(wide_bits, static_cast<std::uint64_t>(v)); };
    if (is_time(type)) {
        const auto bounded = [&](Op op, Term a, std::int64_t bound, bool is_low) {
            return is_low ? terms.choose(terms.binary(op, a, number(bound)), number(bound), a)
                          : terms.choose(terms.binary(op, number(bound), a), number(bound), a);
        };
        const Term clamped =
            bounded(Op::signed_less, bounded(Op::signed_less, value, -time_saturation, true), time_saturation, false);
        return terms.choose(terms.binary(Op::signed_less, number(time_never / 2), value),
                            terms.constant(Coding::time_bits, Coding::coded_never),
                            terms.low_bits(clamped, Coding::time_bits));
    }
    const Term payload = terms.binary(Op::bit_and, terms.low_bits(value, Coding::pointer_bits),
                                      pointer((std::uint64_t{1} << Coding::payload_bits) - 1));
    Term all = payload;
    for (const auto& [packed, tag] :
         {std::pair(Coding::packed_integer, integer_pointer_tag), std::pair(Coding::packed_string, string_pointer_tag),
          std::pair(Coding::packed_function, function_pointer_tag)}) {
        const Term has_tag = terms.negation(terms.is(terms.binary(Op::bit_and, value, number(tag)), 0));
        all = terms.choose(has_tag, terms.binary(Op::bit_or, payload, pointer(packed << Coding::payload_bits)), all);
    }
    return all;
}

Term Expressions::from_truth(Term truth, const Type& type)
{
    return terms.choose(truth, terms.constant(width(type), 1), terms.constant(width(type), 0));
}

// ---- Addresses -----------------------------------------------------------------------------------------------------

Term Expressions::is_null_or_wild(Term address)
{
    const Term limit = pointer(Coding::packed_integer << Coding::payload_bits);
    return terms.either(terms.is(address, 0), terms.negation(terms.binary(Op::unsigned_less, address, limit)));
}

Expressions::Targets Expressions::targets(Term address, const SlotClass* expected)
{
    const auto fits = [&](std::uint64_t a) {
        if (a >= layout.addresses.size() || layout.addresses[a].cell == Layout::no_cell) return false;
        return expected == nullptr || layout.addresses[a].slot == *expected;
    };
    Targets found{{}, terms.truth(false)};
    const std::vector<std::uint64_t> known = terms.possible_values(address);
    for (const std::uint64_t a : known) {
        const Term condition = terms.is(address, a);
        if (fits(a) && !terms.is_false(condition)) found.places.push_back({static_cast<std::uint32_t>(a), condition});
        if (!fits(a)) found.misses = terms.either(found.misses, condition);
    }
    if (!known.empty()) return found;
    Term hits = terms.truth(false);
    for (std::uint32_t a = 1; a < layout.addresses.size(); ++a) {
        if (!fits(a)) continue;
        found.places.push_back({a, terms.is(address, a)});
        hits = terms.either(hits, found.places.back().condition);
    }
    found.misses = terms.negation(hits);
    return found;
}

// ---- Expressions ---------------------------------------------------------------------------------------------------

Term Expressions::value(Evaluation& at, ExpressionId id, Term condition)
{
    return compute(at, program.expressions[id], condition);
}

Term Expressions::truth(Evaluation& at, ExpressionId e, Term condition)
{
    return terms.negation(terms.is(value(at, e, condition), 0));
}

Term Expressions::running(const SymbolicState& state, ProcessId p)
{
    const ExpressionId condition = program.processes[p].running;
    if (!condition.valid()) return terms.truth(true);
    Evaluation at{&state, p, terms.truth(false)};
    const Term is_running = truth(at, condition, terms.truth(true));
    return terms.both(is_running, terms.negation(at.trap));
}

Term Expressions::compute(Evaluation& at, const Expression& e, Term condition)
{
    const Type& type = program.types[e.type];
    const auto coded = [&](std::int64_t value) {
        return is_integer(type) ? terms.constant(bits_of(type), static_cast<std::uint64_t>(value))
                                : terms.constant(width(type), Coding::encode(slot_class(type).kind, value));
    };
    return std::visit(
        Overloaded{
            [&](const Constant& n) { return coded(n.value); },
            [&](const FunctionConstant& n) { return coded(function_value(n.function)); },
            [&](const StringConstant& n) { return coded(string_value(n.string)); },
            [&](const LocalValue& n) {
                const std::uint32_t cell = layout.processes[at.process].local[n.variable.index];
                const Term mark = at.state->marks[cell];
                if (mark.valid()) trap_if(at, condition, terms.negation(terms.is(mark, 0)));
                return at.state->values[cell];
            },
            [&](const Own& n) { return own(at, n, type, condition); },
            [&](const AddressOf& n) { return pointer(layout.address_of(program, n.variable, n.offset, at.process)); },
            [&](const FieldAddress& n) { return field(at, n, condition); },
            [&](const ElementAddress& n) { return element(at, n, condition); },
            [&](const PerCpuAddress& n) { return per_cpu(at, n, condition); },
            [&](const Load& n) { return load(at, n, type, condition); },
            [&](const Unary& n) { return unary(at, n, type, condition); },
            [&](const Binary& n) { return binary(at, n, type, condition); },
            [&](const Convert& n) { return convert(at, n, type, condition); },
            [&](const Select& n) {
                const Term asked = truth(at, n.condition, condition);
                const Term if_true = value(at, n.if_true, terms.both(condition, asked));
                return terms.choose(asked, if_true,
                                    value(at, n.if_false, terms.both(condition, terms.negation(asked))));
            }},
        e.node);
}

Term Expressions::own(Evaluation& at, const Own& node, const Type& type, Term condition)
{
    const Process& process = program.processes[at.process];
    const auto known = [&](std::int64_t value) {
        return bring_into(type, terms.constant(wide_bits, static_cast<std::uint64_t>(value)));
    };
    const auto computed = [&](ExpressionId e) { return bring_into(type, wide(value(at, e, condition), type_of(e))); };
    switch (node.what) {
        case Own::What::cpu:
            return process.cpu.valid() ? computed(process.cpu) : known(at.process.index);
        case Own::What::task:
            return process.own_task.valid() ? computed(process.own_task) : known(process.task);
        case Own::What::process:
            return known(at.process.index);
        case Own::What::argument:
            return known(process.argument);
    }
    return known(0);
}

Term Expressions::field(Evaluation& at, const FieldAddress& node, Term condition)
{
    const Term base = value(at, node.base, condition);
    trap_if(at, condition, is_null_or_wild(base));
    if (node.offset == 0) return base;
    // One past the end of an array that has elements there is nothing that has members.
    const auto is_past_end = [&](std::uint64_t a) {
        if (a == 0 || a >= layout.addresses.size() || layout.addresses[a].cell != Layout::no_cell) return false;
        const std::uint32_t array = layout.addresses[a].array;
        return array != Layout::no_cell && layout.arrays[array].first != layout.arrays[array].end;
    };
    std::vector<std::uint64_t> known = terms.possible_values(base);
    if (known.empty())
        for (std::uint64_t a = 1; a < layout.addresses.size(); ++a) known.push_back(a);
    for (const std::uint64_t a : known)
        if (is_past_end(a)) trap_if(at, condition, terms.is(base, a));
    return terms.binary(Op::add, base, pointer(static_cast<std::uint64_t>(std::int64_t{node.offset})));
}

Term Expressions::element(Evaluation& at, const ElementAddress& node, Term condition)
{
    const Term base = value(at, node.base, condition);
    const Term index = wide(value(at, node.index, condition), type_of(node.index));
    if (node.count == 0) return pointer_sum(at, base, index, node.stride, condition);
    trap_if(at, condition, terms.binary(Op::unsigned_less, terms.constant(wide_bits, node.count), index));
    trap_if(at, condition, is_null_or_wild(base));
    const Term distance = terms.binary(Op::multiply, terms.low_bits(index, Coding::pointer_bits), pointer(node.stride));
    return terms.binary(Op::add, base, distance);
}

/// Pointer arithmetic stays within the innermost array of such elements.
Term Expressions::pointer_sum(Evaluation& at, Term base, Term index, std::uint32_t stride, Term condition)
{
    const Term moves = terms.negation(terms.is(index, 0));
    if (terms.is_false(moves)) return base;
    const Term where = terms.both(condition, moves);
    trap_if(at, where, terms.is(base, 0));
    std::vector<std::uint64_t> known = terms.possible_values(base);
    if (known.empty()) {
        for (std::uint64_t a = 1; a < layout.addresses.size(); ++a) known.push_back(a);
        trap_if(at, where, terms.negation(terms.binary(Op::unsigned_less, base, pointer(layout.addresses.size()))));
    }
    for (const std::uint64_t a : known) {
        const Term is_here = terms.is(base, a);
        if (a == 0 || terms.is_false(is_here)) continue;
        std::uint32_t array = a < layout.addresses.size() ? layout.addresses[a].array : Layout::no_cell;
        while (array != Layout::no_cell &&
               (layout.arrays[array].stride != stride || (a - layout.arrays[array].first) % stride != 0))
            array = layout.arrays[array].outer;
        if (array == Layout::no_cell) {
            trap_if(at, where, is_here);
            continue;
        }
        // The index is from the array's first element to one past its last.
        const auto number = [&](std::int64_t v) { return terms.constant(wide_bits, static_cast<std::uint64_t>(v)); };
        const auto first = static_cast<std::int64_t>(layout.arrays[array].first);
        const auto end = static_cast<std::int64_t>(layout.arrays[array].end);
        const auto here = static_cast<std::int64_t>(a);
        const Term too_low = terms.binary(Op::signed_less, index, number((first - here) / stride));
        const Term too_high = terms.binary(Op::signed_less, number((end - here) / stride), index);
        trap_if(at, where, terms.both(is_here, terms.either(too_low, too_high)));
    }
    const Term distance = terms.binary(Op::multiply, terms.low_bits(index, Coding::pointer_bits), pointer(stride));
    return terms.binary(Op::add, base, distance);
}

Term Expressions::per_cpu(Evaluation& at, const PerCpuAddress& node, Term condition)
{
    const Term base = value(at, node.base, condition);
    const Term cpu = wide(value(at, node.cpu, condition), type_of(node.cpu));
    const Term distance = terms.binary(Op::subtract, base, pointer(layout.per_cpu_first));
    trap_if(at, condition, terms.negation(terms.binary(Op::unsigned_less, distance, pointer(layout.per_cpu_stride))));
    trap_if(at, condition,
            terms.negation(terms.binary(Op::unsigned_less, cpu, terms.constant(wide_bits, program.cpus))));
    return terms.binary(
        Op::add, base,
        terms.binary(Op::multiply, terms.low_bits(cpu, Coding::pointer_bits), pointer(layout.per_cpu_stride)));
}

Term Expressions::load(Evaluation& at, const Load& node, const Type& type, Term condition)
{
    const Term address = value(at, node.address, condition);
    const SlotClass expected = slot_class(type);
    const auto [places, misses] = targets(address, &expected);
    trap_if(at, condition, misses);
    Term all = terms.constant(width(type), 0);
    bool is_first = true;
    for (const Target& place : places) {
        const std::uint32_t cell = layout.addresses[place.address].cell;
        const Term mark = at.state->marks[cell];
        if (mark.valid()) trap_if(at, condition, terms.both(place.condition, terms.negation(terms.is(mark, 0))));
        // The first needs no question: where the address is none of them, the load traps.
        all = is_first ? at.state->values[cell] : terms.choose(place.condition, at.state->values[cell], all);
        is_first = false;
    }
    return all;
}

Term Expressions::unary(Evaluation& at, const Unary& node, const Type& type, Term condition)
{
    const Term operand = value(at, node.operand, condition);
    if (node.op == UnaryOp::logical_not) return from_truth(terms.is(operand, 0), type);
    const Term v = wide(operand, type_of(node.operand));
    const Term zero = terms.constant(wide_bits, 0);
    return bring_into(type, node.op == UnaryOp::negate
                                ? terms.binary(Op::subtract, zero, v)
                                : terms.binary(Op::bit_xor, v, terms.constant(wide_bits, ~std::uint64_t{0})));
}

Term Expressions::compare(BinaryOp op, Term left, const Type& left_type, Term right, const Type& right_type)
{
    // Codes of one kind are in the order of what they stand for.
    bool is_signed_comparison = is_signed(left_type) || !is_integer(left_type);
    const bool is_alike = (is_integer(left_type) && is_integer(right_type) &&
                           is_signed(left_type) == is_signed(right_type) && width(left_type) == width(right_type)) ||
                          (is_time(left_type) && is_time(right_type)) ||
                          (is_address(left_type) && is_address(right_type));
    if (is_alike) {
        if (is_address(left_type)) is_signed_comparison = false;
    } else {
        left = wide(left, left_type);
        right = wide(right, right_type);
    }
    const Op less = is_signed_comparison ? Op::signed_less : Op::unsigned_less;
    switch (op) {
        case BinaryOp::equal:
            return terms.equal(left, right);
        case BinaryOp::not_equal:
            return terms.negation(terms.equal(left, right));
        case BinaryOp::less:
            return terms.binary(less, left, right);
        default:
            assert(op == BinaryOp::less_equal);
            return terms.negation(terms.binary(less, right, left));
    }
}

Term Expressions::binary(Evaluation& at, const Binary& node, const Type& type, Term condition)
{
    const Type& left_type = type_of(node.left);
    const Type& right_type = type_of(node.right);
    const Term left = value(at, node.left, condition);
    if (node.op == BinaryOp::logical_and || node.op == BinaryOp::logical_or) {
        const Term first = terms.negation(terms.is(left, 0));
        const bool is_and = node.op == BinaryOp::logical_and;
        const Term second = truth(at, node.right, terms.both(condition, is_and ? first : terms.negation(first)));
        return from_truth(is_and ? terms.both(first, second) : terms.either(first, second), type);
    }
    const Term right = value(at, node.right, condition);
    const auto is_comparison = [](BinaryOp op) {
        return op == BinaryOp::equal || op == BinaryOp::not_equal || op == BinaryOp::less || op == BinaryOp::less_equal;
    };
    if (is_comparison(node.op)) return from_truth(compare(node.op, left, left_type, right, right_type), type);

    // In the operands' own width where they and the result have the same, else in 64 bits.
    const bool is_signed_operand = is_signed(left_type) || !is_integer(left_type);
    const unsigned operand_bits = is_integer(left_type) ? bits_of(left_type) : wide_bits;
    const bool is_narrow = is_integer(left_type) && is_integer(right_type) && is_integer(type) &&
                           bits_of(right_type) == operand_bits && bits_of(type) == operand_bits &&
                           is_signed(right_type) == is_signed(left_type);
    const Term a = is_narrow ? left : wide(left, left_type);
    const Term b = is_narrow ? right : wide(right, right_type);
    const auto result = [&](Term v) { return is_narrow ? v : bring_into(type, v); };
    const auto shift = [&](Op op) {
        const Term limit = terms.constant(wide_bits, operand_bits);
        trap_if(at, condition, terms.negation(terms.binary(Op::unsigned_less, wide(right, right_type), limit)));
        return result(terms.binary(op, a, b));
    };
    const auto divide = [&](Op op) {
        trap_if(at, condition, terms.is(b, 0));
        return result(terms.binary(op, a, b));
    };
    switch (node.op) {
        case BinaryOp::add:
            return result(terms.binary(Op::add, a, b));
        case BinaryOp::subtract:
            return result(terms.binary(Op::subtract, a, b));
        case BinaryOp::multiply:
            return result(terms.binary(Op::multiply, a, b));
        case BinaryOp::divide:
            return divide(is_signed_operand ? Op::signed_divide : Op::unsigned_divide);
        case BinaryOp::remainder:
            return divide(is_signed_operand ? Op::signed_remainder : Op::unsigned_remainder);
        case BinaryOp::bit_and:
            return result(terms.binary(Op::bit_and, a, b));
        case BinaryOp::bit_or:
            return result(terms.binary(Op::bit_or, a, b));
        case BinaryOp::bit_xor:
            return result(terms.binary(Op::bit_xor, a, b));
        case BinaryOp::shift_left:
            return shift(Op::shift_left);
        case BinaryOp::shift_right:
            return shift(is_signed_operand ? Op::arithmetic_shift_right : Op::shift_right);
        case BinaryOp::slots_between:
            return result(terms.binary(Op::signed_divide, terms.binary(Op::subtract, a, b),
                                       terms.constant(wide_bits, node.stride)));
        default:
            assert(false);
            return a;
    }
}

Term Expressions::convert(Evaluation& at, const Convert& node, const Type& type, Term condition)
{
    const Type& from = type_of(node.operand);
    const Term v = value(at, node.operand, condition);
    if (is_integer(type) && bits_of(type) == 1) return from_truth(terms.negation(terms.is(v, 0)), type);
    if (is_address(type) && is_address(from)) return v;
    if (is_time(type) && is_time(from)) return v;
    const Term raw = wide(v, from);
    if (is_address(type) && is_integer(from)) {
        const auto number = [&](std::int64_t n) { return terms.constant(wide_bits, static_cast<std::uint64_t>(n)); };
        trap_if(at, condition,
                terms.either(terms.binary(Op::signed_less, raw, number(-(1 << 29))),
                             terms.negation(terms.binary(Op::signed_less, raw, number(1 << 29)))));
        constexpr std::uint64_t payload = (std::uint64_t{1} << Coding::payload_bits) - 1;
        const Term packed = terms.binary(
            Op::bit_or, terms.binary(Op::bit_and, terms.low_bits(raw, Coding::pointer_bits), pointer(payload)),
            pointer(Coding::packed_integer << Coding::payload_bits));
        return terms.choose(terms.is(raw, 0), pointer(0), packed);
    }
    if (is_integer(type) && is_address(from)) {
        const Term what = terms.binary(Op::shift_right, v, pointer(Coding::payload_bits));
        const Term number = terms.extend(terms.low_bits(v, Coding::payload_bits), wide_bits, true);
        return bring_into(type, terms.choose(terms.is(what, Coding::packed_integer), number, raw));
    }
    return bring_into(type, raw);
}

}  // namespace lockstep::smt
