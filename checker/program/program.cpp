#include "program/program.h"

#include "program/member_path.h"
#include "program/visit.h"

#include <fmt/format.h>

namespace lockstep {

bool is_scalar(const Type& type)
{
    return !std::holds_alternative<StructType>(type.kind) && !std::holds_alternative<ArrayType>(type.kind);
}

// Function pointers are not among them: they are no addresses.
bool is_pointer(const Type& type) { return std::holds_alternative<PointerType>(type.kind); }

bool is_integer(const Type& type)
{
    return std::holds_alternative<IntegerType>(type.kind) || std::holds_alternative<EnumType>(type.kind);
}

std::uint32_t bits_of(const Type& type)
{
    return std::visit(Overloaded{
                          [](const IntegerType& integer) -> std::uint32_t { return integer.bits; },
                          [](const EnumType& enumeration) -> std::uint32_t { return enumeration.bits; },
                          [](const auto&) -> std::uint32_t { return 64; },
                      },
                      type.kind);
}

// An age counts down into the future, so time is signed.
bool is_signed(const Type& type)
{
    return std::visit(Overloaded{
                          [](const IntegerType& integer) { return integer.is_signed; },
                          [](const EnumType& enumeration) { return enumeration.is_signed; },
                          [](const TimeType&) { return true; },
                          [](const auto&) { return false; },
                      },
                      type.kind);
}

std::int64_t wrap(std::int64_t value, const Type& type)
{
    if (!is_integer(type)) return value;
    const std::uint32_t bits = bits_of(type);
    if (bits >= 64) return value;
    const std::uint64_t mask = (std::uint64_t{1} << bits) - 1;
    std::uint64_t pattern = static_cast<std::uint64_t>(value) & mask;
    const bool negative = is_signed(type) && (pattern >> (bits - 1)) != 0;
    if (negative) pattern |= ~mask;
    return static_cast<std::int64_t>(pattern);
}

namespace {

void append_slot_types(const Program& program, TypeId id, std::vector<TypeId>& slots)
{
    const Type& type = program.types[id];
    if (const auto* record = std::get_if<StructType>(&type.kind)) {
        for (const Field& field : record->fields) append_slot_types(program, field.type, slots);
    } else if (const auto* array = std::get_if<ArrayType>(&type.kind)) {
        const std::size_t first = slots.size();
        if (array->count > 0) append_slot_types(program, array->element, slots);
        const std::size_t stride = slots.size() - first;
        slots.reserve(first + type.slots);
        for (std::size_t i = stride; i < stride * array->count; ++i) slots.push_back(slots[first + i % stride]);
        slots.emplace_back();
    } else {
        slots.push_back(id);
    }
}

}  // namespace

std::vector<TypeId> slot_types(const Program& program, TypeId type)
{
    std::vector<TypeId> slots;
    append_slot_types(program, type, slots);
    return slots;
}

// Of a per-CPU variable without saying which copy; that is known to whoever has the address.
std::string slot_name(const Program& program, VariableId id, std::uint32_t slot)
{
    const Variable& variable = program.variables[id];
    const auto path = member_path(program, variable.type, slot, {});
    if (!path) return fmt::format("{}+{}", variable.name, slot);
    return variable.name + path_text(program, variable.type, *path);
}

}  // namespace lockstep
