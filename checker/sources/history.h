// The upstream changes over which the miniature kernel can go back.
//
// models/kernel/ is today's kernel. models/patches/series names, oldest first, one change a line; lines that start
// with '#' and empty lines are skipped. Each change is a unified diff in the same directory, from the kernel before it
// to the kernel after it, and is named COMMIT-short-title.patch after the upstream commit.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep::sources {

struct HistoryEntry {
    std::string commit;  // "0b26351b910f"
    std::string title;   // "stop-two-cpus-one-lock"
    std::filesystem::path file;
};

struct History {
    std::vector<HistoryEntry> entries;  // oldest first

    /// The entries that have to be taken back, newest first, to stand just before or just after a commit; the commit
    /// may be abbreviated to 7 digits. Throws InputError, listing the commits there are, if it is not one of them.
    [[nodiscard]] std::vector<HistoryEntry> newer_than_before(std::string_view commit) const;
    [[nodiscard]] std::vector<HistoryEntry> newer_than(std::string_view commit) const;
};

/// Reads models/patches/series; a models directory without one has no history.
History read_history(const std::filesystem::path& models);

/// An entry as its patch describes it, in the text above the first line that starts with "--- ".
struct UpstreamChange {
    std::string commit;
    std::string title;     // the first line
    std::string scenario;  // of the line "Shown by: models/scenarios/migrate_swap.c"; empty: there is none
};

/// Oldest first. Throws InputError where there is no series, or a patch of it cannot be read.
std::vector<UpstreamChange> describe_history(const std::filesystem::path& models);

}  // namespace lockstep::sources
