// A unified diff has no grammar of its own beyond its hunks; whatever stands between them is commentary. So the parser
// looks at one line at a time: git's extended headers are collected, "--- x" followed by "+++ y" opens a file, and a
// hunk's header says how many lines belong to it, which are then taken by count. Counting is what makes a signature
// ("-- ") behind the last hunk harmless, and is checked: a hunk that is followed at once by a line that could be its
// own was edited by hand and lost its count, and silence there would lose a change.
#include "sources/patch.h"

#include "base/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace lockstep::sources {

namespace {

// Names in git's quotes: \\ \" \n \t and octal bytes.
std::string unquote(std::string_view quoted)
{
    std::string name;
    for (std::size_t i = 1; i < quoted.size() && quoted[i] != '"'; ++i) {
        if (quoted[i] != '\\' || i + 1 == quoted.size()) {
            name += quoted[i];
            continue;
        }
        const char code = quoted[++i];
        if (code >= '0' && code <= '7' && i + 2 < quoted.size()) {
            unsigned byte = 0;
            std::from_chars(quoted.data() + i, quoted.data() + i + 3, byte, 8);
            name += static_cast<char>(byte);
            i += 2;
        } else {
            name += code == 'n' ? '\n' : code == 't' ? '\t' : code;
        }
    }
    return name;
}

// The name in "--- NAME<tab>time stamp"; empty for /dev/null.
std::string file_name(std::string_view rest)
{
    if (!rest.empty() && rest.front() == '"') return unquote(rest);
    std::string name(rest.substr(0, rest.find('\t')));
    while (!name.empty() && name.back() == ' ') name.pop_back();
    return name == "/dev/null" ? std::string() : name;
}

// What "diff --git" and the lines below it say, until the first hunk or the next file.
struct GitHeader {
    std::uint32_t place = 0;  // 0: not in a git diff
    std::string_view names;   // "a/x b/x"
    std::string rename_from, rename_to, copy_from, copy_to;
    bool is_new = false;
    bool is_deleted = false;
};

// A hunk's header: "@@ -old[,count] +new[,count] @@".
struct Range {
    std::uint32_t start = 0;
    std::uint32_t count = 1;
};

class Cursor {
public:
    explicit Cursor(std::string_view the_text) : text(the_text) {}

    bool skip(std::string_view expected)
    {
        if (!text.starts_with(expected)) return false;
        text.remove_prefix(expected.size());
        return true;
    }
    std::optional<std::uint32_t> number()
    {
        std::uint32_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc()) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        return value;
    }
    std::optional<Range> range()
    {
        Range result;
        const auto start = number();
        if (!start) return std::nullopt;
        result.start = *start;
        if (skip(",")) {
            const auto count = number();
            if (!count) return std::nullopt;
            result.count = *count;
        }
        return result;
    }

private:
    std::string_view text;
};

class Parser {
public:
    Parser(std::string name, std::string_view text) { patch.name = std::move(name), split(text); }

    Patch run()
    {
        while (next < lines.size()) one_line();
        finish_git_header();
        if (patch.files.empty()) {
            reject(0, "there is no unified diff in it", "make it with `git diff` or `diff -u`");
        }
        return std::move(patch);
    }

private:
    void split(std::string_view text)
    {
        while (!text.empty()) {
            const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
            lines.push_back(text.substr(0, end));
            text.remove_prefix(end);
        }
    }

    // A line without its end.
    std::string_view bare(std::size_t index) const
    {
        std::string_view line = index < lines.size() ? lines[index] : std::string_view();
        while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
        return line;
    }

    [[noreturn]] void reject(std::size_t line_number, std::string message, std::string hint = {}) const
    {
        Diagnostic diagnostic;
        diagnostic.file = patch.name;
        diagnostic.line = static_cast<std::uint32_t>(line_number);
        diagnostic.message = std::move(message);
        if (line_number != 0) diagnostic.source_line = bare(line_number - 1);
        diagnostic.hint = std::move(hint);
        throw InputError(std::move(diagnostic));
    }

