// What kind of thing each value of a Program is: a CPU's number, a task's, a set of CPUs, or just a number.
#pragma once

#include "program/program.h"
#include "semantics/layout.h"
#include "symmetry/distinctions.h"
#include "symmetry/tag.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace lockstep::symmetry {

/// An array whose elements belong to CPUs, tasks or processes.
struct IndexedArray {
    VariableId variable;
    std::uint32_t offset = 0;  // of its first slot, all indices around it being 0
    std::uint32_t stride = 1;
    std::uint32_t count = 0;
    bool is_outermost = true;
    Sort sort = Sort::plain;
};

/// A register that may hold something to be renamed.
struct RegisterSort {
    VariableId variable;
    Tag tag;
};

class Sorts {
public:
    Sorts(const Program& program, const Layout& layout);
    ~Sorts();
    Sorts(const Sorts&) = delete;
    Sorts& operator=(const Sorts&) = delete;

    /// By location: those with a tag.
    [[nodiscard]] std::vector<std::vector<RegisterSort>> of_registers(AutomatonId a) const;
    [[nodiscard]] Tag of_slot(VariableId v, std::uint32_t offset) const;
    [[nodiscard]] Tag of_argument(AutomatonId a) const;
    /// Of an expression of a process (cpu, own_task, running) or what is below it.
    [[nodiscard]] Tag of_process_expression(ExpressionId e) const;

    /// All of them, in order of places.
    std::vector<Distinction> distinctions;
    std::vector<IndexedArray> arrays;  // all that code indexes by something, plain numbers and pointers included

    /// Where code outside boot names the variable itself; no place: nowhere.
    [[nodiscard]] std::optional<SourcePlace> named_at(VariableId v) const;
    /// Whether anything but a Report may read the slot.
    [[nodiscard]] bool is_read(VariableId v, std::uint32_t offset) const;

private:
    class Inference;
    std::unique_ptr<Inference> inference;
};

}  // namespace lockstep::symmetry
