// Who accesses which slots of the variables that no pointer points into, and through which copy.
#pragma once

#include "program/program.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace lockstep {

/// An access of memory by name.
struct Access {
    VariableId variable;
    ExpressionId address;               // as it is written
    std::uint32_t first = 0, last = 0;  // slots
    bool writes = false;
    bool is_own_copy = false;  // of a per-CPU variable: that of the own CPU
};

/// Calls `visit` for each access of a transition; for one that is not by name with `variable` unset.
void for_each_access(const Program& program, const Transition& transition,
                     const std::function<void(const Access&)>& visit);

/// A set of kinds of processes.
class Kinds {
public:
    constexpr Kinds() = default;
    constexpr Kinds(std::initializer_list<ProcessKind> kinds)
    {
        for (ProcessKind kind : kinds) add(kind);
    }
    constexpr void add(ProcessKind kind) { bits |= 1U << static_cast<unsigned>(kind); }
    [[nodiscard]] constexpr bool contains(ProcessKind kind) const { return (bits >> static_cast<unsigned>(kind)) & 1U; }
    [[nodiscard]] constexpr bool meets(Kinds other) const { return (bits & other.bits) != 0; }
    [[nodiscard]] constexpr bool is_empty() const { return bits == 0; }
    friend constexpr bool operator==(Kinds, Kinds) = default;

private:
    std::uint8_t bits = 0;
};

/// What all processes together do with one slot. Invariants count as readers of kind `plain` from elsewhere.
struct SlotUse {
    Kinds readers, writers;
    bool is_read_from_elsewhere = false, is_written_from_elsewhere = false;  // other than through the own CPU's number
    AutomatonId only_automaton;                                              // of those that access it, if it is one
    bool has_several_automata = false;
};

class Accesses {
public:
    /// Of a Program with its processes.
    explicit Accesses(const Program& program);

    /// Of a variable that is global or per CPU, and unaliased.
    [[nodiscard]] const SlotUse& use(VariableId v, std::uint32_t slot) const { return uses[first[v.index] + slot]; }
    [[nodiscard]] bool is_known(VariableId v) const { return first[v.index] != unknown; }

private:
    static constexpr std::uint32_t unknown = UINT32_MAX;
    const Program& program;
    std::vector<std::uint32_t> first;  // by VariableId
    std::vector<SlotUse> uses;

    void note(const Process& process, ProcessKind kind);
    void note_own(const Process& process, ProcessKind kind, ExpressionId e);
    void note(AutomatonId automaton, ProcessKind kind, const Access& access);
    void note_aging(AutomatonId automaton, ProcessKind kind);
};

}  // namespace lockstep
