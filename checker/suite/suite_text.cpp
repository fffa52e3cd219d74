#include "suite/suite_text.h"

#include "report/numbers.h"
#include "report/terminal.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>

namespace lockstep::suite {

namespace {

using report::Colour;
using report::counted;
using report::duration;
using report::paint;

constexpr std::string_view margin = "         ";

struct Shown {
    const char* word;
    Colour colour;
};

Shown shown(Outcome outcome)
{
    switch (outcome) {
        case Outcome::as_expected:
            return {"ok", Colour::green};
        case Outcome::different:
            return {"FAIL", Colour::red};
        case Outcome::unknown:
            return {"unknown", Colour::yellow};
        case Outcome::error:
            return {"ERROR", Colour::red};
        case Outcome::not_run:
            return {"not run", Colour::yellow};
    }
    return {"", Colour::plain};
}

void add_lines(std::string& text, std::string_view what, std::string_view said)
{
    for (std::size_t end = 0; end != std::string_view::npos; what = {}) {
        end = said.find('\n');
        text += fmt::format("{}{:<10}{}\n", margin, what, said.substr(0, end));
        if (end != std::string_view::npos) said.remove_prefix(end + 1);
    }
}

}  // namespace

std::string to_text(const SuiteLine& line, bool has_colour)
{
    const Expectation& expectation = line.expectation;
    const auto [word, colour] = shown(line.outcome);
    std::string text = paint(fmt::format("{:<7}", word), colour, has_colour) +
                       fmt::format("  {}{}{}: {}  ", expectation.file, line.words.size() > 2 ? " " : "",
                                   options_text(line), expectation.verdict);
    if (line.states != 0) text += counted(line.states, "state") + ", ";
    text += duration(line.seconds) + '\n';
    if (line.outcome == Outcome::as_expected) return text;
    if (line.outcome == Outcome::different) {
        add_lines(text,
                  "expected:", fmt::format("{}  ({}:{})", expectation.verdict, expectation.file, expectation.line));
        add_lines(text, "got:", line.got);
    }
    if (line.why != line.got) add_lines(text, "because:", line.why);
    add_lines(text, "by hand:", command_text(line));
    return text;
}

std::string summary_text(const Suite& suite, const SuiteOptions& options, bool has_colour)
{
    const auto of = [&](Outcome outcome) { return count_lines(suite, outcome); };
    const std::size_t failed = of(Outcome::different) + of(Outcome::error);
    const std::size_t open = of(Outcome::unknown) + of(Outcome::not_run);
    std::string text = paint(fmt::format("{} as expected", report::grouped(of(Outcome::as_expected))),
                             failed + open == 0 ? Colour::green : Colour::plain, has_colour);
    const auto add = [&](std::size_t count, const char* what, Colour colour) {
        if (count != 0) text += ", " + paint(fmt::format("{} {}", report::grouped(count), what), colour, has_colour);
    };
    add(of(Outcome::different), "not", Colour::red);
    add(of(Outcome::error), "with an error", Colour::red);
    add(of(Outcome::unknown), "unknown", Colour::yellow);
    add(of(Outcome::not_run), "not run", Colour::yellow);
    text = fmt::format("{} in {}: {}; {}\n", counted(count_lines(suite), "line"), counted(suite.files.size(), "file"),
                       text, duration(suite.seconds));
    if (suite.is_interrupted) text += "Interrupted: what is not run is neither right nor wrong.\n";
    std::vector<std::string> left_out;
    if (suite.lines_of_other_length != 0)
        left_out.push_back(counted(suite.lines_of_other_length, "line") +
                           (options.long_ones ? " without expect-long" : " that may take minutes (--long runs them)"));
    if (suite.lines_of_other_kernels != 0)
        left_out.push_back(counted(suite.lines_of_other_kernels, "line") + " for other versions of what is replaced");
    if (suite.files_without_lines != 0)
        left_out.push_back(counted(suite.files_without_lines, "file") + " without expectations");
    if (!left_out.empty()) text += fmt::format("Left out: {}.\n", fmt::join(left_out, ", "));
    return text;
}

}  // namespace lockstep::suite
