// Which lines a run over many models has.
#pragma once

#include "suite/suite.h"

namespace lockstep::suite {

/// Reads the files. Throws InputError where one that was named has no expectation, where an expectation is not of the
/// grammar, and where nothing is left to run.
Suite find_lines(const SuiteOptions& options);

}  // namespace lockstep::suite
