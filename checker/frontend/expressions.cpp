#include "frontend/expressions.h"

#include "program/visit.h"

namespace lockstep::frontend {

Expressions::Expressions(Program& the_program)
    : program(the_program),
      int_type(build::int_type(program)),
      bool_type(build::bool_type(program)),
      long_type(build::integer_type(program, 64, true)),
      unsigned_long_type(build::integer_type(program, 64, false)),
      time_type(build::time_type(program)),
      void_pointer_type(build::void_pointer_type(program))
{
}

bool Expressions::is_time(ExpressionId e) const { return std::holds_alternative<TimeType>(type(e).kind); }

std::optional<std::int64_t> Expressions::constant_value(ExpressionId e) const
{
    if (const auto* constant = std::get_if<Constant>(&program.expressions[e].node)) return constant->value;
    return std::nullopt;
}

ExpressionId Expressions::local(VariableId variable) { return build::local_value(program, variable); }

ExpressionId Expressions::load(ExpressionId address, TypeId type) { return add({Load{address}, type}); }

ExpressionId Expressions::retyped(ExpressionId e, TypeId type)
{
    Expression copy = program.expressions[e];
    copy.type = type;
    return add(copy);
}

bool Expressions::is_truth_value(ExpressionId e) const
{
    const Expression& expression = program.expressions[e];
    if (const auto* binary = std::get_if<Binary>(&expression.node)) return build::is_truth_value(binary->op);
    if (const auto* unary = std::get_if<Unary>(&expression.node)) return unary->op == UnaryOp::logical_not;
    return is_integer(program.types[expression.type]) && bits_of(program.types[expression.type]) == 1 &&
           !is_signed(program.types[expression.type]);
}

ExpressionId Expressions::convert(ExpressionId value, TypeId to)
{
    const TypeId from = type_of(value);
    if (from == to) return value;
    const Type& target = program.types[to];
    const Type& source = program.types[from];
    const auto constant_here = constant_value(value);
    if (is_integer(target) && bits_of(target) == 1 && !is_signed(target)) {
        if (constant_here) return constant(*constant_here != 0, to);
        const ExpressionId truth_value = truth(value);
        const Expression& node = program.expressions[truth_value];
        const bool can_retype = std::holds_alternative<Binary>(node.node) || std::holds_alternative<Unary>(node.node);
        if (type_of(truth_value) == to) return truth_value;
        return can_retype ? retyped(truth_value, to) : add({Convert{value}, to});
    }
    if (is_integer(target) && is_integer(source)) {
        if (constant_here) return constant(*constant_here, to);
        const Expression& node = program.expressions[value];
        const auto* binary = std::get_if<Binary>(&node.node);
        const auto* unary = std::get_if<Unary>(&node.node);
        if ((binary != nullptr && build::is_truth_value(binary->op)) ||
            (unary != nullptr && unary->op == UnaryOp::logical_not))
            return retyped(value, to);
        // Back to where it came from, by way of something wider.
        if (const auto* before = std::get_if<Convert>(&node.node)) {
            const Type& origin = program.types[type_of(before->operand)];
            if (is_integer(origin) && type_of(before->operand) == to && bits_of(origin) <= bits_of(source))
                return before->operand;
        }
    }
    if (is_pointer(target) && is_pointer(source)) {
        const Expression node = program.expressions[value];
        if (const auto* before = std::get_if<Convert>(&node.node))
            if (is_pointer(program.types[type_of(before->operand)])) return convert(before->operand, to);
        if (std::holds_alternative<FieldAddress>(node.node) || constant_here ||
            std::holds_alternative<PerCpuAddress>(node.node) || std::holds_alternative<StringConstant>(node.node))
            return retyped(value, to);
    }
    if (constant_here && *constant_here == 0 && !std::holds_alternative<TimeType>(target.kind)) return constant(0, to);
    if (std::holds_alternative<FunctionConstant>(program.expressions[value].node) && !is_integer(target))
        return retyped(value, to);
    return add({Convert{value}, to});
}

ExpressionId Expressions::truth(ExpressionId value)
{
    if (const auto constant_here = constant_value(value)) return constant(*constant_here != 0, int_type);
    if (is_truth_value(value)) {
        const auto& truth_node = program.expressions[value].node;
        const bool is_operator =
            std::holds_alternative<Binary>(truth_node) || std::holds_alternative<Unary>(truth_node);
        return is_operator && type_of(value) != int_type ? retyped(value, int_type) : value;
    }
    const Expression& node = program.expressions[value];
    if (std::holds_alternative<FunctionConstant>(node.node)) return constant(1, int_type);
    if (const auto* widened = std::get_if<Convert>(&node.node)) {
        const Type& inner = type(widened->operand);
        if (is_integer(inner) && is_integer(type(value)) && bits_of(inner) <= bits_of(type(value)))
            return truth(widened->operand);
    }
    return binary(BinaryOp::not_equal, value, constant(0, type_of(value)), int_type);
}

ExpressionId Expressions::negation(ExpressionId value)
{
    const ExpressionId true_value = truth(value);
    if (const auto constant_here = constant_value(true_value)) return constant(*constant_here == 0, int_type);
    const Expression node = program.expressions[true_value];
    if (const auto* binary_node = std::get_if<Binary>(&node.node)) {
        const ExpressionId left = binary_node->left;
        const ExpressionId right = binary_node->right;
        switch (binary_node->op) {
            case BinaryOp::equal:
                return binary(BinaryOp::not_equal, left, right, int_type);
            case BinaryOp::not_equal:
                return binary(BinaryOp::equal, left, right, int_type);
            case BinaryOp::less:
                return binary(BinaryOp::less_equal, right, left, int_type);
            case BinaryOp::less_equal:
                return binary(BinaryOp::less, right, left, int_type);
            default:
                break;
        }
    }
    if (const auto* unary_node = std::get_if<Unary>(&node.node); unary_node != nullptr)
        if (unary_node->op == UnaryOp::logical_not) return truth(unary_node->operand);
    return add({Unary{UnaryOp::logical_not, true_value}, int_type});
}

ExpressionId Expressions::unary(UnaryOp op, ExpressionId operand, TypeId type)
{
    if (op == UnaryOp::logical_not) return convert(negation(operand), type);
    if (const auto value = constant_value(operand))
        return constant(
            op == UnaryOp::negate ? static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(*value)) : ~*value, type);
    return add({Unary{op, operand}, type});
}