    void one_line()
    {
        const std::string_view line = bare(next);
        const auto number = static_cast<std::uint32_t>(next + 1);
        if (line.starts_with("diff --git ")) {
            finish_git_header();
            git.place = number;
            git.names = line.substr(11);
            in_file = false;
        } else if (line.starts_with("--- ") && bare(next + 1).starts_with("+++ ")) {
            open_file(number);
            return;
        } else if (line.starts_with("@@ ")) {
            if (!in_file) reject(number, "a hunk without the names of its file ('--- ' and '+++ ') before it");
            hunk();
            return;
        } else if (git.place != 0) {
            git_header_line(line, number);
        } else if (line.starts_with("Binary files ")) {
            reject(number, "a binary change", "only texts can be patched");
        }
        ++next;
    }

    void git_header_line(std::string_view line, std::uint32_t number)
    {
        if (line.starts_with("rename from ")) git.rename_from = file_name(line.substr(12));
        if (line.starts_with("rename to ")) git.rename_to = file_name(line.substr(10));
        if (line.starts_with("copy from ")) git.copy_from = file_name(line.substr(10));
        if (line.starts_with("copy to ")) git.copy_to = file_name(line.substr(8));
        if (line.starts_with("new file mode ")) git.is_new = true;
        if (line.starts_with("deleted file mode ")) git.is_deleted = true;
        if (line.starts_with("GIT binary patch") || line.starts_with("Binary files "))
            reject(number, "a binary change", "only texts can be patched");
    }

    // A git diff without hunks still says something where it renames or copies a file, or makes or removes an empty
    // one. Changes of mode alone say nothing to a checker.
    void finish_git_header()
    {
        const GitHeader header = std::exchange(git, GitHeader());
        if (header.place == 0) return;
        FilePatch file;
        file.place = header.place;
        if (!header.rename_from.empty()) {
            file.change = FileChange::rename;
            file.old_name = "a/" + header.rename_from, file.new_name = "b/" + header.rename_to;
        } else if (!header.copy_from.empty()) {
            file.change = FileChange::copy;
            file.old_name = "a/" + header.copy_from, file.new_name = "b/" + header.copy_to;
        } else if (header.is_new || header.is_deleted) {
            file.change = header.is_new ? FileChange::create : FileChange::remove;
            (header.is_new ? file.new_name : file.old_name) = header.names.substr(0, header.names.size() / 2);
        } else {
            return;
        }
        patch.files.push_back(std::move(file));
    }

    void open_file(std::uint32_t number)
    {
        FilePatch file;
        file.place = number;
        file.old_name = file_name(bare(next).substr(4));
        file.new_name = file_name(bare(next + 1).substr(4));
        if (file.old_name.empty() && file.new_name.empty()) reject(number, "both names are /dev/null");
        if (file.old_name.empty()) file.change = FileChange::create;
        if (file.new_name.empty()) file.change = FileChange::remove;
        if (!git.rename_from.empty()) file.change = FileChange::rename;
        if (!git.copy_from.empty()) file.change = FileChange::copy;
        git = GitHeader();
        // A mailer that ends every line with a carriage return does so here too, where no diff would.
        strip_carriage_returns = lines[next].size() >= 2 && lines[next][lines[next].size() - 2] == '\r';
        patch.files.push_back(std::move(file));
        in_file = true;
        next += 2;
        if (!bare(next).starts_with("@@ "))
            reject(next < lines.size() ? next + 1 : number,
                   "a hunk ('@@ -line,count +line,count @@') is expected here");
    }

