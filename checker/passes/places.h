// Which slots an address may denote, as far as its expression says: the basis of every question "who else can touch
// what this transition touches".
//
// An address is traced back to its root. If that is a variable, the slots are known exactly, up to array elements. If
// it is a pointer from somewhere else, its static type speaks: a pointer to a struct denotes that struct wherever an
// instance of it lies, a pointer to a scalar any slot of its kind. (A pointer that points at something else than its
// type says traps when it is followed to a slot of another kind; see passes/find_steady.cpp for the rest.)
#pragma once

#include "program/program.h"

#include <cstdint>
#include <map>
#include <vector>

namespace lockstep {

class Places {
public:
    explicit Places(const Program& program);

    /// Slots of variables in memory, numbered: first_slot(v) + offset. Copies (CPUs, processes) are not told apart.
    [[nodiscard]] std::uint32_t first_slot(VariableId v) const { return first[v.index]; }
    [[nodiscard]] std::uint32_t slot_count() const { return count; }

    /// The slots that `length` slots from an address on may be.
    [[nodiscard]] std::vector<std::uint32_t> slots_of(ExpressionId address, std::uint32_t length = 1) const;

private:
    const Program& program;
    std::vector<std::uint32_t> first;  // by VariableId
    std::uint32_t count = 0;
    std::map<TypeId, std::vector<std::uint32_t>> instances;  // of a struct type, or of a kind of scalar: first slots

    struct Root {
        enum class Kind : std::uint8_t { variable, type, anything } kind = Kind::anything;
        VariableId variable;
        TypeId type;
        std::vector<std::uint32_t> offsets{0};
    };
    [[nodiscard]] Root root_of(ExpressionId address) const;
    [[nodiscard]] Root root_from_type(ExpressionId pointer) const;
    void note_instances(TypeId type, std::uint32_t at);
    [[nodiscard]] TypeId scalar_kind(TypeId type) const;
};

}  // namespace lockstep
