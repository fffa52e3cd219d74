#include "symmetry/slots.h"

#include <algorithm>
#include <deque>

namespace lockstep::symmetry {

Slots::Slots(const Program& the_program, const Layout& the_layout, SortGraph& the_graph)
    : program(the_program), layout(the_layout), graph(the_graph)
{
    for (VariableId v : ids_of(program.variables)) {
        const Variable& variable = program.variables[v];
        first.push_back(static_cast<Node>(graph.size()));
        if (!variable.in_memory) continue;
        for (TypeId type : slot_types(program, variable.type)) graph.add(type, {variable.place, {}});
        note_parts(v, variable.type, 0);
    }
}

/// Every part of a variable: scalars, structs. Array indices are 0.
void Slots::note_parts(VariableId v, TypeId type_id, std::uint32_t at)
{
    const Type& type = program.types[type_id];
    if (const auto* array = std::get_if<ArrayType>(&type.kind)) return note_parts(v, array->element, at);
    parts[type_id].emplace_back(v, at);
    if (const auto* structure = std::get_if<StructType>(&type.kind))
        for (const Field& field : structure->fields) note_parts(v, field.type, at + field.offset);
}

std::vector<Slots::Element> Slots::elements(TypeId outer, std::uint32_t offset, TypeId part) const
{
    std::vector<Element> all;
    std::uint32_t base = 0;
    while (!(part.valid() && outer == part && offset == 0)) {
        const Type& type = program.types[outer];
        if (const auto* array = std::get_if<ArrayType>(&type.kind)) {
            const std::uint32_t stride = program.types[array->element].slots;
            if (stride == 0) break;
            const std::uint32_t index = offset / stride;
            offset -= index * stride;
            all.push_back({base, stride, array->count, index, offset == 0, array->element});
            outer = array->element;
        } else if (const auto* structure = std::get_if<StructType>(&type.kind)) {
            const auto inside = std::ranges::find_if(structure->fields, [&](const Field& field) {
                return field.offset <= offset && offset < field.offset + program.types[field.type].slots;
            });
            if (inside == structure->fields.end()) break;
            base += inside->offset;
            offset -= inside->offset;
            outer = inside->type;
        } else {
            break;
        }
    }
    return all;
}

/// The same offset with all indices 0.
std::uint32_t Slots::normalised(TypeId outer, std::uint32_t offset) const
{
    for (const Element& element : elements(outer, offset)) offset -= element.index * element.stride;
    return offset;
}

Slots::Node Slots::of_slot(VariableId v, std::uint32_t offset) const
{
    return first[v.index] + normalised(program.variables[v].type, offset);
}

TypeId Slots::element_type(TypeId pointer) const
{
    const auto* type = std::get_if<PointerType>(&program.types[pointer].kind);
    if (type == nullptr) return {};
    TypeId pointee = type->pointee;
    while (pointee.valid() && std::holds_alternative<ArrayType>(program.types[pointee].kind))
        pointee = std::get<ArrayType>(program.types[pointee].kind).element;
    return pointee;
}

bool Slots::is_tracked(TypeId pointer) const
{
    const TypeId pointee = element_type(pointer);
    return pointee.valid() && is_integer(program.types[pointee]);
}

Root Slots::from_type(TypeId pointer) const
{
    const TypeId pointee = element_type(pointer);
    return pointee.valid() ? Root{.kind = Root::Kind::type, .variable = {}, .type = pointee} : Root{};
}

Root Slots::from_pointer(Node pointer, TypeId type)
{
    if (!is_tracked(type)) return from_type(type);
    return {.kind = Root::Kind::node, .variable = {}, .type = {}, .node = pointee(pointer, element_type(type))};
}

void Slots::point(Node pointer, TypeId type, const Root& to, const Where& where)
{
    if (!is_tracked(type) || to.kind == Root::Kind::nowhere) return;
    const TypeId scalar = element_type(type);
    const std::optional<Node> there = at(to);
    graph.join(pointee(pointer, scalar), there ? *there : all_of_class(scalar), 0, where);
}

Slots::Node Slots::pointee(Node pointer, TypeId scalar)
{
    const auto [found, is_new] = pointees.try_emplace(pointer, 0, scalar);
    if (is_new) {
        found->second.first = graph.add();
        denoting.insert(found->second.first);
    }
    return found->second.first;
}

/// Whatever a Load of this type could read.
Slots::Node Slots::all_of_class(TypeId scalar)
{
    const SlotClass wanted = slot_class(program.types[scalar]);
    const auto [found, is_new] = class_nodes.try_emplace({wanted.kind, wanted.bits}, 0);
    if (!is_new) return found->second;
    const Node node = found->second = graph.add();
    denoting.insert(node);
    for (const auto& [part, places] : parts)
        if (is_scalar(program.types[part]) && slot_class(program.types[part]) == wanted)
            for (const auto& [v, offset] : places) graph.join(node, first[v.index] + offset, 0, {});
    return node;
}

std::optional<Slots::Node> Slots::at(const Root& root)
{
    switch (root.kind) {
        case Root::Kind::variable:
            if (root.offset >= program.types[program.variables[root.variable].type].slots) return std::nullopt;
            return of_slot(root.variable, root.offset);
        case Root::Kind::node:
            return root.node;
        case Root::Kind::type:
            break;
        case Root::Kind::nowhere:
        case Root::Kind::anything:
            return std::nullopt;
    }
    if (is_scalar(program.types[root.type])) return all_of_class(root.type);
    if (root.offset >= program.types[root.type].slots) return std::nullopt;
    const std::uint32_t offset = normalised(root.type, root.offset);
    const auto [found, is_new] = type_nodes.try_emplace({root.type, offset}, 0);
    if (!is_new) return found->second;
    const Node node = found->second = graph.add();
    denoting.insert(node);
    for (const auto& [v, place] : parts[root.type]) graph.join(node, first[v.index] + place + offset, 0, {});
    return node;
}

Slots::Node Slots::index_of(VariableId v, std::uint32_t offset, std::uint32_t stride)
{
    const auto [found, is_new] = index_nodes.try_emplace({v, offset, stride}, 0);
    if (is_new) found->second = graph.add({}, {program.variables[v].place, {}});
    return found->second;
}

std::optional<Slots::Node> Slots::indices(const Root& root, std::uint32_t stride)
{
    if (root.kind == Root::Kind::variable)
        return index_of(root.variable, normalised(program.variables[root.variable].type, root.offset), stride);
    if (root.kind != Root::Kind::type || is_scalar(program.types[root.type])) return std::nullopt;
    const std::uint32_t offset = normalised(root.type, root.offset);
    const auto [found, is_new] = type_index_nodes.try_emplace({root.type, offset, stride}, 0);
    if (!is_new) return found->second;
    const Node node = found->second = graph.add();
    for (const auto& [v, place] : parts[root.type]) graph.join(node, index_of(v, place + offset, stride), 0, {});
    return node;
}

void Slots::note_read(const Root& root)
{
    if (const auto node = at(root))
        reads.insert(*node);
    else if (root.kind == Root::Kind::anything)
        for (TypeId type : ids_of(program.types))
            if (is_scalar(program.types[type])) reads.insert(all_of_class(type));
}

void Slots::finish()
{
    point_as_booted();
    unify_pointees();
    spread_reads();
    for (VariableId v : ids_of(program.variables))
        if (program.variables[v].in_memory && !arithmetic.empty()) note_all_arrays(v, program.variables[v].type, 0);
}

void Slots::point_as_booted()
{
    for (const auto& state : initial_cells(program, layout))
        for (const Layout::Address& from : layout.addresses) {
            if (from.cell == Layout::no_cell || from.slot.kind != SlotClass::Kind::pointer) continue;
            const Node pointer = of_slot(from.variable, from.offset);
            const std::int64_t value = state[from.cell];
            if (!graph.type(pointer).valid() || value <= 0 ||
                value >= static_cast<std::int64_t>(layout.addresses.size()))
                continue;
            const Layout::Address& to = layout.addresses[static_cast<std::size_t>(value)];
            if (to.variable.valid())
                point(pointer, graph.type(pointer),
                      {.kind = Root::Kind::variable, .variable = to.variable, .type = {}, .offset = to.offset}, {});
        }
}

/// Pointers whose nodes are joined lead to the same.
void Slots::unify_pointees()
{
    std::deque<Node> work;
    for (const auto& [pointer, to] : pointees) {
        work.push_back(pointer);
        if (pointers_are_lost) graph.join(to.first, all_of_class(to.second), 0, {});
    }
    while (!work.empty()) {
        const Node pointer = work.front();
        work.pop_front();
        const auto to = pointees.at(pointer);
        for (const SortGraph::Edge& edge : graph.edges(pointer)) {
            const auto [other, is_new] = pointees.try_emplace(edge.to, to);
            if (is_new) work.push_back(edge.to);
        }
    }
    // Joining changes edges of nodes that are none of the pointers walked over above.
    for (const auto& [pointer, to] : pointees) {
        std::vector<Node> others;
        for (const SortGraph::Edge& edge : graph.edges(pointer)) others.push_back(pointees.at(edge.to).first);
        for (Node other : others)
            if (to.first < other) graph.join(to.first, other, 0, {});
    }
}

void Slots::spread_reads()
{
    std::deque<Node> work(reads.begin(), reads.end());
    while (!work.empty()) {
        const Node node = work.front();
        work.pop_front();
        if (!denoting.contains(node)) continue;
        for (const SortGraph::Edge& edge : graph.edges(node))
            if (reads.insert(edge.to).second) work.push_back(edge.to);
    }
}

/// Where pointers into it are used in arithmetic its elements have an order, whether or not code indexes it.
void Slots::note_all_arrays(VariableId v, TypeId type_id, std::uint32_t at)
{
    const Type& type = program.types[type_id];
    if (const auto* array = std::get_if<ArrayType>(&type.kind)) {
        if (arithmetic_with(array->element)) index_of(v, at, program.types[array->element].slots);
        note_all_arrays(v, array->element, at);
    } else if (const auto* structure = std::get_if<StructType>(&type.kind)) {
        for (const Field& field : structure->fields) note_all_arrays(v, field.type, at + field.offset);
    }
}

std::optional<Where> Slots::arithmetic_with(TypeId element) const
{
    for (TypeId type : {element, TypeId()})
        if (const auto found = arithmetic.find(type); found != arithmetic.end()) return found->second;
    return std::nullopt;
}

std::vector<Slots::Array> Slots::arrays() const
{
    std::vector<Array> all;
    for (const auto& [key, index] : index_nodes) {
        const auto& [v, offset, stride] = key;
        const std::vector<Element> around = elements(program.variables[v].type, offset);
        for (std::size_t i = 0; i < around.size(); ++i) {
            if (around[i].array != offset || around[i].stride != stride) continue;
            const bool is_outermost = i == 0 && program.variables[v].storage == Storage::global;
            all.push_back({v, offset, stride, around[i].count, is_outermost, index, arithmetic_with(around[i].type)});
        }
    }
    return all;
}

}  // namespace lockstep::symmetry
