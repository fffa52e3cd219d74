// What of the source was executed: as a tracefile, and as text.
#pragma once

#include "report/sources.h"
#include "result/result.h"

#include <string>

namespace lockstep::report {

/// lcov's tracefile (geninfo(1)), which genhtml, editors and forges read. Counts are 1 or 0: in how many states a line
/// is executed says nothing. Precondition: the Result has a source coverage.
std::string to_lcov(const Result& result);

/// How much, and, of the files given, what is not executed, with its text.
std::string source_coverage_text(const Result& result, const Sources& sources);

}  // namespace lockstep::report
