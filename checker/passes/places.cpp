#include "passes/places.h"

#include <algorithm>

namespace lockstep {

namespace {

/// An address that runs through more array elements than this is taken for any address of its type.
constexpr std::size_t max_offsets = 4096;

}  // namespace

Places::Places(const Program& the_program) : program(the_program), first(program.variables.size(), 0)
{
    for (VariableId v : ids_of(program.variables)) {
        if (!program.variables[v].in_memory) continue;
        first[v.index] = count;
        note_instances(program.variables[v].type, count);
        count += program.types[program.variables[v].type].slots;
    }
}

/// Scalars are told apart by what a Load of the wrong kind would trap on: integers by width, pointers, the rest.
TypeId Places::scalar_kind(TypeId type) const
{
    const Type& wanted = program.types[type];
    for (TypeId other : ids_of(program.types)) {
        const Type& candidate = program.types[other];
        if (!is_scalar(candidate)) continue;
        const bool same = is_integer(wanted) ? is_integer(candidate) && bits_of(candidate) == bits_of(wanted)
                                             : !is_integer(candidate) && candidate.kind.index() == wanted.kind.index();
        if (same) return other;
    }
    return type;
}

void Places::note_instances(TypeId type_id, std::uint32_t at)
{
    const Type& type = program.types[type_id];
    if (const auto* structure = std::get_if<StructType>(&type.kind)) {
        instances[type_id].push_back(at);
        for (const Field& field : structure->fields) note_instances(field.type, at + field.offset);
    } else if (const auto* array = std::get_if<ArrayType>(&type.kind)) {
        const std::uint32_t stride = program.types[array->element].slots;
        for (std::uint32_t i = 0; i < array->count; ++i) note_instances(array->element, at + i * stride);
    } else {
        instances[scalar_kind(type_id)].push_back(at);
    }
}

Places::Root Places::root_from_type(ExpressionId pointer) const
{
    const auto* type = std::get_if<PointerType>(&program.types[program.expressions[pointer].type].kind);
    if (type == nullptr || !type->pointee.valid()) return {};
    TypeId pointee = type->pointee;
    while (const auto* array = std::get_if<ArrayType>(&program.types[pointee].kind)) pointee = array->element;
    Root root;
    root.kind = Root::Kind::type;
    root.type = is_scalar(program.types[pointee]) ? scalar_kind(pointee) : pointee;
    return root;
}

Places::Root Places::root_of(ExpressionId address) const
{
    const auto& node = program.expressions[address].node;
    if (const auto* variable = std::get_if<AddressOf>(&node)) {
        Root root;
        root.kind = Root::Kind::variable;
        root.variable = variable->variable;
        root.offsets = {variable->offset};
        return root;
    }
    if (const auto* per_cpu = std::get_if<PerCpuAddress>(&node)) return root_of(per_cpu->base);
    if (const auto* field = std::get_if<FieldAddress>(&node)) {
        if (field->offset < 0) return root_from_type(address);  // container_of
        Root root = root_of(field->base);
        for (std::uint32_t& offset : root.offsets) offset += static_cast<std::uint32_t>(field->offset);
        return root;
    }
    if (const auto* element = std::get_if<ElementAddress>(&node); element != nullptr && element->count > 0) {
        Root root = root_of(element->base);
        if (root.kind == Root::Kind::variable && root.offsets.size() * element->count <= max_offsets) {
            std::vector<std::uint32_t> offsets;
            for (std::uint32_t offset : root.offsets)
                for (std::uint32_t i = 0; i < element->count; ++i) offsets.push_back(offset + i * element->stride);
            root.offsets = std::move(offsets);
            return root;
        }
    }
    return root_from_type(address);
}

std::vector<std::uint32_t> Places::slots_of(ExpressionId address, std::uint32_t length) const
{
    const Root root = root_of(address);
    std::vector<std::uint32_t> slots;
    const auto add = [&](std::uint32_t start) {
        for (std::uint32_t offset : root.offsets)
            for (std::uint32_t i = 0; i < length; ++i)
                if (start + offset + i < count) slots.push_back(start + offset + i);
    };
    if (root.kind == Root::Kind::variable) {
        add(first[root.variable.index]);
    } else if (root.kind == Root::Kind::type) {
        if (const auto found = instances.find(root.type); found != instances.end())
            for (std::uint32_t start : found->second) add(start);
    } else {
        for (std::uint32_t slot = 0; slot < count; ++slot) slots.push_back(slot);
    }
    std::ranges::sort(slots);
    const auto repeated = std::ranges::unique(slots);
    slots.erase(repeated.begin(), repeated.end());
    return slots;
}

}  // namespace lockstep
