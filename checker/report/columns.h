// A violation's trace in columns, one for each CPU that matters, as in the kernel's changelogs.
#pragma once

#include "result/result.h"

#include <string>

namespace lockstep::report {

/// Plain ASCII. With up to two CPUs no line is longer than 72 characters; otherwise a column has at least 24.
std::string columns_text(const Violation& violation);

}  // namespace lockstep::report
