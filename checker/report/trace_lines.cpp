#include "report/trace_lines.h"

#include <algorithm>

namespace lockstep::report {

std::vector<TraceLine> lines_of(const TraceStep& step)
{
    std::vector<TraceLine> lines;
    for (const TraceMove& move : step.moves) {
        const TraceMove* before = lines.empty() ? nullptr : lines.back().front();
        if (before == nullptr || before->file != move.file || before->line != move.line ||
            !std::ranges::equal(before->stack, move.stack, same_entry))
            lines.emplace_back();
        lines.back().push_back(&move);
    }
    return lines;
}

bool matters(const TraceLine& line)
{
    return std::ranges::any_of(line, [](const TraceMove* move) { return move->matters; });
}

std::vector<ValueHistory> changes_of(const TraceLine& line)
{
    std::vector<ValueHistory> changes;
    for (const TraceMove* move : line) {
        for (const Change& change : move->changes) {
            const auto known = std::ranges::find(changes, change.name, &ValueHistory::name);
            ValueHistory& history =
                known != changes.end() ? *known : changes.emplace_back(ValueHistory{change.name, change.before});
            history.values += " -> " + change.after;
        }
    }
    return changes;
}

bool same_entry(const StackEntry& left, const StackEntry& right)
{
    return left.function == right.function && left.file == right.file && left.line == right.line;
}

}  // namespace lockstep::report
