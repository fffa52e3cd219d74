// From a slot number back to C: which member of which element lies there.
#pragma once

#include "program/program.h"

#include <optional>
#include <string>

namespace lockstep {

/// One step down into a struct or an array.
struct PathStep {
    enum class Kind : std::uint8_t { field, element } kind = Kind::field;
    std::uint32_t index = 0;  // of the field, or of the element
    TypeId type;              // of that part
};

/// The way from an object of type `whole` down to the part at slot `offset`. It ends at the first part that starts
/// there and has type `part`; where `part` is none it ends at the scalar there. Nothing if there is no such part (so
/// for an array's slot past the end, unless `part` is none: then that is an element, the last step's index being the
/// array's count).
std::optional<std::vector<PathStep>> member_path(const Program& program, TypeId whole, std::uint32_t offset,
                                                 TypeId part);

/// ".lock.owner", "[1].state"; members without a name (anonymous structs) are left out, as C does.
std::string path_text(const Program& program, TypeId whole, const std::vector<PathStep>& path);

/// Same type, or types built alike: structs and enums are the same only if they have the same id.
bool same_type(const Program& program, TypeId left, TypeId right);

}  // namespace lockstep
