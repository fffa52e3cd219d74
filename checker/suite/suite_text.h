// A Suite as the terminal shows it.
#pragma once

#include "suite/suite.h"

#include <string>

namespace lockstep::suite {

/// What came of one line: one line, and where it is not as expected what was, what was got, and how to see for oneself.
std::string to_text(const SuiteLine& line, bool has_colour);

/// How many lines came to what, and what was left out.
std::string summary_text(const Suite& suite, const SuiteOptions& options, bool has_colour);

}  // namespace lockstep::suite
