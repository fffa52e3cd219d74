// Arithmetic on what is known beforehand, for passes and analyses. The interpreter that confirms traces (result/) has
// its own, and has to: it shares nothing with what it checks.
#pragma once

#include "program/program.h"

#include <optional>

namespace lockstep {

/// The result before it is brought into its type; `operands` is the type of both. None: it traps, or is none of plain
/// arithmetic (the logical operators, slots_between, division with a negative number).
std::optional<std::int64_t> fold(BinaryOp op, std::int64_t left, std::int64_t right, const Type& operands);

}  // namespace lockstep
