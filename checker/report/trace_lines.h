// The steps of a trace as source lines: what several formats show one by one.
#pragma once

#include "result/result.h"

#include <string>
#include <vector>

namespace lockstep::report {

/// Moves of one step that stand on one line in one call of a function; at least one.
using TraceLine = std::vector<const TraceMove*>;

/// Of all moves of the step, in their order.
std::vector<TraceLine> lines_of(const TraceStep& step);

bool matters(const TraceLine& line);

/// "0 -> 1 -> 2".
struct ValueHistory {
    std::string name, values;
};

/// A row for each variable that it changed, in the order of their first changes.
std::vector<ValueHistory> changes_of(const TraceLine& line);

bool same_entry(const StackEntry& left, const StackEntry& right);

}  // namespace lockstep::report
