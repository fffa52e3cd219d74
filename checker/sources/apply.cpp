// Where a hunk goes. It is looked for at the line it names, moved by as much as the hunk before it was found off its
// place, then ever farther away in both directions, never before the end of the hunk before it. Only if its lines
// stand nowhere, one, then two lines of context at its ends are left out of the comparison ("fuzz"), as the `patch`
// program does. So does this: a hunk with less context in front than behind comes from the start of its file, one
// with less behind from the end, and matches only there as long as that context is not left out.
//
// Line ends are compared exactly first. Where that fails, a line matches whatever its end is (a patch that a mailer
// converted), and the lines that are added take the end that the text uses.
#include "sources/apply.h"

#include "base/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace lockstep::sources {

namespace {

constexpr std::int64_t max_fuzz = 2;

using Lines = std::vector<std::string_view>;

enum class LineEnds : std::uint8_t { exact, any };

Lines split(std::string_view text)
{
    Lines lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return lines;
}

std::string_view without_end(std::string_view line)
{
    if (!line.empty() && line.back() == '\n') line.remove_suffix(1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return line;
}

bool same(std::string_view left, std::string_view right, LineEnds ends)
{
    return ends == LineEnds::exact ? left == right : without_end(left) == without_end(right);
}

// What a hunk expects to find, and how many lines of context stand at its ends.
struct Pattern {
    explicit Pattern(const Hunk& hunk)
    {
        const auto is_change = [](const HunkLine& line) { return line.kind != LineKind::context; };
        const auto first = std::find_if(hunk.lines.begin(), hunk.lines.end(), is_change);
        const auto last = std::find_if(hunk.lines.rbegin(), hunk.lines.rend(), is_change);
        if (first != hunk.lines.end()) {
            leading = first - hunk.lines.begin();
            trailing = last - hunk.lines.rbegin();
        }
        for (const HunkLine& line : hunk.lines)
            if (line.kind != LineKind::added) lines.push_back(line.text);
    }
    Lines lines;
    std::int64_t leading = 0;
    std::int64_t trailing = 0;
};

struct Place {
    std::int64_t line = 0;        // index of the text's line that the hunk's first line stands for
    std::int64_t skip_front = 0;  // lines of context left out
    std::int64_t skip_back = 0;
    std::int64_t fuzz = 0;
    LineEnds ends = LineEnds::exact;
};

class Matcher {
public:
    Matcher(const Lines& the_text, const Hunk& the_hunk) : text(the_text), hunk(the_hunk), pattern(the_hunk) {}

    /// `guess`: where it should be; `from`: the first line that no earlier hunk has touched.
    std::optional<Place> find(std::int64_t guess, std::int64_t from) const
    {
        if (pattern.lines.empty()) {
            if (guess < from || guess > std::ssize(text)) return std::nullopt;
            return Place{.line = guess};
        }
        const std::int64_t context = std::max(pattern.leading, pattern.trailing);
        for (std::int64_t fuzz = 0; fuzz <= std::min(max_fuzz, context); ++fuzz) {
            for (const LineEnds ends : {LineEnds::exact, LineEnds::any}) {
                if (auto place = find(guess, from, fuzz, ends)) return place;
            }
        }
        return std::nullopt;
    }

    /// Whether the hunk stands exactly there.
    bool stands_at(const Place& place) const
    {
        const std::int64_t end = std::ssize(pattern.lines) - place.skip_back;
        if (place.line + place.skip_front < 0 || place.line + end > std::ssize(text)) return false;
        for (std::int64_t i = place.skip_front; i < end; ++i)
            if (!same(text[place.line + i], pattern.lines[i], place.ends)) return false;
        return true;
    }

private:
    std::optional<Place> find(std::int64_t guess, std::int64_t from, std::int64_t fuzz, LineEnds ends) const
    {
        const std::int64_t context = std::max(pattern.leading, pattern.trailing);
        const std::int64_t front = fuzz + pattern.leading - context;
        const std::int64_t back = fuzz + pattern.trailing - context;
        Place place{.skip_front = std::max<std::int64_t>(front, 0), .skip_back = std::max<std::int64_t>(back, 0)};
        place.fuzz = fuzz;
        place.ends = ends;
        if (place.skip_front + place.skip_back >= std::ssize(pattern.lines)) return std::nullopt;  // nothing left
        const std::int64_t lowest = std::max<std::int64_t>(from - place.skip_front, 0);
        const std::int64_t highest = std::ssize(text) - std::ssize(pattern.lines) + place.skip_back;
        const bool only_at_start = front < 0 && hunk.old_start <= 1;
        const bool only_at_end = back < 0;
        const auto fits_at = [&](std::int64_t line) {
            if (line < lowest || line > highest) return false;
            if ((only_at_start && line != 0) || (only_at_end && line != highest)) return false;
            place.line = line;
            return stands_at(place);
        };
        const std::int64_t reach = std::max(guess - lowest, highest - guess);
        for (std::int64_t offset = 0; offset <= reach; ++offset)
            if (fits_at(guess + offset) || fits_at(guess - offset)) return place;
        return std::nullopt;
    }

    const Lines& text;
    const Hunk& hunk;
    Pattern pattern;
};

// The 0-based line at which the hunk says it starts.
std::int64_t stated_line(const Hunk& hunk)
{
    const auto is_old = [](const HunkLine& line) { return line.kind != LineKind::added; };
    const bool has_old_lines = std::any_of(hunk.lines.begin(), hunk.lines.end(), is_old);
    return std::int64_t{hunk.old_start} - (has_old_lines ? 1 : 0);
}

class Application {
public:
    Application(const Patch& the_patch, const FilePatch& the_file, std::string_view text, std::string_view the_target)
        : patch(the_patch), file(the_file), target(the_target), lines(split(text))
    {
        uses_carriage_returns = !lines.empty() && lines.front().ends_with("\r\n");
    }

    Applied run()
    {
        std::int64_t drift = 0;
        for (const Hunk& hunk : file.hunks) {
            const std::int64_t guess = stated_line(hunk) + drift;
            const auto place = Matcher(lines, hunk).find(guess, done);
            if (!place) reject(hunk, guess);
            warn(hunk, *place);
            drift += place->line - guess;
            put(hunk, *place);
        }
        copy_to(std::ssize(lines));
        return std::move(result);
    }

private:
    void copy_to(std::int64_t end)
    {
        for (; done < end; ++done) append(lines[done]);
    }

    void append(std::string_view line)
    {
        if (!result.text.empty() && result.text.back() != '\n') result.text += line_end();
        result.text += line;
    }

    std::string_view line_end() const { return uses_carriage_returns ? "\r\n" : "\n"; }

    void put(const Hunk& hunk, const Place& place)
    {
        copy_to(place.line + place.skip_front);
        const auto begin = hunk.lines.begin() + place.skip_front;
        const auto end = hunk.lines.end() - place.skip_back;
        for (auto line = begin; line != end; ++line) {
            if (line->kind == LineKind::context) {
                copy_to(done + 1);
            } else if (line->kind == LineKind::removed) {
                ++done;
            } else if (place.ends == LineEnds::exact) {
                append(line->text);
            } else {
                const bool has_end = line->text.ends_with('\n');
                append(std::string(without_end(line->text)) + std::string(has_end ? line_end() : ""));
            }
        }
    }

    void warn(const Hunk& hunk, const Place& place)
    {
        if (place.fuzz == 0 && place.ends == LineEnds::exact) return;
        std::string how;
        if (place.fuzz > 0)
            how = fmt::format("without its outermost {} of context (fuzz {})", place.fuzz == 1 ? "line" : "2 lines",
                              place.fuzz);
        if (place.ends == LineEnds::any) how += fmt::format("{}with other line ends", how.empty() ? "" : " and ");
        result.warnings.push_back(fmt::format("{}:{}: {} fits {} line {} only {}", patch.name, hunk.place,
                                              number_of(hunk), target, place.line + 1, how));
    }

    std::string number_of(const Hunk& hunk) const
    {
        return fmt::format("hunk {} of {}", &hunk - file.hunks.data() + 1, file.hunks.size());
    }

    // The hunk as it is in the patch, then the lines of the text at the expected place; the first one that differs is
    // marked.
    [[noreturn]] void reject(const Hunk& hunk, std::int64_t guess) const
    {
        Diagnostic diagnostic;
        diagnostic.file = patch.name;
        diagnostic.line = hunk.place;
        diagnostic.message = fmt::format("{} does not apply to {}\n    {}", number_of(hunk), target, hunk.header);
        for (const HunkLine& line : hunk.lines) {
            const char sign = line.kind == LineKind::added ? '+' : line.kind == LineKind::removed ? '-' : ' ';
            diagnostic.message += fmt::format("\n    {}{}", sign, without_end(line.text));
        }
        diagnostic.message += lines_at(hunk, guess);
        diagnostic.hint = would_apply_reversed(hunk, guess)
                              ? "the change seems to be made already: its lines stand there as they are after it"
                              : "the patch was made against another version of this file, or another patch came first";
        throw InputError(std::move(diagnostic));
    }

    std::string lines_at(const Hunk& hunk, std::int64_t guess) const
    {
        const Pattern pattern(hunk);
        const std::int64_t count = std::ssize(pattern.lines);
        const std::int64_t begin = std::clamp<std::int64_t>(guess, 0, std::ssize(lines));
        const std::int64_t end = std::min(begin + std::max<std::int64_t>(count, 1), std::ssize(lines));
        std::string text =
            fmt::format("\n  expected at line {} of {}, which has {} lines", guess + 1, target, lines.size());
        if (begin < end) text += "; there stands (the first difference is marked)";
        bool marked = false;
        for (std::int64_t i = begin; i < end; ++i) {
            const std::int64_t k = i - guess;
            const bool differs = k < 0 || k >= count || !same(lines[i], pattern.lines[k], LineEnds::any);
            text += fmt::format("\n  {} {:>5} {}", differs && !marked ? ">" : " ", i + 1, without_end(lines[i]));
            marked = marked || differs;
        }
        return text;
    }

    bool would_apply_reversed(const Hunk& hunk, std::int64_t guess) const
    {
        Hunk back = hunk;
        for (HunkLine& line : back.lines) {
            if (line.kind == LineKind::context) continue;
            line.kind = line.kind == LineKind::added ? LineKind::removed : LineKind::added;
        }
        const Pattern pattern(back);
        if (pattern.lines.empty()) return false;
        const auto place = Matcher(lines, back).find(guess, 0);
        return place && place->fuzz == 0;
    }

    const Patch& patch;
    const FilePatch& file;
    std::string_view target;
    Lines lines;
    bool uses_carriage_returns = false;
    std::int64_t done = 0;  // lines of the text that are behind us
    Applied result;
};

}  // namespace

Applied apply(const Patch& patch, const FilePatch& file, std::string_view text, std::string_view target)
{
    return Application(patch, file, text, target).run();
}

}  // namespace lockstep::sources
