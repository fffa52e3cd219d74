// Writes expressions in the textual form, such that the reader makes the same nodes with the same types of them.
#pragma once

#include "program/syntax.h"
#include "program/text_names.h"

#include <optional>
#include <string>

namespace lockstep::text {

class ExpressionWriter {
public:
    ExpressionWriter(const Program& the_program, const TextNames& the_names);

    /// `expected` as in ExpressionReader::read_value.
    std::string value(ExpressionId id, TypeId expected = {});
    /// The place that an address leads to, for the left side of an assignment: flag[i], *p
    std::string place(ExpressionId address);
    std::string type(TypeId id) const;

private:
    struct Text {
        std::string text;
        int precedence;
    };

    const Program& program;
    const TextNames& names;
    Program scratch;  // the Program's types, and others that a text may imply
    syntax::ImpliedTypes implied;

    std::string at_least(ExpressionId id, int precedence, TypeId expected = {});
    Text typed(ExpressionId id, TypeId expected);
    /// Whether the type is written behind it; then operators compute in just the types of their operands.
    enum class Typed : std::uint8_t { no, yes };
    Text untyped(ExpressionId id, TypeId expected, Typed typed);
    /// The type that the reader finds for what untyped() writes.
    TypeId implied_type(ExpressionId id, TypeId expected);
    std::string constant_text(std::int64_t value, TypeId type) const;
    std::string marked_constant(ExpressionId id);
    Text unary(const Unary& node, TypeId expected, Typed typed);
    Text binary(const Binary& node, TypeId expected, Typed typed);
    Text address(ExpressionId id, TypeId expected);
    std::pair<std::string, std::string> operands(ExpressionId left, ExpressionId right, TypeId expected, int left_level,
                                                 int right_level);
    /// Whether there is a place whose address the reader builds with just this node and its type.
    [[nodiscard]] bool is_proper_place(ExpressionId address) const;
    std::string proper_place(ExpressionId address);
    [[nodiscard]] std::optional<std::string> variable_place(const AddressOf& node, TypeId part) const;
    [[nodiscard]] std::optional<std::string> member_name(const FieldAddress& node, TypeId part) const;
    [[nodiscard]] bool is_element_of_array(const ElementAddress& node, TypeId part) const;
    [[nodiscard]] bool is_sum(const ElementAddress& node) const;
    [[nodiscard]] bool is_difference(const Binary& node) const;
    [[nodiscard]] std::uint32_t slots_behind(ExpressionId pointer) const;
    [[nodiscard]] bool is_literal(ExpressionId id) const;
    [[nodiscard]] bool same(TypeId left, TypeId right) const;
    [[nodiscard]] TypeId type_of(ExpressionId id) const { return program.expressions[id].type; }
    [[nodiscard]] std::optional<std::string> field_name(TypeId record, std::uint32_t index) const;
};

}  // namespace lockstep::text
