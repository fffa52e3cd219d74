// Finds the variables that no pointer ever points into.
#pragma once

#include "program/program.h"

namespace lockstep {

/// Sets Variable::is_unaliased. Boot's code has to be there still, since it may leave pointers behind.
void find_unaliased(Program& program);

}  // namespace lockstep
