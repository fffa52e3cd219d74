#include "result/compare.h"

#include "result/blame.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace lockstep::result {

namespace {

constexpr const char* silent_hang = "silent_hang";

using Permanences = std::set<Permanence>;  // from harmless to bad, as Permanence is declared
using Key = std::tuple<std::string, std::int64_t, std::string>;

struct Sides {
    Permanences before, after;
};

std::map<Key, Sides> sides_by_key(const Result& before, const Result& after)
{
    std::map<Key, Sides> sides;
    for (const Violation& v : before.violations) sides[{v.kind, v.cpu, v.task}].before.insert(v.permanence);
    for (const Violation& v : after.violations) sides[{v.kind, v.cpu, v.task}].after.insert(v.permanence);
    return sides;
}

std::optional<Permanence> take_worst(Permanences& permanences)
{
    if (permanences.empty()) return std::nullopt;
    return permanences.extract(std::prev(permanences.end())).value();
}

using Pair = std::pair<std::optional<Permanence>, std::optional<Permanence>>;

// What is equal on both sides belongs together; then what is left, the worst first.
std::vector<Pair> paired(Sides sides)
{
    std::vector<Pair> pairs;
    Permanences common;
    std::ranges::set_intersection(sides.before, sides.after, std::inserter(common, common.end()));
    for (const Permanence permanence : common) {
        pairs.emplace_back(permanence, permanence);
        sides.before.erase(permanence);
        sides.after.erase(permanence);
    }
    while (!sides.before.empty() || !sides.after.empty()) {
        const auto before = take_worst(sides.before);
        pairs.emplace_back(before, take_worst(sides.after));
    }
    return pairs;
}

Difference difference_of(const Row& row, bool before_is_complete, bool after_is_complete)
{
    const auto if_new = [&](Difference difference) { return before_is_complete ? difference : Difference::undecided; };
    const auto if_gone = [&](Difference difference) { return after_is_complete ? difference : Difference::undecided; };
    if (!row.before) return if_new(Difference::added);
    if (!row.after) return if_gone(Difference::removed);
    if (row.before == Permanence::undecided || row.after == Permanence::undecided) return Difference::undecided;
    if (*row.before < *row.after) return if_new(Difference::worse);
    if (*row.before > *row.after) return if_gone(Difference::milder);
    return Difference::stays;
}

bool is_stuck(const Row& row) { return lockstep::is_stuck(row.kind); }

bool shows_stall(const Row& row)
{
    return row.kind == silent_hang ? row.difference == Difference::added
                                   : is_stuck(row) && row.difference == Difference::stays;
}

void find_hidden(std::vector<Row>& rows)
{
    if (std::ranges::none_of(rows, shows_stall)) return;
    for (Row& row : rows)
        if (row.difference == Difference::removed && row.before && is_detectors_report(row.kind, *row.before))
            row.difference = Difference::hidden;
}

Coverage coverage_of(const Result& result)
{
    return {result.statistics.complete, result.statistics.states, result.reason};
}

}  // namespace

Comparison compare(const Result& before, const Result& after)
{
    Comparison comparison{after.cpus, coverage_of(before), coverage_of(after), {}, before.warnings};
    for (const auto& [key, sides] : sides_by_key(before, after)) {
        for (const auto& [side_before, side_after] : paired(sides)) {
            const auto& [kind, cpu, task] = key;
            Row& row = comparison.rows.emplace_back(Row{kind, cpu, task, side_before, side_after});
            row.difference = difference_of(row, comparison.before.complete, comparison.after.complete);
        }
    }
    find_hidden(comparison.rows);
    for (const std::string& warning : after.warnings)
        if (std::ranges::find(comparison.warnings, warning) == comparison.warnings.end())
            comparison.warnings.push_back(warning);
    return comparison;
}

Conclusion conclude(std::span<const Comparison> comparisons)
{
    std::set<Difference> seen;
    for (const Comparison& comparison : comparisons) {
        if (!comparison.before.complete || !comparison.after.complete) return Conclusion::unknown;
        for (const Row& row : comparison.rows) seen.insert(row.difference);
    }
    if (seen.contains(Difference::undecided)) return Conclusion::unknown;
    if (seen.contains(Difference::hidden)) return Conclusion::hides;
    if (seen.contains(Difference::added) || seen.contains(Difference::worse)) return Conclusion::introduces;
    if (seen.contains(Difference::milder)) return Conclusion::partly;
    if (!seen.contains(Difference::removed)) return Conclusion::nothing;
    return seen.contains(Difference::stays) ? Conclusion::partly : Conclusion::fixes;
}

}  // namespace lockstep::result
