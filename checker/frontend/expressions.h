// Building expressions as they should be read: constants folded, addresses of members as one node, truth values
// without a needless "!= 0". What an expression means is never changed, nor whether it traps.
#pragma once

#include "program/builder.h"
#include "program/program.h"

#include <optional>
#include <vector>

namespace lockstep::frontend {

class Expressions {
public:
    explicit Expressions(Program& the_program);

    Program& program;
    TypeId int_type, bool_type, long_type, unsigned_long_type, time_type, void_pointer_type;

    [[nodiscard]] TypeId type_of(ExpressionId e) const { return program.expressions[e].type; }
    [[nodiscard]] const Type& type(ExpressionId e) const { return program.types[type_of(e)]; }
    [[nodiscard]] bool is_time(ExpressionId e) const;
    [[nodiscard]] std::optional<std::int64_t> constant_value(ExpressionId e) const;

    ExpressionId add(const Expression& expression) { return program.expressions.add(expression); }
    ExpressionId constant(std::int64_t value, TypeId type) { return build::constant(program, value, type); }
    ExpressionId local(VariableId variable);
    ExpressionId load(ExpressionId address, TypeId type);

    /// As a C cast between scalars; to _Bool it is "!= 0".
    ExpressionId convert(ExpressionId value, TypeId type);
    /// 0 or 1, of an integer type; what a guard wants.
    ExpressionId truth(ExpressionId value);
    ExpressionId negation(ExpressionId value);
    ExpressionId unary(UnaryOp op, ExpressionId operand, TypeId type);
    ExpressionId binary(BinaryOp op, ExpressionId left, ExpressionId right, TypeId type);

    ExpressionId field(ExpressionId base, std::int32_t offset, TypeId pointer_type);
    ExpressionId element(ExpressionId base, ExpressionId index, std::uint32_t stride, std::uint32_t count,
                         TypeId pointer_type);
    /// The same address as a pointer of this type (an array's as its first element's).
    ExpressionId address(ExpressionId address, TypeId pointer_type);
    TypeId pointer_to(TypeId pointee) { return build::pointer_type(program, pointee); }

    /// True where its evaluation reads memory.
    bool reads_memory(ExpressionId e);
    bool mentions(ExpressionId e, VariableId variable) const;
    /// A value that is the same wherever it is evaluated, and cheap: it may stand in for a parameter.
    [[nodiscard]] bool is_fixed(ExpressionId e) const;

private:
    std::vector<std::int8_t> reads;  // by ExpressionId: -1 unknown
    [[nodiscard]] bool is_truth_value(ExpressionId e) const;
    ExpressionId retyped(ExpressionId e, TypeId type);
    std::optional<ExpressionId> fold(BinaryOp op, ExpressionId left, ExpressionId right, TypeId type);
    bool as_enumerator(ExpressionId& left, ExpressionId& right);
};

}  // namespace lockstep::frontend
