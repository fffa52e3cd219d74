#include "report/coverage.h"

#include "base/text_lines.h"
#include "report/numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

namespace lockstep::report {

namespace {

using Lines = std::map<std::uint32_t, bool>;  // executed?

Lines lines_of(const SourceCoverage::File& file)
{
    Lines lines;
    for (const auto& line : file.lines) lines[line.line] = line.is_executed;
    return lines;
}

template <typename Items>
std::size_t count_executed(const Items& items)
{
    return static_cast<std::size_t>(std::ranges::count_if(items, [](const auto& item) { return item.is_executed; }));
}

// ---- lcov -----------------------------------------------------------------------------------------------------------

std::string branches_record(const SourceCoverage::File& file)
{
    std::string text;
    const Lines lines = lines_of(file);
    const SourceCoverage::Branch* before = nullptr;
    unsigned block = 0, number = 0;
    for (const auto& branch : file.branches) {
        const bool is_same_line = before != nullptr && before->line == branch.line;
        const bool is_same_block = is_same_line && before->column == branch.column;
        block = !is_same_line ? 0 : is_same_block ? block : block + 1;
        number = is_same_block ? number + 1 : 0;
        before = &branch;
        // "-": one never came to the statement.
        const auto line = lines.find(branch.line);
        const bool is_come_to = line == lines.end() || line->second;
        text += fmt::format("BRDA:{},{},{},{}\n", branch.line, block, number,
                            branch.is_executed ? "1"
                            : is_come_to       ? "0"
                                               : "-");
    }
    if (!text.empty()) text += fmt::format("BRF:{}\nBRH:{}\n", file.branches.size(), count_executed(file.branches));
    return text;
}

std::string record_of(const SourceCoverage::File& file)
{
    std::string text = fmt::format("SF:{}\n", file.path.empty() ? file.name : file.path);
    for (const auto& function : file.functions) text += fmt::format("FN:{},{}\n", function.line, function.name);
    for (const auto& function : file.functions)
        text += fmt::format("FNDA:{},{}\n", function.is_executed ? 1 : 0, function.name);
    text += fmt::format("FNF:{}\nFNH:{}\n", file.functions.size(), count_executed(file.functions));
    text += branches_record(file);
    for (const auto& line : file.lines) text += fmt::format("DA:{},{}\n", line.line, line.is_executed ? 1 : 0);
    text += fmt::format("LF:{}\nLH:{}\nend_of_record\n", file.lines.size(), count_executed(file.lines));
    return text;
}

// ---- Text -----------------------------------------------------------------------------------------------------------

/// How many there are, and how many of them are executed.
struct Share {
    std::size_t executed = 0, all = 0;

    template <typename Items>
    void add(const Items& items)
    {
        executed += count_executed(items);
        all += items.size();
    }
    [[nodiscard]] std::string text() const { return fmt::format("{}/{}", executed, all); }
};

struct Shares {
    Share functions, lines, branches;

