// The violations in SARIF 2.1.0 (OASIS, 2020), so that a forge shows them at their lines.
//
// A violation is a result; its kind is the rule. Its codeFlow has a threadFlow for each CPU, and one for the clock; the
// executionOrder of their locations, one for each source line of a step, is that of the trace, and their importance
// says whether it matters for how the violation comes about. Where others wait are relatedLocations. Files have the
// names that traces give them; those of the miniature kernel are relative to MODELS. Their texts stand in the
// artifacts, since patches may have changed them.
#pragma once

#include "report/json.h"
#include "report/sources.h"

#include <string>

namespace lockstep::report {

std::string to_sarif(const Record& record, const Sources& sources);

}  // namespace lockstep::report
