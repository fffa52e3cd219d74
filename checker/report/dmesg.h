// What the console of the machine would show: each violation as a piece of the kernel's log, in the form that field
// reports have.
#pragma once

#include "result/result.h"

#include <cstdint>
#include <string>

namespace lockstep::report {

/// Nothing that the checker does not know: no registers, no offsets. What no detector would say, because the checker
/// alone sees it, begins with "lockstep: ".
std::string dmesg_text(const Result& result);

/// Of one violation, for who shows the steps that lead to it as well.
std::string dmesg_text(const Violation& violation, std::uint32_t tick_milliseconds);

}  // namespace lockstep::report
