// Unified diffs, as `diff -u`, `git diff` and `git format-patch` write them, as data.
//
// Understood: several files per patch; text around the diffs (mail headers, commit messages, signatures); names with
// time stamps behind them or in git's quotes; /dev/null for a file that is created or removed; git's renames and
// copies; "\ No newline at end of file"; lines that a mailer has given a carriage return; empty context lines that
// have lost their blank. Everything else is an InputError at its line of the patch: context diffs, binary changes,
// a hunk with more or fewer lines than its header promises.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep::sources {

enum class LineKind : std::uint8_t { context, removed, added };

struct HunkLine {
    LineKind kind = LineKind::context;
    std::string text;  // with its line end; without one where it is the file's last and the file ends without
};

struct Hunk {
    std::uint32_t place = 0;      // line of its header in the patch
    std::string header;           // "@@ -10,7 +10,8 @@ static int multi_cpu_stop(void *data)"
    std::uint32_t old_start = 0;  // 1-based; where the old side has no lines: the line it stands behind
    std::uint32_t new_start = 0;
    std::vector<HunkLine> lines;
};

enum class FileChange : std::uint8_t { modify, create, remove, rename, copy };

struct FilePatch {
    std::uint32_t place = 0;  // line of the patch that names the file
    FileChange change = FileChange::modify;
    std::string old_name;  // as written, with its "a/"; empty: created
    std::string new_name;  // empty: removed
    std::vector<Hunk> hunks;
};

struct Patch {
    std::string name;  // the patch's file, for messages
    std::vector<FilePatch> files;
};

Patch parse_patch(std::string name, std::string_view text);

/// The patch that takes this one back.
Patch reversed(Patch patch);

}  // namespace lockstep::sources
