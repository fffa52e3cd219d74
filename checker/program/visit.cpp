#include "program/visit.h"

namespace lockstep {

VariableId variable_of(const Expression& expression)
{
    if (const auto* local = std::get_if<LocalValue>(&expression.node)) return local->variable;
    if (const auto* address = std::get_if<AddressOf>(&expression.node)) return address->variable;
    return {};
}

VariableId variable_of(const Statement& statement)
{
    return std::visit(Overloaded{
                          [](const AssignLocal& node) { return node.variable; },
                          [](const Undefine& node) { return node.variable; },
                          [](const Kill& node) { return node.variable; },
                          [](const auto&) { return VariableId(); },
                      },
                      statement);
}

std::vector<ExpressionId> expressions_of(const Statement& statement)
{
    auto report = [](const Report& node) {
        std::vector<ExpressionId> all = node.arguments;
        if (node.cpu.valid()) all.push_back(node.cpu);
        if (node.task.valid()) all.push_back(node.task);
        return all;
    };
    return std::visit(Overloaded{
                          [](const AssignLocal& node) { return std::vector{node.value}; },
                          [](const Store& node) { return std::vector{node.address, node.value}; },
                          [](const Copy& node) { return std::vector{node.destination, node.source}; },
                          [](const Invalidate& node) { return std::vector{node.address}; },
                          report,
                          [](const auto&) { return std::vector<ExpressionId>{}; },
                      },
                      statement);
}

std::vector<ExpressionId> expressions_of(const Transition& transition)
{
    std::vector<ExpressionId> all;
    if (transition.choice) all = {transition.choice->low, transition.choice->high};
    if (transition.guard.valid()) all.push_back(transition.guard);
    for (const Statement& statement : transition.effect)
        for (ExpressionId id : expressions_of(statement)) all.push_back(id);
    return all;
}

}  // namespace lockstep
