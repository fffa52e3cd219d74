#include "program/builder.h"

#include "program/member_path.h"

#include <stdexcept>

namespace lockstep::build {

// ---- Types ---------------------------------------------------------------------------------------------------------

namespace {

// Finds the type among those there are, or adds it; so equal types have equal ids.
template <typename Kind, typename Same>
TypeId intern(Program& program, Kind kind, std::uint32_t slots, Same same)
{
    for (TypeId id : ids_of(program.types)) {
        const Kind* other = std::get_if<Kind>(&program.types[id].kind);
        if (other != nullptr && same(*other)) return id;
    }
    return program.types.add({std::move(kind), slots});
}

template <typename Kind>
TypeId intern_only(Program& program)
{
    return intern(program, Kind{}, 1, [](const Kind&) { return true; });
}

}  // namespace

TypeId integer_type(Program& program, std::uint8_t bits, bool is_signed)
{
    return intern(program, IntegerType{bits, is_signed}, 1,
                  [&](const IntegerType& other) { return other.bits == bits && other.is_signed == is_signed; });
}

TypeId int_type(Program& program) { return integer_type(program, 32, true); }

TypeId bool_type(Program& program) { return integer_type(program, 1, false); }

TypeId pointer_type(Program& program, TypeId pointee)
{
    return intern(program, PointerType{pointee}, 1, [&](const PointerType& other) { return other.pointee == pointee; });
}

TypeId void_pointer_type(Program& program) { return pointer_type(program, {}); }

TypeId function_pointer_type(Program& program) { return intern_only<FunctionPointerType>(program); }

TypeId time_type(Program& program) { return intern_only<TimeType>(program); }

TypeId array_type(Program& program, TypeId element, std::uint32_t count)
{
    const std::uint32_t slots = program.types[element].slots * count + 1;
    return intern(program, ArrayType{element, count}, slots,
                  [&](const ArrayType& other) { return other.element == element && other.count == count; });
}

TypeId enum_type(Program& program, EnumType type) { return program.types.add({std::move(type), 1}); }

TypeId struct_type(Program& program, std::string name, const std::vector<NamedType>& fields, bool is_union)
{
    const TypeId record = declare_struct(program, std::move(name), is_union);
    set_fields(program, record, fields);
    return record;
}

TypeId declare_struct(Program& program, std::string name, bool is_union)
{
    return program.types.add({StructType{std::move(name), is_union, {}}, 0});
}

void set_fields(Program& program, TypeId record, const std::vector<NamedType>& fields)
{
    std::uint32_t offset = 0;
    std::vector<Field> laid_out;
    for (const auto& [name, type] : fields) {
        laid_out.push_back({name, type, offset});
        offset += program.types[type].slots;
    }
    std::get<StructType>(program.types[record].kind).fields = std::move(laid_out);
    program.types[record].slots = offset;
}

// ---- Variables -----------------------------------------------------------------------------------------------------

namespace {

VariableId variable(Program& program, std::string name, TypeId type, Storage storage, AutomatonId owner, bool in_memory)
{
    Variable variable;
    variable.name = std::move(name);
    variable.type = type;
    variable.storage = storage;
    variable.owner = owner;
    variable.in_memory = in_memory;
    return program.variables.add(std::move(variable));
}

}  // namespace

VariableId global(Program& program, std::string name, TypeId type)
{
    return variable(program, std::move(name), type, Storage::global, {}, true);
}

VariableId per_cpu(Program& program, std::string name, TypeId type)
{
    return variable(program, std::move(name), type, Storage::per_cpu, {}, true);
}

VariableId register_local(Program& program, AutomatonId owner, std::string name, TypeId type)
{
    return variable(program, std::move(name), type, Storage::local, owner, false);
}

VariableId memory_local(Program& program, AutomatonId owner, std::string name, TypeId type)
{
    return variable(program, std::move(name), type, Storage::local, owner, true);
}

void set_initial(Program& program, VariableId variable, InitialValue value, std::uint32_t slot)
{
    for (auto& [other_slot, other_value] : program.variables[variable].initial) {
        if (other_slot != slot) continue;
        other_value = value;
        return;
    }
    program.variables[variable].initial.emplace_back(slot, value);
}

FunctionId function(Program& program, std::string_view name)
{
    for (FunctionId id : ids_of(program.functions))
        if (program.functions[id].name == name) return id;
    return program.functions.add({std::string(name)});
}

StringId string(Program& program, std::string_view text)
{
    for (StringId id : ids_of(program.strings))
        if (program.strings[id] == text) return id;
    return program.strings.add(std::string(text));
}

// ---- Expressions ---------------------------------------------------------------------------------------------------

ExpressionId expression(Program& program, Expression expression) { return program.expressions.add(expression); }

ExpressionId constant(Program& program, std::int64_t value, TypeId type)
{
    return expression(program, {Constant{wrap(value, program.types[type])}, type});
}

ExpressionId int_constant(Program& program, std::int64_t value) { return constant(program, value, int_type(program)); }

ExpressionId bool_constant(Program& program, bool value)
{
    return constant(program, value ? 1 : 0, bool_type(program));
}

ExpressionId null_pointer(Program& program) { return constant(program, 0, void_pointer_type(program)); }

ExpressionId function_constant(Program& program, FunctionId function)
{
    return expression(program, {FunctionConstant{function}, function_pointer_type(program)});
}

ExpressionId string_constant(Program& program, std::string_view text)
{
    const TypeId type = pointer_type(program, integer_type(program, 8, true));
    return expression(program, {StringConstant{string(program, text)}, type});
}

ExpressionId local_value(Program& program, VariableId variable)
{
    return expression(program, {LocalValue{variable}, program.variables[variable].type});
}

ExpressionId own(Program& program, Own::What what) { return own(program, what, int_type(program)); }

ExpressionId own(Program& program, Own::What what, TypeId type) { return expression(program, {Own{what}, type}); }

ExpressionId address_of(Program& program, VariableId variable)
{
    return address_of(program, variable, 0, program.variables[variable].type);
}

ExpressionId address_of(Program& program, VariableId variable, std::uint32_t offset, TypeId part)
{
    return expression(program, {AddressOf{variable, offset}, pointer_type(program, part)});
}

ExpressionId member_address(Program& program, ExpressionId pointer, std::string_view field)
{
    const TypeId record = pointee_of(program, type_of(program, pointer));
    for (const Field& candidate : std::get<StructType>(program.types[record].kind).fields) {
        if (candidate.name != field) continue;
        return field_address(program, pointer, static_cast<std::int32_t>(candidate.offset), candidate.type);
    }
    throw std::logic_error("no such member: " + std::string(field));
}

ExpressionId field_address(Program& program, ExpressionId base, std::int32_t offset, TypeId part)
{
    return expression(program, {FieldAddress{base, offset}, pointer_type(program, part)});
}

ExpressionId element_address(Program& program, ExpressionId pointer, ExpressionId index)
{
    const TypeId array = pointee_of(program, type_of(program, pointer));
    const ArrayType kind = std::get<ArrayType>(program.types[array].kind);
    const std::uint32_t stride = program.types[kind.element].slots;
    return expression(program,
                      {ElementAddress{pointer, index, stride, kind.count}, pointer_type(program, kind.element)});
}

ExpressionId pointer_plus(Program& program, ExpressionId pointer, ExpressionId index)
{
    const TypeId type = type_of(program, pointer);
    const std::uint32_t stride = program.types[pointee_of(program, type)].slots;
    return expression(program, {ElementAddress{pointer, index, stride, 0}, type});
}

ExpressionId per_cpu_address(Program& program, ExpressionId base, ExpressionId cpu)
{
    return expression(program, {PerCpuAddress{base, cpu}, type_of(program, base)});
}

ExpressionId load(Program& program, ExpressionId address)
{
    return load(program, address, pointee_of(program, type_of(program, address)));
}

ExpressionId load(Program& program, ExpressionId address, TypeId type)
{
    return expression(program, {Load{address}, type});
}

ExpressionId value_of(Program& program, VariableId variable)
{
    if (!program.variables[variable].in_memory) return local_value(program, variable);
    return load(program, address_of(program, variable));
}

ExpressionId unary(Program& program, UnaryOp op, ExpressionId operand)
{
    const TypeId type = op == UnaryOp::logical_not ? int_type(program) : type_of(program, operand);
    return expression(program, {Unary{op, operand}, type});
}

ExpressionId binary(Program& program, BinaryOp op, ExpressionId left, ExpressionId right)
{
    return binary(program, op, left, right, is_truth_value(op) ? int_type(program) : type_of(program, left));
}

ExpressionId binary(Program& program, BinaryOp op, ExpressionId left, ExpressionId right, TypeId type)
{
    Binary node{op, left, right, 1};
    if (op == BinaryOp::slots_between) {
        const TypeId pointee = pointee_of(program, type_of(program, left));
        if (pointee.valid()) node.stride = program.types[pointee].slots;
    }
    return expression(program, {node, type});
}

ExpressionId equal(Program& program, ExpressionId left, ExpressionId right)
{
    return binary(program, BinaryOp::equal, left, right);
}

ExpressionId logical_not(Program& program, ExpressionId operand)
{
    return unary(program, UnaryOp::logical_not, operand);
}

ExpressionId conjunction(Program& program, ExpressionId left, ExpressionId right)
{
    if (!left.valid() && !right.valid()) return bool_constant(program, true);
    if (!left.valid()) return right;
    if (!right.valid()) return left;
    return binary(program, BinaryOp::logical_and, left, right);
}

ExpressionId convert(Program& program, ExpressionId operand, TypeId type)
{
    if (same_type(program, type_of(program, operand), type)) return operand;
    return expression(program, {Convert{operand}, type});
}

ExpressionId select(Program& program, ExpressionId condition, ExpressionId if_true, ExpressionId if_false)
{
    return expression(program, {Select{condition, if_true, if_false}, type_of(program, if_true)});
}

TypeId type_of(const Program& program, ExpressionId expression) { return program.expressions[expression].type; }

TypeId pointee_of(const Program& program, TypeId pointer)
{
    return std::get<PointerType>(program.types[pointer].kind).pointee;
}

bool is_truth_value(BinaryOp op)
{
    switch (op) {
        case BinaryOp::equal:
        case BinaryOp::not_equal:
        case BinaryOp::less:
        case BinaryOp::less_equal:
        case BinaryOp::logical_and:
        case BinaryOp::logical_or:
            return true;
        default:
            return false;
    }
}

// ---- Automata ------------------------------------------------------------------------------------------------------

AutomatonId automaton(Program& program, std::string name)
{
    Automaton automaton;
    automaton.name = std::move(name);
    return program.automata.add(std::move(automaton));
}

LocationId location(Program& program, AutomatonId automaton, Location location)
{
    const LocationId id = program.automata[automaton].locations.add(std::move(location));
    if (!program.automata[automaton].entry.valid()) program.automata[automaton].entry = id;
    return id;
}

TransitionId transition(Program& program, AutomatonId automaton, LocationId source, LocationId target,
                        ExpressionId guard, std::vector<Statement> effect, SourcePlace place)
{
    Transition transition;
    transition.source = source;
    transition.target = target;
    transition.guard = guard;
    transition.effect = std::move(effect);
    transition.place = place;
    return program.automata[automaton].transitions.add(std::move(transition));
}

ProcessId process(Program& program, std::string name, AutomatonId automaton, std::int64_t argument)
{
    Process process;
    process.name = std::move(name);
    process.automaton = automaton;
    process.argument = argument;
    return program.processes.add(std::move(process));
}

Statement assign(Program& program, VariableId variable, ExpressionId value)
{
    if (!program.variables[variable].in_memory) return AssignLocal{variable, value};
    return Store{address_of(program, variable), value};
}

}  // namespace lockstep::build
