// What the textual form's reader and writer have to agree on: reserved words, operators and which type an expression
// has where the text does not say it.
//
// A type that the text leaves out is found from the operands, or, for literals, from the context. The parser gives an
// expression the type that the functions here say; the printer writes the type down where the node's own differs. So a
// Program written down and read again is the same.
#pragma once

#include "program/program.h"

#include <array>
#include <optional>
#include <string_view>

namespace lockstep::syntax {

/// Words that no variable, function, enumerator or location may be called.
bool is_reserved(std::string_view word);
/// Words that are types: bool, ptr, u8 ...
bool is_type_word(std::string_view word);
bool is_identifier(std::string_view text);

/// The type of "u8", "i32", "bool".
std::optional<IntegerType> integer_type_named(std::string_view word);

// Precedences, as in C; `as` binds tighter than all binary operators.
inline constexpr int select_precedence = 0;
inline constexpr int weakest_binary = 1;
inline constexpr int convert_precedence = 11;
inline constexpr int unary_precedence = 12;
inline constexpr int primary_precedence = 13;

struct BinaryOperator {
    std::string_view sign;
    int precedence;
    BinaryOp op;
    bool swapped = false;  // a > b is b < a
};
inline constexpr std::array<BinaryOperator, 18> binary_operators = {{
    {"||", 1, BinaryOp::logical_or},
    {"&&", 2, BinaryOp::logical_and},
    {"|", 3, BinaryOp::bit_or},
    {"^", 4, BinaryOp::bit_xor},
    {"&", 5, BinaryOp::bit_and},
    {"==", 6, BinaryOp::equal},
    {"!=", 6, BinaryOp::not_equal},
    {"<", 7, BinaryOp::less},
    {"<=", 7, BinaryOp::less_equal},
    {">", 7, BinaryOp::less, true},
    {">=", 7, BinaryOp::less_equal, true},
    {"<<", 8, BinaryOp::shift_left},
    {">>", 8, BinaryOp::shift_right},
    {"+", 9, BinaryOp::add},
    {"-", 9, BinaryOp::subtract},
    {"*", 10, BinaryOp::multiply},
    {"/", 10, BinaryOp::divide},
    {"%", 10, BinaryOp::remainder},
}};
/// The operator of a node; slots_between is written "-".
const BinaryOperator& operator_of(BinaryOp op);
std::string_view sign_of(UnaryOp op);

/// In the order of ProcessKind.
inline constexpr std::array<std::string_view, 6> process_kinds = {"task",      "interrupt", "nmi",
                                                                  "exit_hook", "clock",     "plain"};

/// Finds types as the text implies them; adds those that the Program does not have yet.
class ImpliedTypes {
public:
    explicit ImpliedTypes(Program& the_program) : program(the_program) {}

    /// Of a number: what the context expects, if that is a scalar; otherwise i32, or i64 where i32 is too narrow.
    TypeId literal(std::int64_t value, TypeId expected);
    /// Of comparisons, && || and !: the integer type that is expected, or i32.
    TypeId truth(TypeId expected);
    /// Of own.cpu and the like.
    TypeId own(Own::What what, TypeId expected);
    /// What C computes in: i32 for integers narrower than that.
    TypeId promoted(TypeId type);
    /// Of pointer - pointer.
    TypeId difference(TypeId expected);
    TypeId string();
    TypeId function();

private:
    Program& program;

    [[nodiscard]] bool is_integer_type(TypeId type) const;
    TypeId expected_integer_or(TypeId expected, std::uint8_t bits);
};

}  // namespace lockstep::syntax
