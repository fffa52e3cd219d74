#include "program/member_path.h"

#include <fmt/format.h>

namespace lockstep {

namespace {

// The part of a struct or an array in which slot `offset` lies; `offset` becomes relative to it.
std::optional<PathStep> step_down(const Program& program, TypeId whole, std::uint32_t& offset)
{
    const Type& type = program.types[whole];
    if (const auto* record = std::get_if<StructType>(&type.kind)) {
        for (std::uint32_t i = 0; i < record->fields.size(); ++i) {
            const Field& field = record->fields[i];
            if (offset < field.offset || offset - field.offset >= program.types[field.type].slots) continue;
            offset -= field.offset;
            return PathStep{PathStep::Kind::field, i, field.type};
        }
    } else if (const auto* array = std::get_if<ArrayType>(&type.kind)) {
        const std::uint32_t stride = program.types[array->element].slots;
        if (stride == 0 || offset >= type.slots) return std::nullopt;
        const std::uint32_t index = offset / stride;
        offset -= index * stride;
        return PathStep{PathStep::Kind::element, index, array->element};
    }
    return std::nullopt;
}

bool past_the_end(const Program& program, TypeId whole, const PathStep& step)
{
    const auto* array = std::get_if<ArrayType>(&program.types[whole].kind);
    return array != nullptr && step.index >= array->count;
}

}  // namespace

std::optional<std::vector<PathStep>> member_path(const Program& program, TypeId whole, std::uint32_t offset,
                                                 TypeId part)
{
    std::vector<PathStep> path;
    if (offset != 0 && offset >= program.types[whole].slots) return std::nullopt;
    while (true) {
        if (offset == 0 && part.valid() && same_type(program, whole, part)) return path;
        if (is_scalar(program.types[whole])) {
            if (part.valid() || offset != 0) return std::nullopt;
            return path;
        }
        const std::optional<PathStep> step = step_down(program, whole, offset);
        if (!step) return std::nullopt;
        const bool at_end = past_the_end(program, whole, *step);
        if (at_end && part.valid()) return std::nullopt;
        path.push_back(*step);
        if (at_end) return path;
        whole = step->type;
    }
}

std::string path_text(const Program& program, TypeId whole, const std::vector<PathStep>& path)
{
    std::string text;
    for (const PathStep& step : path) {
        if (step.kind == PathStep::Kind::element) {
            text += fmt::format("[{}]", step.index);
        } else {
            const std::string& name = std::get<StructType>(program.types[whole].kind).fields[step.index].name;
            if (!name.empty()) text += '.' + name;
        }
        whole = step.type;
    }
    return text;
}

bool same_type(const Program& program, TypeId left, TypeId right)
{
    if (left == right) return true;
    if (!left.valid() || !right.valid()) return false;
    return std::visit(
        [&](const auto& a) {
            using Kind = std::decay_t<decltype(a)>;
            const auto* b = std::get_if<Kind>(&program.types[right].kind);
            if (b == nullptr) return false;
            if constexpr (std::is_same_v<Kind, IntegerType>)
                return a.bits == b->bits && a.is_signed == b->is_signed;
            else if constexpr (std::is_same_v<Kind, PointerType>)
                return same_type(program, a.pointee, b->pointee);
            else if constexpr (std::is_same_v<Kind, ArrayType>)
                return a.count == b->count && same_type(program, a.element, b->element);
            else
                return std::is_same_v<Kind, FunctionPointerType> || std::is_same_v<Kind, TimeType>;
        },
        program.types[left].kind);
}

}  // namespace lockstep
