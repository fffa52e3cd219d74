// Short ways to add parts to a Program. Nothing is checked here; verify() does that.
//
// Types built from others (integers, pointers, arrays, time, function pointers) are interned: asking twice gives the
// same id. Structs and enums have names of their own and are new each time.
#pragma once

#include "program/program.h"

#include <string_view>

namespace lockstep::build {

// ---- Types ---------------------------------------------------------------------------------------------------------

TypeId integer_type(Program& program, std::uint8_t bits, bool is_signed);
TypeId int_type(Program& program);   // 32 bits, signed: what C computes in
TypeId bool_type(Program& program);  // 1 bit, unsigned
TypeId pointer_type(Program& program, TypeId pointee);
TypeId void_pointer_type(Program& program);
TypeId function_pointer_type(Program& program);
TypeId time_type(Program& program);
TypeId array_type(Program& program, TypeId element, std::uint32_t count);
TypeId enum_type(Program& program, EnumType type);

using NamedType = std::pair<std::string, TypeId>;
/// Fields lie one after the other; unions likewise.
TypeId struct_type(Program& program, std::string name, const std::vector<NamedType>& fields, bool is_union = false);
/// An empty struct to be pointed at before its fields are known; set_fields() completes it.
TypeId declare_struct(Program& program, std::string name, bool is_union = false);
void set_fields(Program& program, TypeId record, const std::vector<NamedType>& fields);

// ---- Variables -----------------------------------------------------------------------------------------------------

VariableId global(Program& program, std::string name, TypeId type);
VariableId per_cpu(Program& program, std::string name, TypeId type);
/// A local that is not in memory.
VariableId register_local(Program& program, AutomatonId owner, std::string name, TypeId type);
VariableId memory_local(Program& program, AutomatonId owner, std::string name, TypeId type);
/// Sets what a slot starts with.
void set_initial(Program& program, VariableId variable, InitialValue value, std::uint32_t slot = 0);

FunctionId function(Program& program, std::string_view name);  // found by name, or added
StringId string(Program& program, std::string_view text);      // likewise

// ---- Expressions ---------------------------------------------------------------------------------------------------

ExpressionId expression(Program& program, Expression expression);
ExpressionId constant(Program& program, std::int64_t value, TypeId type);  // wrapped to the type
ExpressionId int_constant(Program& program, std::int64_t value);
ExpressionId bool_constant(Program& program, bool value);
ExpressionId null_pointer(Program& program);
ExpressionId function_constant(Program& program, FunctionId function);
ExpressionId string_constant(Program& program, std::string_view text);  // pointer to an 8-bit signed integer

ExpressionId local_value(Program& program, VariableId variable);
ExpressionId own(Program& program, Own::What what);  // int; see own with a type
ExpressionId own(Program& program, Own::What what, TypeId type);

/// Pointer to the variable's type.
ExpressionId address_of(Program& program, VariableId variable);
/// Pointer to `part`, `offset` slots into the variable.
ExpressionId address_of(Program& program, VariableId variable, std::uint32_t offset, TypeId part);
/// Address of a member; `pointer` points to a struct that has it.
ExpressionId member_address(Program& program, ExpressionId pointer, std::string_view field);
/// base + offset slots, as a pointer to `part`.
ExpressionId field_address(Program& program, ExpressionId base, std::int32_t offset, TypeId part);
/// Address of an element; `pointer` points to an array.
ExpressionId element_address(Program& program, ExpressionId pointer, ExpressionId index);
/// pointer + index, by the size of what it points to.
ExpressionId pointer_plus(Program& program, ExpressionId pointer, ExpressionId index);
ExpressionId per_cpu_address(Program& program, ExpressionId base, ExpressionId cpu);

ExpressionId load(Program& program, ExpressionId address);  // as what it points to
ExpressionId load(Program& program, ExpressionId address, TypeId type);
/// The value of a scalar variable: LocalValue or Load.
ExpressionId value_of(Program& program, VariableId variable);

ExpressionId unary(Program& program, UnaryOp op, ExpressionId operand);  // logical_not: int
/// Arithmetic has the type of its left operand; comparisons and logical operators have int.
ExpressionId binary(Program& program, BinaryOp op, ExpressionId left, ExpressionId right);
ExpressionId binary(Program& program, BinaryOp op, ExpressionId left, ExpressionId right, TypeId type);
ExpressionId equal(Program& program, ExpressionId left, ExpressionId right);
ExpressionId logical_not(Program& program, ExpressionId operand);
/// true for no operands; an absent operand counts as true.
ExpressionId conjunction(Program& program, ExpressionId left, ExpressionId right);
ExpressionId convert(Program& program, ExpressionId operand, TypeId type);  // itself if it has that type
ExpressionId select(Program& program, ExpressionId condition, ExpressionId if_true, ExpressionId if_false);

TypeId type_of(const Program& program, ExpressionId expression);
/// What a pointer type points to; none for void.
TypeId pointee_of(const Program& program, TypeId pointer);
/// Comparisons and logical operators: their value is 0 or 1.
bool is_truth_value(BinaryOp op);

// ---- Automata ------------------------------------------------------------------------------------------------------

AutomatonId automaton(Program& program, std::string name);
/// The first location becomes the entry.
LocationId location(Program& program, AutomatonId automaton, Location location = {});
TransitionId transition(Program& program, AutomatonId automaton, LocationId source, LocationId target,
                        ExpressionId guard = {}, std::vector<Statement> effect = {}, SourcePlace place = {});
ProcessId process(Program& program, std::string name, AutomatonId automaton, std::int64_t argument = 0);

/// `variable := value`: AssignLocal, or Store where it is in memory.
Statement assign(Program& program, VariableId variable, ExpressionId value);

}  // namespace lockstep::build
