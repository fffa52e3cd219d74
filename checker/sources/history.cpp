#include "sources/history.h"

#include "base/diagnostic.h"
#include "sources/read_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace lockstep::sources {

namespace {

constexpr std::size_t shortest_abbreviation = 7;

bool is_hexadecimal(std::string_view text)
{
    return !text.empty() && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// One is an abbreviation of the other.
bool names_same_commit(std::string_view left, std::string_view right)
{
    const std::size_t length = std::min(left.size(), right.size());
    return length >= shortest_abbreviation && left.substr(0, length) == right.substr(0, length);
}

HistoryEntry parse_entry(const std::filesystem::path& series, std::uint32_t line_number, const std::string& line)
{
    const std::size_t dash = line.find('-');
    const std::string commit = line.substr(0, dash);
    if (dash == std::string::npos || !line.ends_with(".patch") || !is_hexadecimal(commit)) {
        Diagnostic diagnostic;
        diagnostic.file = series.string();
        diagnostic.line = line_number;
        diagnostic.message = "this is no name of a patch";
        diagnostic.source_line = line;
        diagnostic.hint = "patches are named COMMIT-short-title.patch";
        throw InputError(std::move(diagnostic));
    }
    return {commit, line.substr(dash + 1, line.size() - dash - 1 - std::string_view(".patch").size()),
            series.parent_path() / line};
}

std::string list(const std::vector<HistoryEntry>& entries)
{
    std::string text;
    for (const HistoryEntry& entry : entries) text += fmt::format("\n    {}  {}", entry.commit, entry.title);
    return text;
}

std::size_t find(const std::vector<HistoryEntry>& entries, std::string_view commit)
{
    std::string wanted(commit);
    std::transform(wanted.begin(), wanted.end(), wanted.begin(), [](unsigned char c) { return std::tolower(c); });
    if (!is_hexadecimal(wanted) || wanted.size() < shortest_abbreviation)
        reject_input(fmt::format("'{}' is no commit", commit), "give at least 7 hexadecimal digits of its id");
    std::vector<HistoryEntry> found;
    for (const HistoryEntry& entry : entries)
        if (names_same_commit(entry.commit, wanted)) found.push_back(entry);
    if (found.size() > 1) reject_input(fmt::format("'{}' could be any of{}", commit, list(found)));
    if (found.empty()) {
        reject_input(entries.empty()
                         ? fmt::format("unknown commit '{}': these models have no history", commit)
                         : fmt::format("unknown commit '{}'; the miniature kernel's history, oldest first, is{}",
                                       commit, list(entries)));
    }
    const auto is_found = [&](const HistoryEntry& entry) { return entry.commit == found.front().commit; };
    return static_cast<std::size_t>(std::find_if(entries.begin(), entries.end(), is_found) - entries.begin());
}

std::vector<HistoryEntry> newest_first(const std::vector<HistoryEntry>& entries, std::size_t from)
{
    return {entries.rbegin(), entries.rend() - static_cast<std::ptrdiff_t>(from)};
}

std::filesystem::path series_of(const std::filesystem::path& models) { return models / "patches" / "series"; }

// Takes the first line off the text, and the blanks off the line's end.
std::string take_line(std::string_view& text)
{
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    line.erase(line.find_last_not_of(" \t\r") + 1);
    return line;
}

std::vector<HistoryEntry> read_series(const std::filesystem::path& series)
{
    std::vector<HistoryEntry> entries;
    const std::string text = read_text(series, "series of patches");
    std::string_view rest = text;
    for (std::uint32_t number = 1; !rest.empty(); ++number) {
        const std::string line = take_line(rest);
        if (!line.empty() && line.front() != '#') entries.push_back(parse_entry(series, number, line));
    }
    return entries;
}

UpstreamChange describe(const HistoryEntry& entry)
{
    constexpr std::string_view shown_by = "Shown by: ";
    UpstreamChange change{entry.commit, {}, {}};
    const std::string text = read_text(entry.file, "patch");
    std::string_view rest = text;
    while (!rest.empty() && !rest.starts_with("--- ")) {
        const std::string line = take_line(rest);
        if (change.title.empty()) change.title = line;
        if (line.starts_with(shown_by)) change.scenario = line.substr(shown_by.size());
    }
    if (change.title.empty()) change.title = entry.title;
    return change;
}

}  // namespace

std::vector<HistoryEntry> History::newer_than_before(std::string_view commit) const
{
    return newest_first(entries, find(entries, commit));
}

std::vector<HistoryEntry> History::newer_than(std::string_view commit) const
{
    return newest_first(entries, find(entries, commit) + 1);
}

History read_history(const std::filesystem::path& models)
{
    const std::filesystem::path series = series_of(models);
    if (!std::filesystem::exists(series)) return {};
    return {read_series(series)};
}

std::vector<UpstreamChange> describe_history(const std::filesystem::path& models)
{
    std::vector<UpstreamChange> changes;
    for (const HistoryEntry& entry : read_series(series_of(models))) changes.push_back(describe(entry));
    return changes;
}

}  // namespace lockstep::sources
