// The violations in SARIF 2.1.0, with each trace as a threadFlow, so that a forge shows them at their lines.
#pragma once

#include "report/json.h"
#include "report/sources.h"

#include <string>

namespace lockstep::report {

std::string to_sarif(const Record& record, const Sources& sources);

}  // namespace lockstep::report
