// A permutation of CPUs, and what goes with it: addresses, tasks, processes and cells of the state.
#pragma once

#include "semantics/layout.h"
#include "symmetry/tag.h"

#include <cstdint>
#include <vector>

namespace lockstep::symmetry {

struct Permutation {
    std::vector<std::uint32_t> cpus, addresses, cells;
    std::vector<std::int64_t> tasks;
    std::vector<ProcessId> processes;

    /// What a number, or a set of CPUs, becomes.
    [[nodiscard]] std::int64_t value(Tag tag, std::int64_t value) const;
    /// What a pointer becomes.
    [[nodiscard]] std::int64_t address(std::int64_t value) const;
};

Permutation identity(const Program& program, const Layout& layout);

}  // namespace lockstep::symmetry