std::optional<ExpressionId> Expressions::fold(BinaryOp op, ExpressionId left, ExpressionId right, TypeId type)
{
    if (op == BinaryOp::logical_and || op == BinaryOp::logical_or) {
        const auto value = constant_value(left);
        const bool decides = op == BinaryOp::logical_or;
        if (value) return (*value != 0) == decides ? constant(decides, type) : convert(truth(right), type);
        return std::nullopt;
    }
    const auto a = constant_value(left);
    const auto b = constant_value(right);
    if (!a || !b || !is_integer(program.types[type_of(left)])) return std::nullopt;
    const auto ua = static_cast<std::uint64_t>(*a);
    const auto ub = static_cast<std::uint64_t>(*b);
    const bool with_sign = is_signed(program.types[type_of(left)]);
    const auto number = [&](std::uint64_t value) { return constant(static_cast<std::int64_t>(value), type); };
    switch (op) {
        case BinaryOp::add:
            return number(ua + ub);
        case BinaryOp::subtract:
            return number(ua - ub);
        case BinaryOp::multiply:
            return number(ua * ub);
        case BinaryOp::bit_and:
            return number(ua & ub);
        case BinaryOp::bit_or:
            return number(ua | ub);
        case BinaryOp::bit_xor:
            return number(ua ^ ub);
        case BinaryOp::equal:
            return number(ua == ub ? 1 : 0);
        case BinaryOp::not_equal:
            return number(ua != ub ? 1 : 0);
        case BinaryOp::less:
            return number((with_sign ? *a < *b : ua < ub) ? 1 : 0);
        case BinaryOp::less_equal:
            return number((with_sign ? *a <= *b : ua <= ub) ? 1 : 0);
        default:
            return std::nullopt;  // may trap: left to the evaluator
    }
}

// `(unsigned)state == 2` where state is of an enum: compared as the enum, so that the enumerator's name is shown.
bool Expressions::as_enumerator(ExpressionId& left, ExpressionId& right)
{
    const auto* widened = std::get_if<Convert>(&program.expressions[left].node);
    const auto value = constant_value(right);
    if (widened == nullptr || !value) return false;
    const TypeId enum_type = type_of(widened->operand);
    const Type& inner = program.types[enum_type];
    if (!std::holds_alternative<EnumType>(inner.kind) || bits_of(inner) != bits_of(type(left))) return false;
    const ExpressionId operand = widened->operand;
    right = constant(*value, enum_type);
    left = operand;
    return true;
}

