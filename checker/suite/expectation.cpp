// A line of the comment is an expectation if it begins with the word and goes on with an option or a colon, or if there
// is a verdict in it: prose may begin with "expect", too, and a slip in an expectation is to be noticed all the same.
#include "suite/expectation.h"

#include "base/diagnostic.h"
#include "base/text_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <sstream>

namespace lockstep::suite {

namespace {

constexpr std::string_view blanks = " \t\r\n";
constexpr const char* grammar =
    "an expectation is `expect OPTIONS: holds` or `expect OPTIONS: violated KIND [permanent|transient] [cpu=N] "
    "[task=NAME] [message=PATTERN]`, with a semicolon between several";

std::vector<std::string> words_of(std::string_view text)
{
    std::istringstream in{std::string(text)};
    std::vector<std::string> words;
    for (std::string word; in >> word;) words.push_back(word);
    return words;
}

/// A line of the source, and what of it stands in the comment.
struct CommentLine {
    std::uint32_t number;
    std::string_view source, text;
};

/// Of the first comment; none if anything but blank lines and // comes before it.
std::vector<CommentLine> first_comment(std::string_view text)
{
    std::vector<CommentLine> lines;
    bool is_inside = false;
    for (std::uint32_t number = 1; !text.empty(); ++number) {
        const std::size_t end = text.find('\n');
        const std::string_view source = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        std::string_view line = trimmed(source);
        if (!is_inside) {
            if (line.empty() || line.starts_with("//")) continue;
            if (!line.starts_with("/*")) return lines;
            line.remove_prefix(2);
            is_inside = true;
        } else if (line.starts_with('*') && !line.starts_with("*/")) {
            line.remove_prefix(1);
        }
        const std::size_t close = line.find("*/");
        lines.push_back({number, source, trimmed(line.substr(0, close))});
        if (close != std::string_view::npos) return lines;
    }
    return lines;
}

class Parser {
public:
    Parser(const std::string& the_file, const CommentLine& the_line) : file(the_file), line(the_line) {}

    std::optional<Expectation> parse()
    {
        Expectation expectation;
        std::string_view rest = line.text;
        if (!take(rest, "expect")) return std::nullopt;
        expectation.is_long = take(rest, "-long");
        const bool is_word = rest.empty() || blanks.find(rest.front()) != std::string_view::npos || rest.front() == ':';
        if (!is_word || !is_meant(trimmed(rest))) return std::nullopt;

        const std::size_t colon = verdict_of(rest);
        if (colon == std::string_view::npos) refuse("the expectation has no verdict", rest);
        expectation.file = file;
        expectation.line = line.number;
        expectation.options = words_of(rest.substr(0, colon));
        if (!expectation.options.empty() && !expectation.options.front().starts_with('-'))
            refuse(fmt::format("'{}' is no option", expectation.options.front()), rest);
        const std::string_view verdict = trimmed(rest.substr(colon + 1));
        expectation.verdict = verdict;
        expectation.holds = verdict == "holds";
        if (!expectation.holds) expectation.findings = findings_of(verdict);
        return expectation;
    }

private:
    const std::string& file;
    const CommentLine& line;

    [[noreturn]] void refuse(const std::string& message, std::string_view at) const
    {
        Diagnostic diagnostic;
        diagnostic.file = file;
        diagnostic.line = line.number;
        if (const std::string_view place = trimmed(at); !place.empty())
            diagnostic.column = static_cast<std::uint32_t>(place.data() - line.source.data()) + 1;
        diagnostic.message = message;
        diagnostic.source_line = std::string(line.source.substr(0, line.source.find_last_not_of(blanks) + 1));
        diagnostic.hint = grammar;
        throw InputError(std::move(diagnostic));
    }

    static bool take(std::string_view& text, std::string_view prefix)
    {
        if (!text.starts_with(prefix)) return false;
        text.remove_prefix(prefix.size());
        return true;
    }

    static bool is_meant(std::string_view rest)
    {
        return rest.starts_with('-') || rest.starts_with(':') || rest.find(": holds") != std::string_view::npos ||
               rest.find(": violated") != std::string_view::npos;
    }

    /// The colon before it: the first one that a blank or the end follows; options may have others in them.
    static std::size_t verdict_of(std::string_view rest)
    {
        for (std::size_t at = rest.find(':'); at != std::string_view::npos; at = rest.find(':', at + 1))
            if (at + 1 == rest.size() || blanks.find(rest[at + 1]) != std::string_view::npos) return at;
        return std::string_view::npos;
    }

    [[nodiscard]] std::vector<Finding> findings_of(std::string_view verdict) const
    {
        std::string_view rest = verdict;
        if (!take(rest, "violated") || trimmed(rest).size() == rest.size())
            refuse("the verdict is neither `holds` nor `violated` and what is found", verdict);
        std::vector<Finding> findings;
        for (std::size_t end = 0; end != std::string_view::npos;) {
            end = rest.find(';');
            findings.push_back(finding_of(trimmed(rest.substr(0, end)), verdict));
            if (end != std::string_view::npos) rest.remove_prefix(end + 1);
        }
        return findings;
    }

    [[nodiscard]] Finding finding_of(std::string_view text, std::string_view verdict) const
    {
        Finding finding;
        finding.text = text;
        for (const std::string& word : words_of(text)) {
            const std::size_t equals = word.find('=');
            if (equals != std::string::npos) {
                const std::string name = word.substr(0, equals);
                if (name != "cpu" && name != "task" && name != "message")
                    refuse(fmt::format("'{}' is no attribute: there are cpu, task and message", name), text);
                finding.attributes.emplace_back(name, word.substr(equals + 1));
            } else if (word == "permanent" || word == "transient") {
                finding.permanence = word == "permanent" ? Permanence::permanent : Permanence::transient;
            } else {
                finding.kind += (finding.kind.empty() ? "" : " ") + word;
            }
        }
        if (finding.kind.empty()) refuse("what is found has no kind", text.empty() ? verdict : text);
        return finding;
    }
};

}  // namespace

std::vector<Expectation> expectations_of(const std::string& file, std::string_view text)
{
    std::vector<Expectation> all;
    for (const CommentLine& line : first_comment(text))
        if (auto expectation = Parser(file, line).parse()) all.push_back(std::move(*expectation));
    return all;
}

}  // namespace lockstep::suite
