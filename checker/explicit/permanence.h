// Whether whom a report speaks of can get on again.
#pragma once

#include "explicit/explore.h"
#include "semantics/evaluator.h"

#include <span>

namespace lockstep::explicit_engine {

/// `cells` is the state right after the report. Undecided where a limit is reached first.
Permanence judge_permanence(const Program& program, const ReportEvent& report, std::span<const std::int64_t> cells,
                            const Options& options);

}  // namespace lockstep::explicit_engine
