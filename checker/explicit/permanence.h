// Whether whom a report speaks of can get on again.
#pragma once

#include "explicit/explore.h"
#include "semantics/stepper.h"

namespace lockstep::explicit_engine {

/// The stepper is at the state right after the report. Undecided where a limit is reached first.
Permanence judge_permanence(const Stepper& stepper, const ReportEvent& report, const Options& options);

}  // namespace lockstep::explicit_engine
