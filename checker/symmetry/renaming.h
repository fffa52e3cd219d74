// What a permutation of interchangeable CPUs makes of a state.
#pragma once

#include "symmetry/cpu_symmetry.h"
#include "symmetry/permutation.h"

#include <span>

namespace lockstep::symmetry {

/// `cpus` gives each CPU its new number, within the classes.
Permutation permutation_of(const Program& program, const Layout& layout, const CpuSymmetry& symmetry,
                           const std::vector<std::uint32_t>& cpus);

/// Blocks change places; every value that names a CPU, a task, a process, a set of CPUs or an address in a block is
/// renamed, wherever it lies.
std::vector<std::int64_t> rename(const Program& program, const Layout& layout, const CpuSymmetry& symmetry,
                                 const Permutation& permutation, std::span<const std::int64_t> cells);

}  // namespace lockstep::symmetry
