#include "report/comparison_text.h"

#include "report/numbers.h"
#include "report/terminal.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

namespace lockstep::report {

namespace {

using result::Comparison;
using result::Conclusion;
using result::Coverage;
using result::Difference;
using result::Row;

// ---- The table ----

std::string cell(std::optional<Permanence> found, const Coverage& coverage)
{
    if (!found) return coverage.complete ? "-" : "not found";
    switch (*found) {
        case Permanence::not_applicable:
            return "yes";
        case Permanence::transient:
            return "transient";
        case Permanence::permanent:
            return "permanent";
        case Permanence::undecided:
            return "undecided";
    }
    return {};
}

std::string states_cell(const Coverage& coverage)
{
    return grouped(coverage.states) + (coverage.complete ? "" : ", cut short");
}

std::string cpu_text(const Row& row) { return row.cpu < 0 ? std::string() : fmt::format("CPU{}", row.cpu); }

// A violation's kind, CPU and task in columns of their own.
std::vector<std::string> labels_of(const std::vector<Row>& rows)
{
    std::size_t kind_width = 0;
    std::size_t cpu_width = 0;
    for (const Row& row : rows) {
        kind_width = std::max(kind_width, row.kind.size());
        cpu_width = std::max(cpu_width, cpu_text(row).size());
    }
    std::vector<std::string> labels;
    labels.reserve(rows.size());
    for (const Row& row : rows)
        labels.push_back(fmt::format("{:<{}}  {:<{}}  {}", row.kind, kind_width, cpu_text(row), cpu_width, row.task));
    return labels;
}

// ---- The conclusion ----

// A violation in a sentence: "soft_lockup of migration/1 on CPU1".
std::string name_of(const Row& row)
{
    std::string name = row.kind;
    if (!row.task.empty()) name += " of " + row.task;
    if (row.cpu >= 0) name += " on " + cpu_text(row);
    return name;
}

std::string joined(std::initializer_list<std::string> clauses, const char* separator)
{
    std::vector<std::string> present(clauses);
    std::erase(present, "");
    return fmt::format("{}", fmt::join(present, separator));
}

auto is(Difference difference)
{
    return [difference](const Row& row) { return row.difference == difference; };
}

// The clauses that a conclusion is made of; each is empty where it would say nothing.
class Clauses {
public:
    explicit Clauses(std::span<const Comparison> the_comparisons) : comparisons(the_comparisons) {}

    [[nodiscard]] std::string introduces() const { return with("introduces", is(Difference::added)); }
    [[nodiscard]] std::string leaves() const { return with("leaves", is(Difference::stays)); }
    [[nodiscard]] std::string hides() const { return with("removes", is(Difference::hidden)); }
    [[nodiscard]] std::string worsens() const
    {
        return with("makes", is(Difference::worse), " permanent instead of transient");
    }
    [[nodiscard]] std::string softens() const
    {
        return with("makes", is(Difference::milder), " transient instead of permanent");
    }

    // "removes 2 of 3 violations"
    [[nodiscard]] std::string removes() const
    {
        std::uint64_t all = 0;
        std::uint64_t removed = 0;
        for (const Comparison& comparison : comparisons) {
            all += std::ranges::count_if(comparison.rows, [](const Row& row) { return row.before.has_value(); });
            removed += std::ranges::count(comparison.rows, Difference::removed, &Row::difference);
        }
        if (removed == 0) return {};
        if (removed < all) return fmt::format("removes {} of {} violations", grouped(removed), grouped(all));
        return all == 1 ? "removes the only violation" : fmt::format("removes all {} violations", grouped(all));
    }

    // Which runs were cut short.
    [[nodiscard]] std::string limits() const
    {
        std::vector<std::string> limits;
        for (const Comparison& comparison : comparisons) {
            for (const auto& [coverage, when] : {std::pair(comparison.before, "before"), {comparison.after, "after"}})
                if (!coverage.complete)
                    limits.push_back(fmt::format("the run {} the change on {} was cut short, {}", when,
                                                 counted(comparison.cpus, "CPU"), coverage.reason));
        }
        return fmt::format("{}", fmt::join(limits, "; "));
    }

    // What is certain even so. By name, as the number of all violations is not known.
    [[nodiscard]] std::string facts() const
    {
        const std::string removes = with("removes", [](const Row& row) {
            return row.difference == Difference::removed || row.difference == Difference::hidden;
        });
        const std::string facts = joined({introduces(), worsens(), removes, softens(), leaves()}, "; ");
        return facts.empty() ? facts : "it is certain that the change " + facts;
    }

