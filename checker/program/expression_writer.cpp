#include "program/expression_writer.h"

#include "program/builder.h"
#include "program/member_path.h"
#include "program/visit.h"

#include <fmt/format.h>

#include <algorithm>

namespace lockstep::text {

using syntax::convert_precedence;
using syntax::primary_precedence;
using syntax::select_precedence;
using syntax::unary_precedence;

namespace {

// Only the types are needed; ids in it are ids in the Program.
Program with_types_of(const Program& program)
{
    Program scratch;
    scratch.types = program.types;
    return scratch;
}

std::string parenthesised(const std::string& text) { return '(' + text + ')'; }

}  // namespace

ExpressionWriter::ExpressionWriter(const Program& the_program, const TextNames& the_names)
    : program(the_program), names(the_names), scratch(with_types_of(the_program)), implied(scratch)
{
}

std::string ExpressionWriter::type(TypeId id) const
{
    return std::visit(
        Overloaded{
            [](const IntegerType& kind) { return fmt::format("{}{}", kind.is_signed ? 'i' : 'u', int{kind.bits}); },
            [&](const EnumType&) { return names.types[id]; },
            [&](const PointerType& kind) { return "ptr " + (kind.pointee.valid() ? type(kind.pointee) : "void"); },
            [](const FunctionPointerType&) { return std::string("fn"); },
            [](const TimeType&) { return std::string("time"); },
            [&](const StructType&) { return names.types[id]; },
            [&](const ArrayType& kind) {
                // u8[2][3] is two times three.
                std::string counts = fmt::format("[{}]", kind.count);
                TypeId element = kind.element;
                while (const auto* inner = std::get_if<ArrayType>(&scratch.types[element].kind)) {
                    counts += fmt::format("[{}]", inner->count);
                    element = inner->element;
                }
                const std::string text = type(element);
                return (is_pointer(scratch.types[element]) ? parenthesised(text) : text) + counts;
            },
        },
        scratch.types[id].kind);
}

std::string ExpressionWriter::value(ExpressionId id, TypeId expected) { return typed(id, expected).text; }

std::string ExpressionWriter::at_least(ExpressionId id, int precedence, TypeId expected)
{
    const Text text = typed(id, expected);
    return text.precedence < precedence ? parenthesised(text.text) : text.text;
}

// With its type where the reader would find another.
ExpressionWriter::Text ExpressionWriter::typed(ExpressionId id, TypeId expected)
{
    const TypeId own = type_of(id);
    if (same(implied_type(id, expected), own)) return untyped(id, expected, Typed::no);
    if (std::holds_alternative<Constant>(program.expressions[id].node))
        return {marked_constant(id), primary_precedence};
    return {fmt::format("({} : {})", untyped(id, own, Typed::yes).text, type(own)), primary_precedence};
}

TypeId ExpressionWriter::implied_type(ExpressionId id, TypeId expected)
{
    const Expression& expression = program.expressions[id];
    const TypeId own = expression.type;
    return std::visit(
        Overloaded{
            [&](const Constant& node) { return is_literal(id) ? implied.literal(node.value, expected) : own; },
            [&](const FunctionConstant&) { return implied.function(); },
            [&](const StringConstant&) { return implied.string(); },
            [&](const LocalValue& node) { return program.variables[node.variable].type; },
            [&](const Own& node) { return implied.own(node.what, expected); },
            [&](const AddressOf&) { return is_proper_place(id) ? own : build::void_pointer_type(scratch); },
            [&](const FieldAddress&) { return is_proper_place(id) ? own : build::void_pointer_type(scratch); },
            [&](const ElementAddress& node) { return is_proper_place(id) ? own : type_of(node.base); },
            [&](const PerCpuAddress& node) { return type_of(node.base); },
            [&](const Load& node) { return build::pointee_of(scratch, type_of(node.address)); },
            [&](const Unary& node) {
                const bool is_not = node.op == UnaryOp::logical_not;
                return is_not ? implied.truth(expected) : implied.promoted(type_of(node.operand));
            },
            [&](const Binary& node) {
                if (build::is_truth_value(node.op)) return implied.truth(expected);
                const bool difference = node.op == BinaryOp::slots_between;
                return difference ? implied.difference(implied.promoted(expected))
                                  : implied.promoted(type_of(node.left));
            },
            [&](const Convert&) { return own; },
            [&](const Select& node) { return type_of(node.if_true); },
        },
        expression.node);
}

// A constant with its type, whatever the context.
std::string ExpressionWriter::marked_constant(ExpressionId id)
{
    const std::int64_t value = std::get<Constant>(program.expressions[id].node).value;
    const TypeId own = type_of(id);
    if (std::holds_alternative<IntegerType>(scratch.types[own].kind)) return fmt::format("{}{}", value, type(own));
    return fmt::format("({} : {})", value, type(own));
}

bool ExpressionWriter::same(TypeId left, TypeId right) const { return same_type(scratch, left, right); }

// Written as a bare number when the context has its type.
bool ExpressionWriter::is_literal(ExpressionId id) const
{
    const auto* node = std::get_if<Constant>(&program.expressions[id].node);
    if (node == nullptr) return false;
    const auto* enumeration = std::get_if<EnumType>(&program.types[type_of(id)].kind);
    if (enumeration == nullptr) return true;
    return std::ranges::none_of(enumeration->enumerators, [&](const auto& e) { return e.second == node->value; });
}

// The first enumerator of that value, or the number.
std::string ExpressionWriter::constant_text(std::int64_t value, TypeId type) const
{
    if (const auto* enumeration = std::get_if<EnumType>(&scratch.types[type].kind)) {
        for (std::size_t i = 0; i < enumeration->enumerators.size(); ++i)
            if (enumeration->enumerators[i].second == value) return names.enumerators.at({type, i});
    }
    return fmt::format("{}", value);
}

ExpressionWriter::Text ExpressionWriter::untyped(ExpressionId id, TypeId expected, Typed typed)
{
    const Expression& expression = program.expressions[id];
    auto primary = [](std::string text) { return Text{std::move(text), primary_precedence}; };
    return std::visit(
        Overloaded{
            [&](const Constant& node) { return primary(constant_text(node.value, expression.type)); },
            [&](const FunctionConstant& node) { return primary(names.functions[node.function]); },
            [&](const StringConstant& node) { return primary(quoted(program.strings[node.string])); },
            [&](const LocalValue& node) { return primary(names.variables[node.variable]); },
            [&](const Own& node) {
                static constexpr std::array<std::string_view, 4> words = {"cpu", "task", "process", "argument"};
                return primary(fmt::format("own.{}", words[static_cast<std::size_t>(node.what)]));
            },
            [&](const Load& node) {
                return Text{place(node.address), is_proper_place(node.address) ? primary_precedence : unary_precedence};
            },
            [&](const Unary& node) { return unary(node, expected, typed); },
            [&](const Binary& node) { return binary(node, expected, typed); },
            [&](const Convert& node) {
                return Text{at_least(node.operand, convert_precedence) + " as " + type(expression.type),
                            convert_precedence};
            },
            [&](const Select& node) {
                const auto [if_true, if_false] = operands(node.if_true, node.if_false, expected, 1, 0);
                return Text{fmt::format("{} ? {} : {}", at_least(node.condition, 1), if_true, if_false),
                            select_precedence};
            },
            [&](const auto&) { return address(id, expected); },
        },
        expression.node);
}

// Two operands of which a literal takes the other's type (ExpressionReader::operands). A literal that could not be
// told from one that takes another type is written with its own.
std::pair<std::string, std::string> ExpressionWriter::operands(ExpressionId left, ExpressionId right, TypeId expected,
                                                               int left_level, int right_level)
{
    const bool same_types = same(type_of(left), type_of(right));
    if (is_literal(left) && !is_literal(right) && same_types)
        return {at_least(left, left_level, type_of(right)), at_least(right, right_level, expected)};
    const bool mark = is_literal(left) && !same_types;
    return {mark ? marked_constant(left) : at_least(left, left_level, expected),
            at_least(right, right_level, type_of(left))};
}

ExpressionWriter::Text ExpressionWriter::unary(const Unary& node, TypeId expected, Typed typed)
{
    if (node.op == UnaryOp::logical_not)
        expected = {};
    else if (typed == Typed::no)
        expected = implied.promoted(expected);
    std::string operand = at_least(node.operand, unary_precedence, expected);
    // -(1) is not the number -1.
    if (operand[0] == '-' || (operand[0] >= '0' && operand[0] <= '9')) operand = parenthesised(operand);
    return {std::string(syntax::sign_of(node.op)) + operand, unary_precedence};
}

ExpressionWriter::Text ExpressionWriter::binary(const Binary& node, TypeId expected, Typed typed)
{
    if (typed == Typed::no) expected = implied.promoted(expected);
    const syntax::BinaryOperator& sign = syntax::operator_of(node.op);
    const int level = sign.precedence;
    auto joined = [&](const std::string& left, const std::string& right) {
        return Text{fmt::format("{} {} {}", left, sign.sign, right), level};
    };
    switch (node.op) {
        case BinaryOp::logical_and:
        case BinaryOp::logical_or:
            return joined(at_least(node.left, level), at_least(node.right, level + 1));
        case BinaryOp::shift_left:
        case BinaryOp::shift_right:
            return joined(at_least(node.left, level, expected), at_least(node.right, level + 1, type_of(node.left)));
        case BinaryOp::slots_between:
            if (is_difference(node))
                return joined(at_least(node.left, level, expected), at_least(node.right, level + 1));
            return {fmt::format("between({}, {}, {})", value(node.left), value(node.right), node.stride),
                    primary_precedence};
        default:
            break;
    }
    const TypeId operand_type = build::is_truth_value(node.op) ? TypeId() : expected;
    const auto [left, right] = operands(node.left, node.right, operand_type, level, level + 1);
    return joined(left, right);
}

// ---- Addresses -----------------------------------------------------------------------------------------------------

// Of what a pointer points to; 0 for void.
std::uint32_t ExpressionWriter::slots_behind(ExpressionId pointer) const
{
    const TypeId pointee = build::pointee_of(scratch, type_of(pointer));
    return pointee.valid() ? scratch.types[pointee].slots : 0;
}

// p - q
bool ExpressionWriter::is_difference(const Binary& node) const
{
    return slots_behind(node.left) == node.stride && !is_literal(node.left);
}

// p + i
bool ExpressionWriter::is_sum(const ElementAddress& node) const
{
    return node.count == 0 && slots_behind(node.base) == node.stride && !is_literal(node.base);
}

ExpressionWriter::Text ExpressionWriter::address(ExpressionId id, TypeId expected)
{
    const Expression& expression = program.expressions[id];
    if (is_proper_place(id)) return {fmt::format("&{}", proper_place(id)), unary_precedence};
    return std::visit(
        Overloaded{
            [&](const AddressOf& node) {
                return Text{fmt::format("slot({}, {})", names.variables[node.variable], node.offset),
                            primary_precedence};
            },
            [&](const FieldAddress& node) {
                return Text{fmt::format("field({}, {})", value(node.base), node.offset), primary_precedence};
            },
            [&](const ElementAddress& node) {
                const int level = syntax::operator_of(BinaryOp::add).precedence;
                if (is_sum(node))
                    return Text{at_least(node.base, level, expected) + " + " + at_least(node.index, level + 1), level};
                return Text{fmt::format("element({}, {}, {}, {})", value(node.base), value(node.index), node.stride,
                                        node.count),
                            primary_precedence};
            },
            [&](const PerCpuAddress& node) {
                return Text{fmt::format("&per_cpu({}, {})", place(node.base), value(node.cpu)), unary_precedence};
            },
            [&](const auto&) { return Text{}; },
        },
        expression.node);
}

std::string ExpressionWriter::place(ExpressionId address)
{
    if (is_proper_place(address)) return proper_place(address);
    return fmt::format("*{}", at_least(address, unary_precedence));
}

bool ExpressionWriter::is_proper_place(ExpressionId address) const
{
    const Expression& expression = program.expressions[address];
    const auto* type = std::get_if<PointerType>(&scratch.types[expression.type].kind);
    if (type == nullptr) return false;
    const TypeId part = type->pointee;
    return std::visit(Overloaded{
                          [&](const PerCpuAddress& node) { return same(type_of(node.base), expression.type); },
                          [&](const AddressOf& node) { return variable_place(node, part).has_value(); },
                          [&](const FieldAddress& node) { return member_name(node, part).has_value(); },
                          [&](const ElementAddress& node) { return is_element_of_array(node, part); },
                          [](const auto&) { return false; },
                      },
                      expression.node);
}

std::string ExpressionWriter::proper_place(ExpressionId address)
{
    const Expression& expression = program.expressions[address];
    const TypeId part = build::pointee_of(scratch, expression.type);
    auto folds = [&](ExpressionId base) { return std::holds_alternative<AddressOf>(program.expressions[base].node); };
    return std::visit(Overloaded{
                          [&](const PerCpuAddress& node) {
                              return fmt::format("per_cpu({}, {})", place(node.base), value(node.cpu));
                          },
                          [&](const AddressOf& node) { return *variable_place(node, part); },
                          [&](const FieldAddress& node) {
                              const std::string name = *member_name(node, part);
                              // A member of a variable would become part of the variable's address.
                              if (is_proper_place(node.base) && !folds(node.base))
                                  return proper_place(node.base) + '.' + name;
                              return at_least(node.base, primary_precedence) + "->" + name;
                          },
                          [&](const ElementAddress& node) {
                              // So would a bare number.
                              const bool mark = folds(node.base) && is_literal(node.index);
                              const std::string index = mark ? marked_constant(node.index) : value(node.index);
                              const bool proper = is_proper_place(node.base);
                              return (proper ? proper_place(node.base) : parenthesised(place(node.base))) + '[' +
                                     index + ']';
                          },
                          [](const auto&) { return std::string(); },
                      },
                      expression.node);
}

std::optional<std::string> ExpressionWriter::variable_place(const AddressOf& node, TypeId part) const
{
    TypeId whole = program.variables[node.variable].type;
    if (!part.valid()) return std::nullopt;
    const auto path = member_path(scratch, whole, node.offset, part);
    if (!path) return std::nullopt;
    std::string text = names.variables[node.variable];
    for (const PathStep& step : *path) {
        if (step.kind == PathStep::Kind::element) {
            text += fmt::format("[{}]", step.index);
        } else {
            const auto name = field_name(whole, step.index);
            if (!name) return std::nullopt;
            text += '.' + *name;
        }
        whole = step.type;
    }
    return text;
}

// Of a field that can be written and is found by its name.
std::optional<std::string> ExpressionWriter::field_name(TypeId record, std::uint32_t index) const
{
    const auto& fields = std::get<StructType>(scratch.types[record].kind).fields;
    const std::string& name = fields[index].name;
    const auto first = std::ranges::find(fields, name, &Field::name);
    if (!syntax::is_identifier(name) || first != fields.begin() + index) return std::nullopt;
    return name;
}

std::optional<std::string> ExpressionWriter::member_name(const FieldAddress& node, TypeId part) const
{
    const TypeId whole = build::pointee_of(scratch, type_of(node.base));
    const auto* record = whole.valid() ? std::get_if<StructType>(&scratch.types[whole].kind) : nullptr;
    if (record == nullptr || node.offset < 0 || !part.valid()) return std::nullopt;
    for (std::uint32_t i = 0; i < record->fields.size(); ++i) {
        const Field& field = record->fields[i];
        if (field.offset != static_cast<std::uint32_t>(node.offset) || !same(field.type, part)) continue;
        if (const auto name = field_name(whole, i)) return name;
    }
    return std::nullopt;
}

bool ExpressionWriter::is_element_of_array(const ElementAddress& node, TypeId part) const
{
    const TypeId whole = build::pointee_of(scratch, type_of(node.base));
    const auto* array = whole.valid() ? std::get_if<ArrayType>(&scratch.types[whole].kind) : nullptr;
    return array != nullptr && array->count == node.count && same(array->element, part) &&
           scratch.types[array->element].slots == node.stride;
}

}  // namespace lockstep::text
