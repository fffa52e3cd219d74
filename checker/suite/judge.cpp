#include "suite/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace lockstep::suite {

namespace {

/// Whether the search was all that it was to be; what was cut short may miss things.
enum class Extent : std::uint8_t { whole, cut_short };

// `*` stands for anything. It is enough to let the last star take more where the rest does not fit.
bool matches(std::string_view pattern, std::string_view value)
{
    std::size_t p = 0, v = 0, star = std::string_view::npos, taken = 0;
    while (v < value.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            taken = v;
        } else if (p < pattern.size() && pattern[p] == value[v]) {
            ++p;
            ++v;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            v = ++taken;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

std::string attribute_of(const Violation& violation, const std::string& name)
{
    if (name == "cpu") return std::to_string(violation.cpu);
    return name == "task" ? violation.task : violation.message;
}

bool matches(const Finding& finding, const Violation& violation, Extent extent)
{
    if (finding.kind != violation.kind) return false;
    const bool is_open = extent == Extent::cut_short && violation.permanence == Permanence::undecided;
    if (finding.permanence != Permanence::not_applicable && !is_open && finding.permanence != violation.permanence)
        return false;
    return std::ranges::all_of(finding.attributes, [&](const auto& attribute) {
        return matches(attribute.second, attribute_of(violation, attribute.first));
    });
}

std::string as_finding(const Violation& violation, bool has_message)
{
    std::string text = violation.kind;
    if (violation.permanence == Permanence::permanent) text += " permanent";
    if (violation.permanence == Permanence::transient) text += " transient";
    if (violation.permanence == Permanence::undecided) text += " (permanent or transient: undecided)";
    if (violation.cpu >= 0) text += fmt::format(" cpu={}", violation.cpu);
    if (!violation.task.empty()) text += " task=" + violation.task;
    if (has_message) text += " message=" + violation.message;
    return text;
}

bool has_message(const Expectation& expectation)
{
    return std::ranges::any_of(expectation.findings, [](const Finding& finding) {
        return std::ranges::any_of(finding.attributes,
                                   [](const auto& attribute) { return attribute.first == "message"; });
    });
}

/// What is not as expected; empty: nothing.
std::string difference(const Expectation& expectation, const Result& result, Strictness strictness, Extent extent)
{
    if (extent == Extent::cut_short && result.verdict == Verdict::unknown) return {};
    if (result.verdict != (expectation.holds ? Verdict::holds : Verdict::violated))
        return as_verdict(expectation, result);
    if (strictness == Strictness::verdict) return {};
    std::vector<bool> is_found(expectation.findings.size(), false);
    for (const Violation& violation : result.violations) {
        bool is_expected = false;
        for (std::size_t i = 0; i < expectation.findings.size(); ++i) {
            if (!matches(expectation.findings[i], violation, extent)) continue;
            is_found[i] = is_expected = true;
        }
        if (!is_expected) return "not expected: " + as_finding(violation, true);
    }
    for (std::size_t i = 0; i < is_found.size() && extent == Extent::whole; ++i)
        if (!is_found[i]) return "not found: " + expectation.findings[i].text;
    return {};
}

}  // namespace

Judgement judge(const Expectation& expectation, const Result& result, Strictness strictness)
{
    std::string why = difference(expectation, result, strictness, Extent::whole);
    if (why.empty()) return {};
    // A reason is given wherever the search was ended, with violations or without.
    if (!result.reason.empty() && difference(expectation, result, strictness, Extent::cut_short).empty())
        return {Outcome::unknown, result.reason};
    return {Outcome::different, std::move(why)};
}

std::string as_verdict(const Expectation& expectation, const Result& result)
{
    if (result.verdict == Verdict::holds) return "holds";
    if (result.verdict == Verdict::unknown) return "unknown: " + result.reason;
    std::vector<std::string> findings;
    for (const Violation& violation : result.violations) {
        std::string text = as_finding(violation, has_message(expectation));
        if (std::ranges::find(findings, text) == findings.end()) findings.push_back(std::move(text));
    }
    std::string text = "violated";
    for (const std::string& finding : findings) text += (&finding == &findings.front() ? " " : "; ") + finding;
    return text;
}

}  // namespace lockstep::suite
