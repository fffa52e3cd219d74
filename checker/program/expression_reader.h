// Reads expressions of the textual form, in two steps: text to a syntax tree, and that to nodes of the Program, whose
// types follow from the operands or from the context (syntax.h). The grammar is at the head of parser.cpp.
#pragma once

#include "program/syntax.h"
#include "program/text_scope.h"

#include <vector>

namespace lockstep::text {

/// Deeper expressions are refused, so that nothing that walks over them runs out of stack.
inline constexpr std::uint32_t max_expression_depth = 160;
inline constexpr std::uint32_t max_syntax_depth = 500;

class ExpressionReader {
public:
    ExpressionReader(TokenStream& the_tokens, Program& the_program, const Scope& the_scope)
        : tokens(the_tokens), program(the_program), scope(the_scope), implied(the_program)
    {
    }

    /// A value. `expected` is the type that literals take; an integer of another type is converted to it if `convert`.
    enum class Conversion : std::uint8_t { none, to_expected };
    ExpressionId read_value(TypeId expected = {}, Conversion conversion = Conversion::none);

    /// The left side of an assignment: a local that is not in memory, or the address of what is assigned to.
    struct Target {
        VariableId variable;  // none: in memory
        ExpressionId address;
        TypeId type;  // of what is assigned to; none: void
    };
    Target read_target();

    /// Where an expression was read; for messages about nodes.
    [[nodiscard]] Token place_of(ExpressionId expression) const;

private:
    using NodeIndex = std::uint32_t;
    struct Node {
        enum class Kind : std::uint8_t {
            number,
            name,
            text,
            own,
            null,
            never,
            unary,
            binary,
            select,
            convert,
            typed,
            index,
            member,
            arrow,
            dereference,
            address_of,
            per_cpu,
            slot,
            field,
            element,
            between,
        } kind = Kind::number;
        Token where = {};
        std::string name = {};
        std::int64_t value = 0;
        TypeId type = {};
        UnaryOp unary = UnaryOp::negate;
        BinaryOp binary = BinaryOp::add;
        std::vector<NodeIndex> children = {};
        std::uint32_t depth = 1;
    };

    TokenStream& tokens;
    Program& program;
    const Scope& scope;
    syntax::ImpliedTypes implied;
    std::vector<Node> nodes;  // of the expression being read
    std::uint32_t nesting = 0;
    std::vector<Token> places;          // by ExpressionId
    std::vector<std::uint32_t> depths;  // by ExpressionId

    // Text to syntax tree.
    NodeIndex add(Node node);
    NodeIndex parse_select();
    NodeIndex parse_binary(int weakest);
    NodeIndex parse_convert();
    NodeIndex parse_unary();
    NodeIndex parse_suffixes(NodeIndex base);
    NodeIndex parse_primary();
    NodeIndex parse_number();
    NodeIndex parse_call(Node node);
    NodeIndex parse_parenthesis();
    NodeIndex parse_own();

    // Syntax tree to nodes of the Program.
    ExpressionId add(Expression expression, const Token& where);
    /// Whether an operator computes in i32 at least, as C does, or in just the types that its operands have.
    enum class Width : std::uint8_t { promoted, as_it_is };
    ExpressionId value(NodeIndex index, TypeId expected, Width width = Width::promoted);
    ExpressionId literal(const Node& node, std::int64_t number, TypeId expected);
    ExpressionId name_value(const Node& node, TypeId expected);
    ExpressionId unary(const Node& node, TypeId expected, Width width);
    ExpressionId binary(const Node& node, TypeId expected, Width width);
    ExpressionId arithmetic(const Node& node, TypeId expected, Width width);
    ExpressionId promote(ExpressionId id, Width width, const Token& where);
    ExpressionId literal_beside(NodeIndex index, TypeId other);
    ExpressionId right_operand(NodeIndex index, TypeId left, Width width);
    ExpressionId pointer_arithmetic(const Node& node, ExpressionId pointer, TypeId expected);
    ExpressionId select(const Node& node, TypeId expected);
    ExpressionId typed(const Node& node);
    ExpressionId element(const Node& node);
    ExpressionId load(ExpressionId address, TypeId type, const Token& where);
    ExpressionId place(NodeIndex index);
    ExpressionId variable_address(const Node& node);
    ExpressionId index_address(const Node& node);
    ExpressionId member_address(const Node& node);
    ExpressionId part_address(ExpressionId base, std::uint32_t offset, TypeId part, const Token& where);
    ExpressionId raw_slot(const Node& node);
    std::pair<ExpressionId, ExpressionId> operands(const Node& node, TypeId expected, Width width);
    std::pair<ExpressionId, ExpressionId> widened(ExpressionId left, ExpressionId right, const Token& where);
    ExpressionId pointer_value(NodeIndex index, TypeId expected = {});

    [[nodiscard]] bool is_literal(NodeIndex index) const;
    [[nodiscard]] bool is_place(NodeIndex index) const;
    [[nodiscard]] const Symbol& symbol(const Node& node) const;
    [[nodiscard]] VariableId register_named(NodeIndex index) const;
    [[nodiscard]] std::optional<std::int64_t> number_of(NodeIndex index) const;
    [[nodiscard]] TypeId type_of(ExpressionId id) const { return program.expressions[id].type; }
    [[nodiscard]] bool fits(TypeId left, TypeId right) const;
};

}  // namespace lockstep::text