    void hunk()
    {
        Hunk hunk;
        hunk.place = static_cast<std::uint32_t>(next + 1);
        hunk.header = bare(next);
        Cursor cursor(hunk.header);
        std::optional<Range> old_range;
        std::optional<Range> new_range;
        const bool understood = cursor.skip("@@ -") && (old_range = cursor.range()) && cursor.skip(" +") &&
                                (new_range = cursor.range()) && cursor.skip(" @@");
        if (!understood) reject(next + 1, "this is no hunk's header", "it has the form @@ -line,count +line,count @@");
        hunk.old_start = old_range->start;
        hunk.new_start = new_range->start;
        ++next;
        hunk_lines(hunk, old_range->count, new_range->count);
        patch.files.back().hunks.push_back(std::move(hunk));
    }

    void hunk_lines(Hunk& hunk, std::uint32_t old_left, std::uint32_t new_left)
    {
        while (old_left > 0 || new_left > 0) {
            const auto kind = next < lines.size() ? kind_of(next) : std::nullopt;
            const bool fits =
                kind && (*kind == LineKind::added || old_left > 0) && (*kind == LineKind::removed || new_left > 0);
            if (!fits) wrong_count(hunk);
            if (*kind != LineKind::added) --old_left;
            if (*kind != LineKind::removed) --new_left;
            hunk.lines.push_back({*kind, text_of(next)});
            ++next;
            if (bare(next).starts_with("\\ ")) {
                remove_line_end(hunk.lines.back().text);
                ++next;
            }
        }
        const std::string_view behind = bare(next);
        const bool is_signature = behind == "--" || behind == "-- ";
        const bool is_next_file = behind.starts_with("--- ") && bare(next + 1).starts_with("+++ ");
        if (!behind.empty() && kind_of(next) && !is_signature && !is_next_file) wrong_count(hunk);
    }

    [[noreturn]] void wrong_count(const Hunk& hunk) const
    {
        reject(hunk.place, "the hunk does not have as many lines as its header says",
               "patches that were edited by hand need new counts; make it again with `git diff` or `diff -u`");
    }

    std::optional<LineKind> kind_of(std::size_t index) const
    {
        const std::string_view line = bare(index);
        if (line.empty() || line.front() == ' ') return LineKind::context;
        if (line.front() == '-') return LineKind::removed;
        if (line.front() == '+') return LineKind::added;
        return std::nullopt;
    }

    std::string text_of(std::size_t index) const
    {
        std::string text(lines[index]);
        // An empty context line without its blank.
        if (text.front() == ' ' || text.front() == '+' || text.front() == '-') text.erase(0, 1);
        if (text.empty() || text.back() != '\n') text += '\n';
        if (strip_carriage_returns && text.size() >= 2 && text[text.size() - 2] == '\r') text.erase(text.size() - 2, 1);
        return text;
    }

    static void remove_line_end(std::string& text)
    {
        if (!text.empty() && text.back() == '\n') text.pop_back();
    }

    Patch patch;
    std::vector<std::string_view> lines;
    std::size_t next = 0;
    GitHeader git;
    bool in_file = false;
    bool strip_carriage_returns = false;
};

}  // namespace

Patch parse_patch(std::string name, std::string_view text) { return Parser(std::move(name), text).run(); }

Patch reversed(Patch patch)
{
    std::reverse(patch.files.begin(), patch.files.end());
    for (FilePatch& file : patch.files) {
        std::swap(file.old_name, file.new_name);
        switch (file.change) {
            case FileChange::create:
                file.change = FileChange::remove;
                break;
            case FileChange::remove:
                file.change = FileChange::create;
                break;
            // Taking a copy back removes the copy; what its hunks changed does not matter then.
            case FileChange::copy:
                file.change = FileChange::remove, file.new_name.clear(), file.hunks.clear();
                break;
            case FileChange::modify:
            case FileChange::rename:
                break;
        }
        for (Hunk& hunk : file.hunks) {
            std::swap(hunk.old_start, hunk.new_start);
            for (HunkLine& line : hunk.lines) {
                if (line.kind == LineKind::context) continue;
                line.kind = line.kind == LineKind::added ? LineKind::removed : LineKind::added;
            }
        }
    }
    return patch;
}

}  // namespace lockstep::sources
