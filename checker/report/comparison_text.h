// What a change does, as the terminal shows it: a table for each number of CPUs, then the conclusion in words.
#pragma once

#include "result/compare.h"

#include <span>
#include <string>

namespace lockstep::report {

/// A line for each violation, "soft_lockup  CPU1  migration/1 | transient | -", and one for the states explored.
std::string table_text(const result::Comparison& comparison);

/// "fixes it: removes the only violation, none is left or new"; no line end.
std::string conclusion_text(result::Conclusion conclusion, std::span<const result::Comparison> comparisons,
                            bool has_colour = false);

/// The tables, the warnings, the conclusion.
std::string to_text(result::Conclusion conclusion, std::span<const result::Comparison> comparisons,
                    bool has_colour = false);

}  // namespace lockstep::report
