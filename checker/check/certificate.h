// A proof on disk: its obligations as SMT-LIB 2 files that any solver can check, and a README that says how they make
// up the proof.
#pragma once

#include "smt/refuted.h"
#include "smt/terms.h"

#include <string>
#include <vector>

namespace lockstep {

/// Throws InputError where the folder exists and is not empty, or cannot be written. It appears as a whole or not at
/// all.
void write_certificate(const std::string& directory, const smt::Terms& terms,
                       const std::vector<smt::Refuted>& obligations, const std::string& program);

/// Throws InputError where write_certificate() would, before hours are spent on the proof.
void check_certificate_directory(const std::string& directory);

}  // namespace lockstep
