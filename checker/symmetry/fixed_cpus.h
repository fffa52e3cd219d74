// The symmetry that is left when some CPUs are to be told from all others.
#pragma once

#include "symmetry/cpu_symmetry.h"

#include <span>

namespace lockstep::symmetry {

/// The CPUs given are in no class any more; a class of which one is left is none.
CpuSymmetry with_fixed(CpuSymmetry symmetry, std::span<const std::uint32_t> cpus);

/// The CPU in whose block a process is.
std::optional<std::uint32_t> owner_of(const CpuSymmetry& symmetry, ProcessId process);

}  // namespace lockstep::symmetry
