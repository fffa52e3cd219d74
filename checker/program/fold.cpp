#include "program/fold.h"

namespace lockstep {

namespace {

std::uint64_t u(std::int64_t v) { return static_cast<std::uint64_t>(v); }
std::int64_t s(std::uint64_t v) { return static_cast<std::int64_t>(v); }

}  // namespace

std::optional<std::int64_t> fold(BinaryOp op, std::int64_t left, std::int64_t right, const Type& operands)
{
    const bool is_signed_operand = is_signed(operands) || !is_integer(operands);
    const std::uint64_t width = is_integer(operands) ? bits_of(operands) : 64;
    switch (op) {
        case BinaryOp::add:
            return s(u(left) + u(right));
        case BinaryOp::subtract:
            return s(u(left) - u(right));
        case BinaryOp::multiply:
            return s(u(left) * u(right));
        case BinaryOp::divide:
        case BinaryOp::remainder:
            // Where one of them is negative is left to the evaluator.
            if (left < 0 || right <= 0) return std::nullopt;
            return op == BinaryOp::divide ? left / right : left % right;
        case BinaryOp::bit_and:
            return left & right;
        case BinaryOp::bit_or:
            return left | right;
        case BinaryOp::bit_xor:
            return left ^ right;
        case BinaryOp::shift_left:
            return u(right) < width ? std::optional(s(u(left) << right)) : std::nullopt;
        case BinaryOp::shift_right:
            if (u(right) >= width) return std::nullopt;
            return is_signed_operand ? left >> right : s(u(left) >> right);
        case BinaryOp::equal:
            return left == right;
        case BinaryOp::not_equal:
            return left != right;
        case BinaryOp::less:
            return is_signed_operand ? left < right : u(left) < u(right);
        case BinaryOp::less_equal:
            return is_signed_operand ? left <= right : u(left) <= u(right);
        case BinaryOp::logical_and:
        case BinaryOp::logical_or:
        case BinaryOp::slots_between:
            break;
    }
    return std::nullopt;
}

}  // namespace lockstep
