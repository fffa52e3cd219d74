#include "suite/run_lines.h"

#include "base/diagnostic.h"
#include "base/text_lines.h"
#include "report/exit_status.h"
#include "report/json.h"

#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <cstring>

namespace lockstep::suite {

namespace {

constexpr std::size_t most_error_text = 4000;

// A line ends itself at its limit; what reading the model and telling the way to a violation may take comes on top.
double patience(double limit_seconds) { return limit_seconds > 0 ? 2 * limit_seconds + 30 : 0; }

std::string last_of(const std::string& text)
{
    std::string_view rest = text;
    if (rest.size() > most_error_text) rest.remove_prefix(rest.size() - most_error_text);
    while (rest.ends_with('\n')) rest.remove_suffix(1);
    return std::string(rest);
}

std::string end_text(const Ended& ended)
{
    if (ended.signal != 0) return fmt::format("ended by signal {} ({})", ended.signal, strsignal(ended.signal));
    if (ended.status == 127) return "lockstep could not be started";
    return fmt::format("exit status {}", ended.status);
}

void set_error(SuiteLine& line, const Ended& ended, const std::string& what)
{
    const std::string said = last_of(ended.errors);
    line.outcome = Outcome::error;
    line.why = what + (said.empty() ? "" : '\n' + said);
}

}  // namespace

void judge_child(SuiteLine& line, const Ended& ended, Strictness strictness)
{
    line.seconds = ended.seconds;
    if (ended.is_out_of_time) {
        line.outcome = Outcome::unknown;
        line.why = fmt::format("it was ended after {:.0f} s, since it did not end at its limit", ended.seconds);
        return;
    }
    const bool has_result = ended.status == 0 || ended.status == 1 || ended.status == 3;
    if (!has_result || ended.signal != 0) return set_error(line, ended, end_text(ended));
    try {
        const Result result = report::from_json(ended.output, "the result").result;
        line.states = result.statistics.states;
        line.got = as_verdict(line.expectation, result);
        if (ended.status != report::exit_status_of(result.verdict))
            return set_error(line, ended, end_text(ended) + ", which is not that of the verdict");
        const Judgement judgement = judge(line.expectation, result, strictness);
        line.outcome = judgement.outcome;
        line.why = judgement.why;
    } catch (const InputError& error) {
        // Memory may run out before there is a model, and then there is no result either.
        if (ended.status != 3) return set_error(line, ended, error.what());
        line.outcome = Outcome::unknown;
        line.why = last_of(ended.output + ended.errors);
    }
}

void run_lines(Suite& suite, const SuiteOptions& options, const std::string& program,
               const std::atomic<bool>& interrupted, const std::function<void(const SuiteLine&)>& told)
{
    const auto start = std::chrono::steady_clock::now();
    for (SuiteFile& file : suite.files) {
        for (SuiteLine& line : file.lines) {
            if (interrupted) break;
            std::vector<std::string> words{"lockstep", "check", "--quiet", "--json", "-"};
            words.insert(words.end(), line.words.begin() + 1, line.words.end());
            judge_child(line, run_child(program, words, patience(options.timeout_seconds), interrupted),
                        options.strictness);
            told(line);
        }
    }
    suite.is_interrupted = interrupted;
    suite.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace lockstep::suite
