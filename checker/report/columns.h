// A violation's trace in columns, one for each CPU that matters, as in the kernel's changelogs.
#pragma once

#include "report/sources.h"
#include "result/result.h"

#include <cstdint>
#include <string>

namespace lockstep::report {

struct ColumnOptions {
    bool all = false;  // steps that do not matter to others, too
    std::uint32_t tick_milliseconds = 1000;
};

/// Plain ASCII but for what the sources themselves contain. With up to two CPUs no line is longer than 72 characters;
/// of more CPUs each has a column of 34. `sources` has the lines from which functions are called.
std::string columns_text(const Violation& violation, const Sources& sources, const ColumnOptions& options);

}  // namespace lockstep::report
