// Walking over the parts of a Program: what an expression is made of, what a statement or a transition evaluates.
#pragma once

#include "program/program.h"

#include <array>
#include <span>

namespace lockstep {

/// std::visit(Overloaded{[](const A&) {...}, [](const B&) {...}}, variant)
template <typename... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};
template <typename... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

/// The operands of an expression, in order; at most three.
class Operands {
public:
    Operands() = default;
    Operands(std::initializer_list<ExpressionId> ids)
    {
        for (ExpressionId id : ids) items[count++] = id;
    }
    [[nodiscard]] const ExpressionId* begin() const { return items.data(); }
    [[nodiscard]] const ExpressionId* end() const { return items.data() + count; }
    [[nodiscard]] std::size_t size() const { return count; }

private:
    std::array<ExpressionId, 3> items;
    std::size_t count = 0;
};
inline Operands operands_of(const Expression& expression)
{
    const auto& node = expression.node;
    if (const auto* load = std::get_if<Load>(&node)) return {load->address};
    if (const auto* field = std::get_if<FieldAddress>(&node)) return {field->base};
    if (const auto* element = std::get_if<ElementAddress>(&node)) return {element->base, element->index};
    if (const auto* per_cpu = std::get_if<PerCpuAddress>(&node)) return {per_cpu->base, per_cpu->cpu};
    if (const auto* unary = std::get_if<Unary>(&node)) return {unary->operand};
    if (const auto* binary = std::get_if<Binary>(&node)) return {binary->left, binary->right};
    if (const auto* convert = std::get_if<Convert>(&node)) return {convert->operand};
    if (const auto* select = std::get_if<Select>(&node)) return {select->condition, select->if_true, select->if_false};
    return {};
}

/// The variable that an expression names (LocalValue, AddressOf); none for the others.
VariableId variable_of(const Expression& expression);
/// The variable that a statement names (AssignLocal, Undefine, Kill); none for the others.
VariableId variable_of(const Statement& statement);

/// The expressions that a statement evaluates, without their operands; absent ones are left out.
std::vector<ExpressionId> expressions_of(const Statement& statement);
/// The same for a transition, in order of evaluation: choice bounds, guard, effect.
std::vector<ExpressionId> expressions_of(const Transition& transition);

/// Calls `visit` for the expression and everything below it, operands first. An expression that is reached on several
/// ways is visited once for each.
template <typename Visit>
void for_each_expression(const Program& program, ExpressionId root, const Visit& visit)
{
    for (ExpressionId operand : operands_of(program.expressions[root])) for_each_expression(program, operand, visit);
    visit(root);
}

}  // namespace lockstep
