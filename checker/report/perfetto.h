// The traces in Chrome's trace event format, which Perfetto and other viewers open.
#pragma once

#include "report/json.h"

#include <string>

namespace lockstep::report {

std::string to_perfetto(const Record& record);

}  // namespace lockstep::report
