// Numbers as people read them, and the statistics made of them.
#pragma once

#include "result/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace lockstep::report {

/// "1,234,567".
std::string grouped(std::uint64_t number);

/// "1 state", "1,234 states".
std::string counted(std::uint64_t number, std::string_view noun);

/// "1.5 GiB".
std::string bytes(std::uint64_t count);

/// "0.004 s", "12.3 s", "2 min 5 s".
std::string duration(double seconds);

/// "0.0012", "3.4", "25,100".
std::string estimated(double number);

/// What an approximate search has omitted: one line without its end.
std::string coverage_text(const Coverage& coverage);

/// States, transitions, depth, time and rate; memory, completeness and reductions; coverage, if it is not all: two
/// lines or three, without the last end.
std::string statistics_text(const Statistics& statistics);

}  // namespace lockstep::report