    // What was found, though nothing follows from it.
    [[nodiscard]] std::string findings() const
    {
        const auto undecided_and = [](bool in_before, bool in_after) {
            return [=](const Row& row) {
                return row.difference == Difference::undecided && row.before.has_value() == in_before &&
                       row.after.has_value() == in_after;
            };
        };
        return joined(
            {with("found before it:", undecided_and(true, false)), with("found after it:", undecided_and(false, true)),
             with("found before and after it:", undecided_and(true, true))},
            "; ");
    }

private:
    std::span<const Comparison> comparisons;

    // "leaves X, Y": each name once, though several numbers of CPUs may have shown it.
    template <typename Predicate>
    [[nodiscard]] std::string with(const char* verb, Predicate is_wanted, const char* end = "") const
    {
        std::vector<std::string> names;
        for (const Comparison& comparison : comparisons) {
            for (const Row& row : comparison.rows) {
                const std::string name = name_of(row);
                if (is_wanted(row) && std::ranges::find(names, name) == names.end()) names.push_back(name);
            }
        }
        return names.empty() ? std::string() : fmt::format("{} {}{}", verb, fmt::join(names, ", "), end);
    }
};

std::string sentence(Conclusion conclusion, const Clauses& say)
{
    switch (conclusion) {
        case Conclusion::fixes:
            return "fixes it: " + say.removes() + ", none is left or new";
        case Conclusion::partly:
            return joined({say.removes(), say.softens(), say.leaves()}, "; ");
        case Conclusion::nothing:
            return "changes nothing: " + (say.leaves().empty() ? "no violation before and none after" : say.leaves());
        case Conclusion::introduces:
            return joined({say.introduces(), say.worsens(), say.removes(), say.softens(), say.leaves()}, "; ");
        case Conclusion::hides:
            return "hides a report while the stall stays: " +
                   joined({say.hides() + ", but " + joined({say.introduces(), say.leaves()}, " and "), say.worsens(),
                           say.removes(), say.softens()},
                          "; ");
        case Conclusion::unknown:
            return "unknown: " + joined({say.limits(), say.facts(), say.findings()}, "; ");
    }
    return {};
}

Colour colour_of(Conclusion conclusion)
{
    switch (conclusion) {
        case Conclusion::fixes:
        case Conclusion::partly:
            return Colour::green;
        case Conclusion::unknown:
            return Colour::yellow;
        case Conclusion::nothing:
        case Conclusion::introduces:
        case Conclusion::hides:
            return Colour::red;
    }
    return Colour::plain;
}

}  // namespace

std::string table_text(const Comparison& comparison)
{
    const std::vector<std::string> labels = labels_of(comparison.rows);
    std::vector<std::array<std::string, 3>> lines{{counted(comparison.cpus, "CPU"), "before", "after"}};
    for (std::size_t i = 0; i < labels.size(); ++i)
        lines.push_back({labels[i], cell(comparison.rows[i].before, comparison.before),
                         cell(comparison.rows[i].after, comparison.after)});
    lines.push_back({"states", states_cell(comparison.before), states_cell(comparison.after)});

    std::array<std::size_t, 2> widths{};
    for (const auto& line : lines)
        for (std::size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
    std::string text;
    for (const auto& [what, before, after] : lines)
        text += fmt::format("{:<{}} | {:<{}} | {}\n", what, widths[0], before, widths[1], after);
    return text;
}

std::string conclusion_text(Conclusion conclusion, std::span<const Comparison> comparisons, bool has_colour)
{
    return paint(sentence(conclusion, Clauses(comparisons)), colour_of(conclusion), has_colour);
}

std::string to_text(Conclusion conclusion, std::span<const Comparison> comparisons, bool has_colour)
{
    std::string text;
    std::vector<std::string> warnings;
    for (const Comparison& comparison : comparisons) {
        text += table_text(comparison) + '\n';
        for (const std::string& warning : comparison.warnings)
            if (std::ranges::find(warnings, warning) == warnings.end()) warnings.push_back(warning);
    }
    for (const std::string& warning : warnings)
        text += paint("warning", Colour::yellow, has_colour) + ": " + warning + '\n';
    return text + conclusion_text(conclusion, comparisons, has_colour) + '\n';
}

}  // namespace lockstep::report
