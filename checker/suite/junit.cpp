// JUnit XML has no standard; this keeps to what Jenkins and GitLab read, which is the form that Ant's task wrote:
//
//     testsuites > testsuite > testcase > failure | error | skipped, system-out
//
// A line that is not as expected is a failure, one without a result an error. One that stayed unknown, or was not run,
// is skipped: it is neither right nor wrong. XML 1.0 has no way to write most control characters, so they are dropped,
// and what is no UTF-8 becomes U+FFFD. tests/formats/junit.sh holds it against a schema.
#include "suite/junit.h"

#include "report/numbers.h"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace lockstep::suite {

namespace {

struct Character {
    std::uint32_t code;
    std::size_t bytes;
};

/// The first one of a text that is not empty; none if it is no UTF-8, or no character that XML may have.
std::optional<Character> first_character(std::string_view text)
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    if (byte(0) < 0x80) return Character{byte(0), 1};
    const std::size_t bytes = byte(0) >= 0xf0 && byte(0) < 0xf8 ? 4 : byte(0) >= 0xe0 ? 3 : byte(0) >= 0xc0 ? 2 : 0;
    if (bytes == 0 || byte(0) >= 0xf8 || bytes > text.size()) return std::nullopt;
    std::uint32_t code = byte(0) & (0xffU >> (bytes + 1));
    for (std::size_t i = 1; i < bytes; ++i) {
        if ((byte(i) & 0xc0U) != 0x80) return std::nullopt;
        code = code << 6U | (byte(i) & 0x3fU);
    }
    constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool is_surrogate = code >= 0xd800 && code < 0xe000;
    if (code < least[bytes] || code > 0x10ffff || is_surrogate || code == 0xfffe || code == 0xffff) return std::nullopt;
    return Character{code, bytes};
}

enum class Where : std::uint8_t { attribute, content };

std::string escaped(std::string_view text, Where where = Where::attribute)
{
    std::string xml;
    while (!text.empty()) {
        const auto found = first_character(text);
        if (!found) {
            xml += "\xef\xbf\xbd";
            text.remove_prefix(1);
            continue;
        }
        switch (found->code) {
            case '&':
                xml += "&amp;";
                break;
            case '<':
                xml += "&lt;";
                break;
            case '>':
                xml += "&gt;";
                break;
            case '"':
                xml += "&quot;";
                break;
            case '\n':  // who reads an attribute takes a plain one for a blank
                xml += where == Where::attribute ? "&#10;" : "\n";
                break;
            case '\t':
                xml += where == Where::attribute ? "&#9;" : "\t";
                break;
            default:
                if (found->code >= ' ' && found->code != 0x7f) xml += text.substr(0, found->bytes);
        }
        text.remove_prefix(found->bytes);
    }
    return xml;
}

struct Counts {
    std::size_t tests = 0, failures = 0, errors = 0, skipped = 0;
    double seconds = 0;

    void add(const SuiteLine& line)
    {
        ++tests;
        failures += line.outcome == Outcome::different ? 1 : 0;
        errors += line.outcome == Outcome::error ? 1 : 0;
        skipped += line.outcome == Outcome::unknown || line.outcome == Outcome::not_run ? 1 : 0;
        seconds += line.seconds;
    }

    [[nodiscard]] std::string attributes() const
    {
        return fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{:.3f}\"", tests, failures, errors,
                           seconds);
    }
};

std::string details(const SuiteLine& line)
{
    const Expectation& expectation = line.expectation;
    std::string text = fmt::format("{}:{}\nexpected: {}\n", expectation.file, expectation.line, expectation.verdict);
    if (!line.got.empty()) text += fmt::format("got: {}\n", line.got);
    if (line.why != line.got) text += fmt::format("because: {}\n", line.why);
    return text;
}

std::string standard_output(const SuiteLine& line)
{
    return command_text(line) + '\n' + (line.states == 0 ? "" : report::counted(line.states, "state") + '\n');
}

std::string child_of(const SuiteLine& line)
{
    const std::string text = escaped(details(line), Where::content);
    switch (line.outcome) {
        case Outcome::as_expected:
            return {};
        case Outcome::different:
            return fmt::format("      <failure message=\"expected {}, got {}\" type=\"verdict\">{}</failure>\n",
                               escaped(line.expectation.verdict), escaped(line.got), text);
        case Outcome::error:
            return fmt::format("      <error message=\"{}\" type=\"no result\">{}</error>\n",
                               escaped(std::string_view(line.why).substr(0, line.why.find('\n'))), text);
        case Outcome::unknown:
            return fmt::format("      <skipped message=\"unknown: {}\"/>\n", escaped(line.why));
        case Outcome::not_run:
            return "      <skipped message=\"not run: interrupted\"/>\n";
    }
    return {};
}

std::string to_junit(const SuiteFile& file)
{
    Counts counts;
    std::string cases;
    for (const SuiteLine& line : file.lines) {
        counts.add(line);
        cases += fmt::format("    <testcase classname=\"{}\" name=\"{}: {}\" time=\"{:.3f}\">\n", escaped(file.name),
                             escaped(options_text(line)), escaped(line.expectation.verdict), line.seconds);
        cases += child_of(line);
        cases += fmt::format("      <system-out>{}</system-out>\n    </testcase>\n",
                             escaped(standard_output(line), Where::content));
    }
    return fmt::format("  <testsuite name=\"{}\" {} skipped=\"{}\">\n{}  </testsuite>\n", escaped(file.name),
                       counts.attributes(), counts.skipped, cases);
}

}  // namespace

std::string to_junit(const Suite& suite)
{
    Counts counts;
    std::string suites;
    for (const SuiteFile& file : suite.files) {
        for (const SuiteLine& line : file.lines) counts.add(line);
        suites += to_junit(file);
    }
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"lockstep\" {}>\n{}</testsuites>\n",
        counts.attributes(), suites);
}

}  // namespace lockstep::suite