ExpressionId Expressions::binary(BinaryOp op, ExpressionId left, ExpressionId right, TypeId type)
{
    if (const auto folded = fold(op, left, right, type)) return *folded;
    if (op == BinaryOp::equal || op == BinaryOp::not_equal) {
        if (!as_enumerator(left, right)) as_enumerator(right, left);
        const auto zero = constant_value(right);
        if (zero && *zero == 0 && is_truth_value(left)) {
            return convert(op == BinaryOp::equal ? negation(left) : left, type);
        }
    }
    return add({Binary{op, left, right, 1}, type});
}

ExpressionId Expressions::field(ExpressionId base, std::int32_t offset, TypeId pointer_type)
{
    const Expression node = program.expressions[base];
    if (const auto* address = std::get_if<AddressOf>(&node.node)) {
        const std::int64_t sum = std::int64_t{address->offset} + offset;
        if (sum >= 0 && sum < program.types[program.variables[address->variable].type].slots)
            return add({AddressOf{address->variable, static_cast<std::uint32_t>(sum)}, pointer_type});
    }
    if (const auto* inner = std::get_if<FieldAddress>(&node.node))
        return add({FieldAddress{inner->base, inner->offset + offset}, pointer_type});
    return add({FieldAddress{base, offset}, pointer_type});
}

ExpressionId Expressions::address(ExpressionId address, TypeId pointer_type)
{
    if (type_of(address) == pointer_type) return address;
    const auto& node = program.expressions[address].node;
    if (std::holds_alternative<AddressOf>(node) || std::holds_alternative<FieldAddress>(node) ||
        std::holds_alternative<ElementAddress>(node) || std::holds_alternative<PerCpuAddress>(node))
        return retyped(address, pointer_type);
    return convert(address, pointer_type);
}

ExpressionId Expressions::element(ExpressionId base, ExpressionId index, std::uint32_t stride, std::uint32_t count,
                                  TypeId pointer_type)
{
    const Expression node = program.expressions[base];
    const auto* address = std::get_if<AddressOf>(&node.node);
    const auto at = constant_value(index);
    if (address != nullptr && at && count > 0 && *at >= 0 && *at < count) {
        const auto offset = address->offset + static_cast<std::uint32_t>(*at) * stride;
        return add({AddressOf{address->variable, offset}, pointer_type});
    }
    return add({ElementAddress{base, index, stride, count}, pointer_type});
}

bool Expressions::reads_memory(ExpressionId e)
{
    if (reads.size() < program.expressions.size()) reads.resize(program.expressions.size(), -1);
    if (reads[e.index] >= 0) return reads[e.index] != 0;
    bool result = std::holds_alternative<Load>(program.expressions[e].node);
    for (ExpressionId operand : operands_of(program.expressions[e])) result = result || reads_memory(operand);
    reads[e.index] = result ? 1 : 0;
    return result;
}

bool Expressions::mentions(ExpressionId e, VariableId variable) const
{
    if (const auto* local = std::get_if<LocalValue>(&program.expressions[e].node)) return local->variable == variable;
    for (ExpressionId operand : operands_of(program.expressions[e]))
        if (mentions(operand, variable)) return true;
    return false;
}

bool Expressions::is_fixed(ExpressionId e) const
{
    const auto& node = program.expressions[e].node;
    if (const auto* converted = std::get_if<Convert>(&node)) return is_fixed(converted->operand);
    if (const auto* field = std::get_if<FieldAddress>(&node)) {
        const auto& base = program.expressions[field->base].node;
        return std::holds_alternative<AddressOf>(base) || std::holds_alternative<LocalValue>(base);
    }
    if (const auto* per_cpu = std::get_if<PerCpuAddress>(&node)) {
        const auto& cpu = program.expressions[per_cpu->cpu].node;
        return is_fixed(per_cpu->base) &&
               (std::holds_alternative<Constant>(cpu) || std::holds_alternative<LocalValue>(cpu));
    }
    const auto* own = std::get_if<Own>(&node);
    if (own != nullptr) return own->what == Own::What::argument || own->what == Own::What::process;
    return std::holds_alternative<Constant>(node) || std::holds_alternative<FunctionConstant>(node) ||
           std::holds_alternative<StringConstant>(node) || std::holds_alternative<LocalValue>(node) ||
           std::holds_alternative<AddressOf>(node);
}

}  // namespace lockstep::frontend
