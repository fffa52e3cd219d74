// Runs the expectations in a model's first comment; their grammar is in models/README.md.
//
//   expectations LOCKSTEP [--long] [--with OPTIONS [--as-before COMMIT] [--verdict-only]] FILE...
//
// Run in the project's root; exits 0 if every line came out as expected. Lines that begin with `expect-long` are run
// with --long, and only they. --with adds options to each line (one argument, words separated by blanks). If these
// replace a file of the miniature kernel, lines that choose a version of it or patch it are left out; if they bring a
// version from before COMMIT, that has to come out as `--before COMMIT` does: --as-before runs these lines, and no
// others, without that option. If they set a time limit, a line that reaches it is no failure, but is counted. Where
// they may bring another violation up first, or another CPU's, --verdict-only asks for no more than the verdict.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

namespace {

struct Finding {
    std::string kind, permanence;
    std::vector<std::pair<std::string, std::string>> attributes;
    std::string text;
};

struct Expectation {
    std::string options;
    bool holds = false;
    std::vector<Finding> findings;
    bool has_all = false;
    bool is_verdict_only = false;
    std::string text;
};

[[noreturn]] void fail(const std::string& message)
{
    fmt::print(stderr, "{}\n", message);
    std::exit(2);
}

std::vector<std::string> words_of(const std::string& text)
{
    std::istringstream in(text);
    std::vector<std::string> words;
    for (std::string word; in >> word;) words.push_back(word);
    return words;
}

Finding parse_finding(const std::string& text)
{
    Finding finding;
    finding.text = text;
    for (const std::string& word : words_of(text)) {
        const auto equals = word.find('=');
        if (equals != std::string::npos)
            finding.attributes.emplace_back(word.substr(0, equals), word.substr(equals + 1));
        else if (word == "permanent" || word == "transient")
            finding.permanence = word;
        else
            finding.kind += (finding.kind.empty() ? "" : " ") + word;
    }
    return finding;
}

Expectation parse_expectation(const std::string& line)
{
    Expectation expectation;
    expectation.text = line;
    // The verdict stands behind the last colon that a blank follows; messages have none such.
    const auto colon = line.find(": ");
    if (colon == std::string::npos) fail("no verdict in: " + line);
    expectation.options = line.substr(0, colon);
    for (const std::string& word : words_of(expectation.options)) expectation.has_all |= word == "--all";
    const std::string verdict = line.substr(colon + 2);
    expectation.holds = verdict == "holds";
    if (expectation.holds) return expectation;
    if (!verdict.starts_with("violated ")) fail("neither holds nor violated: " + line);
    std::istringstream in(verdict.substr(9));
    for (std::string finding; std::getline(in, finding, ';');) expectation.findings.push_back(parse_finding(finding));
    return expectation;
}

std::vector<Expectation> expectations_of(const std::string& file, bool long_ones)
{
    std::ifstream in(file);
    if (!in) fail("cannot read " + file);
    const std::string word = long_ones ? " * expect-long " : " * expect ";
    std::vector<Expectation> all;
    for (std::string line; std::getline(in, line) && line != " */";)
        if (line.starts_with(word)) all.push_back(parse_expectation(line.substr(word.size())));
    return all;
}

// `*` stands for anything.
bool matches(const std::string& pattern, const std::string& value)
{
    if (pattern.empty()) return value.empty();
    if (pattern[0] == '*') {
        for (std::size_t i = 0; i <= value.size(); ++i)
            if (matches(pattern.substr(1), value.substr(i))) return true;
        return false;
    }
    return !value.empty() && value[0] == pattern[0] && matches(pattern.substr(1), value.substr(1));
}

std::string text_of(const nlohmann::json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

bool matches(const Finding& finding, const nlohmann::json& violation, bool is_out_of_time)
{
    if (finding.kind != violation["kind"]) return false;
    const bool is_undecided = is_out_of_time && violation["permanent"].is_null();
    if (!finding.permanence.empty() && !is_undecided &&
        violation["permanent"] != nlohmann::json(finding.permanence == "permanent"))
        return false;
    for (const auto& [name, pattern] : finding.attributes)
        if (!matches(pattern, text_of(violation[name]))) return false;
    return true;
}

/// What is wrong; empty: nothing. Out of time it is not wrong that something is unknown.
std::string judge(const Expectation& expectation, const nlohmann::json& result, bool is_out_of_time)
{
    const std::string verdict = result["verdict"];
    if (is_out_of_time && verdict == "unknown") return {};
    if (verdict != (expectation.holds ? "holds" : "violated"))
        return fmt::format("the verdict is {} {}", verdict, text_of(result["reason"]));
    if (expectation.is_verdict_only) return {};
    std::vector<bool> found(expectation.findings.size(), false);
    for (const auto& violation : result["violations"]) {
        bool is_expected = false;
        for (std::size_t i = 0; i < expectation.findings.size(); ++i) {
            if (!matches(expectation.findings[i], violation, is_out_of_time)) continue;
            found[i] = is_expected = true;
        }
        if (!is_expected)
            return fmt::format("not expected: {} permanent {} cpu {} task {}: {}", text_of(violation["kind"]),
                               violation["permanent"].dump(), violation["cpu"].dump(), text_of(violation["task"]),
                               text_of(violation["message"]));
    }
    for (std::size_t i = 0; i < found.size() && !is_out_of_time; ++i)
        if (!found[i]) return "not found:" + expectation.findings[i].text;
    return {};
}

bool has_one_of(const std::string& options, const std::vector<std::string>& wanted)
{
    for (const std::string& option : wanted)
        if (options.find(option) != std::string::npos) return true;
    return false;
}

enum class Outcome : std::uint8_t { passed, failed, out_of_time };

/// A limit of 0 is none.
Outcome run(const std::string& lockstep, const std::string& file, const Expectation& expectation, double limit_seconds)
{
    const auto output = std::filesystem::temp_directory_path() / fmt::format("expectation-{}.json", getpid());
    const std::string command = fmt::format("'{}' check --quiet --json '{}' {} '{}' >/dev/null", lockstep,
                                            output.string(), expectation.options, file);
    const int status = std::system(command.c_str());
    const int exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    std::string wrong;
    nlohmann::json result;
    Outcome outcome = Outcome::passed;
    if (exit_code != 0 && exit_code != 1 && exit_code != 3) {
        wrong = fmt::format("exit status {}", exit_code);
    } else {
        std::ifstream in(output);
        result = nlohmann::json::parse(in);
        wrong = judge(expectation, result, false);
        const int expected_code = expectation.holds ? 0 : 1;
        if (wrong.empty() && exit_code != expected_code) wrong = fmt::format("exit status {}", exit_code);
        if (!wrong.empty() && limit_seconds > 0 && result["seconds_total"] >= limit_seconds) {
            outcome = Outcome::out_of_time;
            wrong = judge(expectation, result, true);
        }
    }
    std::filesystem::remove(output);
    if (!wrong.empty()) outcome = Outcome::failed;
    constexpr const char* words[] = {"ok  ", "FAIL", "time"};
    fmt::print("{} {} {}", words[static_cast<int>(outcome)], file, expectation.text);
    if (!result.is_null())
        fmt::print("  [{} states, {:.1f} s]", result["states"].dump(), result["seconds_total"].get<double>());
    fmt::print("\n");
    if (outcome == Outcome::failed) fmt::print("     {}\n", wrong);
    std::fflush(stdout);
    return outcome;
}

double time_limit_of(const std::string& options)
{
    const std::string option = "--timeout ";
    const std::size_t at = options.find(option);
    return at == std::string::npos ? 0 : std::strtod(options.c_str() + at + option.size(), nullptr);
}

/// Whether the part stood there.
bool take_out(std::string& options, const std::string& part)
{
    const std::size_t at = options.find(part);
    if (at == std::string::npos) return false;
    options.erase(at, part.size());
    return true;
}

}  // namespace

int main(int argc, char** argv)
{
    std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.empty())
        fail(
            "usage: expectations LOCKSTEP [--long] [--with OPTIONS [--as-before COMMIT] [--verdict-only]] "
            "FILE...");
    const std::string lockstep = arguments[0];
    bool long_ones = false, verdict_only = false;
    std::string more_options, before;
    double limit_seconds = 0;
    std::size_t count = 0, outcomes[3] = {};
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        if (arguments[i] == "--long") {
            long_ones = true;
            continue;
        }
        if (arguments[i] == "--verdict-only") {
            verdict_only = true;
            continue;
        }
        if (arguments[i] == "--with" && i + 1 < arguments.size()) {
            more_options = " " + arguments[++i];
            limit_seconds = time_limit_of(more_options);
            continue;
        }
        if (arguments[i] == "--as-before" && i + 1 < arguments.size()) {
            before = "--before " + arguments[++i];
            continue;
        }
        for (Expectation& expectation : expectations_of(arguments[i], long_ones)) {
            if (!before.empty() && !take_out(expectation.options, before)) continue;
            if (has_one_of(more_options, {"--replace"}) &&
                has_one_of(expectation.options, {"--before", "--after", "--patch"}))
                continue;
            expectation.options += more_options;
            expectation.is_verdict_only = verdict_only;
            ++count;
            ++outcomes[static_cast<int>(run(lockstep, arguments[i], expectation, limit_seconds))];
        }
    }
    const auto [passed, failed, out_of_time] = outcomes;
    fmt::print("{} passed, {} failed{}\n", passed, failed,
               out_of_time == 0 ? "" : fmt::format(", {} out of time", out_of_time));
    return count == 0 || failed != 0 ? 1 : 0;
}
