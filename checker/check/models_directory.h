// Where the miniature kernel lies.
#pragma once

#include <string>

namespace lockstep {

/// The directory that the user named; else the environment's LOCKSTEP_MODELS; else, from the executable's place,
/// ../../models (a build tree) or ../share/lockstep/models (installed); else that of the source tree it was built from.
/// Absolute. Throws InputError where a named one has no include/lockstep.h, or where none is found.
std::string find_models_directory(const std::string& named_by_user);

}  // namespace lockstep
