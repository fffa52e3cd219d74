// When a process runs, and where, before and after a renaming.
#pragma once

#include "symmetry/permutation.h"
#include "symmetry/sorts.h"

namespace lockstep::symmetry {

/// Whether one expression of a process (cpu, own_task, running) says of the renamed state what the other says of the
/// state; `as` is what its value is taken for.
bool is_image(const Program& program, const Layout& layout, const Sorts& sorts, const Permutation& permutation,
              ExpressionId from, ExpressionId to, Tag as);

}  // namespace lockstep::symmetry
