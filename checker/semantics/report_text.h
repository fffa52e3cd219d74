// The message of a report, as the kernel's log would have it.
#pragma once

#include "semantics/evaluator.h"

#include <string>

namespace lockstep {

/// %d %i %u %x %c %s and %pT (a task's number, printed as its name), with l, ll and z as in C; %% is a per cent sign.
std::string report_text(const Program& program, const std::string& format, std::span<const std::int64_t> arguments);

inline std::string format_report(const Program& program, const ReportEvent& report)
{
    return report_text(program, report.report->format, report.arguments);
}

}  // namespace lockstep