    void add(const SourceCoverage::File& file)
    {
        functions.add(file.functions);
        lines.add(file.lines);
        branches.add(file.branches);
    }
    [[nodiscard]] std::string text() const
    {
        return fmt::format("functions {}, lines {}, branches {}", functions.text(), lines.text(), branches.text());
    }
};

/// The files given each by itself, and all others, which are hardly ever what is asked about, together.
std::string shares_text(const SourceCoverage& coverage)
{
    std::vector<std::pair<std::string, Shares>> rows;
    Shares others;
    std::size_t count = 0, width = 0;
    for (const auto& file : coverage.files) {
        if (file.is_own) rows.emplace_back(file.name, Shares()).second.add(file);
        if (file.is_own) continue;
        others.add(file);
        ++count;
    }
    if (count != 0) rows.emplace_back(counted(count, "other file"), others);
    for (const auto& [name, shares] : rows) width = std::max(width, name.size());
    std::string text;
    for (const auto& [name, shares] : rows) text += fmt::format("  {:<{}}  {}\n", name, width, shares.text());
    return text;
}

/// Why not everything was looked at.
std::string what_ended(const Result& result)
{
    if (!result.reason.empty()) return result.reason;
    if (!result.violations.empty()) return "the search ended at the first violation; --all goes on";
    return "the search was not complete";
}

struct Remark {
    std::uint32_t first, last;  // lines
    std::string text;
};

bool has_function_between(const SourceCoverage::File& file, std::uint32_t before, std::uint32_t after)
{
    return std::ranges::any_of(file.functions,
                               [&](const auto& function) { return before < function.line && function.line <= after; });
}

/// Lines of a function that are not executed, with none between them that is, as one.
std::vector<Remark> lines_not_executed(const SourceCoverage::File& file, std::string_view source)
{
    std::vector<Remark> remarks;
    bool goes_on = false;
    for (const auto& line : file.lines) {
        const bool is_open = goes_on;
        goes_on = !line.is_executed;
        if (line.is_executed) continue;
        if (is_open && !has_function_between(file, remarks.back().last, line.line)) {
            remarks.back().last = line.line;
        } else {
            remarks.push_back({line.line, line.line, std::string(trimmed(line_of(source, line.line)))});
        }
    }
    return remarks;
}

/// Ways on that are not taken from lines that are executed.
std::vector<Remark> ways_not_taken(const SourceCoverage::File& file, std::string_view source, std::string_view never)
{
    std::vector<Remark> remarks;
    const Lines lines = lines_of(file);
    for (const auto& branch : file.branches) {
        const auto line = lines.find(branch.line);
        if (branch.is_executed || (line != lines.end() && !line->second)) continue;
        remarks.push_back({branch.line, branch.line,
                           fmt::format("{}   [{} {}]", trimmed(line_of(source, branch.line)), never, branch.way)});
    }
    return remarks;
}

std::string not_executed(const SourceCoverage::File& file, std::string_view source, std::string_view never)
{
    std::vector<Remark> remarks = lines_not_executed(file, source);
    for (Remark& remark : ways_not_taken(file, source, never)) remarks.push_back(std::move(remark));
    std::ranges::stable_sort(remarks, {}, &Remark::first);
    std::string text;
    for (const auto& function : file.functions)
        if (!function.is_executed) text += fmt::format("  {}()\n", function.name);
    for (const Remark& remark : remarks) {
        const std::string lines = remark.first == remark.last ? std::to_string(remark.first)
                                                              : fmt::format("{}-{}", remark.first, remark.last);
        text += fmt::format("  {:<8} {}\n", lines, remark.text);
    }
    return text;
}

}  // namespace

std::string to_lcov(const Result& result)
{
    const SourceCoverage& coverage = result.source_coverage.value();
    // The test's name is the one place where it can be said.
    std::string text = coverage.is_complete ? "TN:lockstep\n" : "TN:lockstep_incomplete\n";
    for (const auto& file : coverage.files) text += record_of(file);
    return text;
}

std::string source_coverage_text(const Result& result, const Sources& sources)
{
    const SourceCoverage& coverage = result.source_coverage.value();
    std::string text = coverage.is_complete ? "Executed in some reachable state:\n"
                                            : fmt::format("Executed in what was explored ({}):\n", what_ended(result));
    text += shares_text(coverage);
    for (const auto& file : coverage.files) {
        if (!file.is_own) continue;
        const auto source = sources.find(file.name);
        const std::string list =
            not_executed(file, source == sources.end() ? "" : source->second, coverage.is_complete ? "never" : "not");
        if (list.empty()) continue;
        text +=
            fmt::format("{} in {}:\n{}", coverage.is_complete ? "Never executed" : "Not executed in what was explored",
                        file.name, list);
    }
    return text;
}

}  // namespace lockstep::report
