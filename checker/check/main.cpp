// The command line: what is asked for is done by lockstep.h, what it says is written by report/. Here are the exit
// statuses, and the one place where each kind of error is caught.
#include "base/diagnostic.h"
#include "base/heap.h"
#include "check/certificate.h"
#include "check/command_line.h"
#include "check/graph_command.h"
#include "check/models_directory.h"
#include "check/outputs.h"
#include "graph/automata.h"
#include "lockstep/lockstep.h"
#include "program/readable.h"
#include "report/comparison_json.h"
#include "report/comparison_text.h"
#include "report/exit_status.h"
#include "report/history.h"
#include "report/json.h"
#include "report/output_file.h"
#include "report/progress.h"
#include "report/proof_text.h"
#include "report/terminal.h"
#include "result/compare.h"
#include "simulate/session.h"
#include "sources/history.h"
#include "sources/read_text.h"
#include "suite/find_lines.h"
#include "suite/junit.h"
#include "suite/run_lines.h"
#include "suite/suite_text.h"

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <memory>
#include <new>
#include <optional>

#include <unistd.h>

namespace {

using namespace lockstep;

enum class ExitStatus : std::uint8_t { holds = 0, violated = 1, bad_input = 2, unknown = 3, bug = 4 };

std::atomic<bool> interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free);

// The first Ctrl-C ends the exploration with what it has; the second one ends the program.
void end_exploration_on_interrupt()
{
    struct sigaction action{};
    action.sa_handler = [](int) { interrupted = true; };
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
    sigaction(SIGINT, &action, nullptr);
}

// A file that may not grow any more is then an error of write(), which is reported like a full disk.
void end_writing_at_limits_with_errors() { std::signal(SIGXFSZ, SIG_IGN); }

// A failed assertion or a crash is our bug and is to end in the exit status that says so, not in that of a signal. The
// handler has a stack of its own, because running out of stack is one of the ways to get here. Sanitizers have their
// own handlers, which say more.
void report_crashes_as_bugs()
{
#ifndef __SANITIZE_ADDRESS__
    static char stack[1 << 14];
    stack_t alternative{};
    alternative.ss_sp = stack;
    alternative.ss_size = sizeof stack;
    sigaltstack(&alternative, nullptr);
    struct sigaction action{};
    action.sa_handler = [](int) {
        constexpr char message[] = "lockstep: crashed. This is a bug in lockstep; please report it with its input.\n";
        [[maybe_unused]] const ssize_t count = write(STDERR_FILENO, message, sizeof message - 1);
        _exit(static_cast<int>(ExitStatus::bug));
    };
    action.sa_flags = static_cast<int>(SA_ONSTACK | SA_RESETHAND);
    for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) sigaction(signal, &action, nullptr);
#endif
}

ExitStatus status_of(Verdict verdict) { return static_cast<ExitStatus>(report::exit_status_of(verdict)); }

// 0 says that the change is a good one.
ExitStatus status_of(result::Conclusion conclusion)
{
    switch (conclusion) {
        case result::Conclusion::fixes:
        case result::Conclusion::partly:
            return ExitStatus::holds;
        case result::Conclusion::nothing:
        case result::Conclusion::introduces:
        case result::Conclusion::hides:
            return ExitStatus::violated;
        case result::Conclusion::unknown:
            return ExitStatus::unknown;
    }
    return ExitStatus::bug;
}

report::Sources sources_of(const Program& program)
{
    report::Sources sources;
    for (const SourceFile& file : program.files) sources.emplace(file.name, file.text);
    return sources;
}

// Where --json of what is not a Result goes to.
class JsonOutput {
public:
    explicit JsonOutput(const std::string& name)
    {
        if (!name.empty()) destination.emplace(name);
    }
    [[nodiscard]] bool is_wanted() const { return destination.has_value(); }
    [[nodiscard]] std::FILE* text_stream() const { return destination ? destination->text_stream() : stdout; }
    void write(const std::string& json) { destination->write(json); }

private:
    std::optional<Destination> destination;
};

Result check_with_progress(const Loaded& loaded, const CheckOptions& options, bool quiet)
{
    report::ProgressLine progress(stderr);
    Observer observer{.progress = {}, .interrupted = &interrupted, .warn = {}, .stage = {}};
    observer.warn = [&](const std::string& warning) {
        progress.clear();
        fmt::print(stderr, "warning: {}\n", warning);
    };
    if (!quiet) observer.progress = [&](const Statistics& statistics) { progress.show(statistics); };
    return check(loaded, options, observer);
}

ExitStatus run(const CheckCommand& command)
{
    Outputs outputs(command.output);
    end_exploration_on_interrupt();
    const Loaded loaded = load(command.options.model);
    if (command.explain_symmetry) {
        print_to(stdout, symmetry_text(loaded));
        return ExitStatus::holds;
    }
    report::Record record{LOCKSTEP_VERSION, command.options, program_hash(loaded.program), {}};
    record.result = check_with_progress(loaded, command.options, command.output.quiet);
    outputs.write(record, sources_of(loaded.program));
    return status_of(record.result.verdict);
}

struct LoadedSide {
    CheckOptions options;
    Loaded loaded;
};

LoadedSide load_side(CheckOptions options, std::uint32_t cpus)
{
    options.model.cpus = cpus;
    Loaded loaded = load(options.model);
    return {std::move(options), std::move(loaded)};
}

report::Record record_of(const LoadedSide& side, bool quiet)
{
    Result result = check_with_progress(side.loaded, side.options, quiet);
    for (Violation& violation : result.violations) {
        violation.path = {};
        violation.trace = {};
    }
    return {LOCKSTEP_VERSION, side.options, program_hash(side.loaded.program), std::move(result)};
}

ExitStatus run(const CompareCommand& command)
{
    JsonOutput json(command.json_file);
    end_exploration_on_interrupt();
    std::vector<std::pair<LoadedSide, LoadedSide>> sides;  // all at once: a patch that does not apply is said first
    sides.reserve(command.cpus.size());
    for (const std::uint32_t cpus : command.cpus)
        sides.emplace_back(load_side(command.before, cpus), load_side(command.after, cpus));

    report::ComparisonRecord record{LOCKSTEP_VERSION, command.commit, command.after.model.patches, {}, {}, {}};
    std::vector<result::Comparison> comparisons;
    for (const auto& [side_before, side_after] : sides) {
        report::Record before = record_of(side_before, command.quiet);
        report::Record after = record_of(side_after, command.quiet);
        comparisons.push_back(result::compare(before.result, after.result));
        record.runs.push_back({std::move(before), std::move(after), comparisons.back()});
    }
    record.conclusion = result::conclude(comparisons);
    record.text = report::conclusion_text(record.conclusion, comparisons);

    const bool has_colour = report::terminal_of(fileno(json.text_stream())).has_colour;
    print_to(json.text_stream(), command.quiet
                                     ? report::conclusion_text(record.conclusion, comparisons, has_colour) + '\n'
                                     : report::to_text(record.conclusion, comparisons, has_colour));
    if (json.is_wanted()) json.write(report::to_json(record));
    return status_of(record.conclusion);
}

ExitStatus run(const HistoryCommand& command)
{
    JsonOutput json(command.json_file);
    const auto changes = sources::describe_history(find_models_directory(command.models_directory));
    print_to(json.text_stream(), report::to_text(changes));
    if (json.is_wanted()) json.write(report::to_json(changes));
    return ExitStatus::holds;
}

ExitStatus run(const ProveCommand& command)
{
    Outputs outputs(command.output);
    if (!command.options.certificate_directory.empty())
        check_certificate_directory(command.options.certificate_directory);
    end_exploration_on_interrupt();
    CheckOptions options;
    options.model = command.options.model;
    report::ProgressLine progress(stderr);
    Observer observer{.progress = {}, .interrupted = &interrupted, .warn = {}, .stage = {}};
    if (!command.output.quiet) {
        observer.progress = [&](const Statistics& statistics) { progress.show(statistics); };
        observer.stage = [&](const std::string& stage) { progress.show(stage); };
        progress.show("reading the model");
    }
    options.timeout_seconds = command.options.timeout_seconds;
    const auto start = std::chrono::steady_clock::now();
    Proved proved;
    if (command.options.every_n) {
        proved = prove_every_n(command.options, observer);
        // Those of the violation, or as many as were explored; of a proof, the smallest that it was learnt from.
        options.model.cpus =
            proved.result.verdict == Verdict::holds ? proved.proof.sampled_cpus.front() : proved.result.cpus;
    }
    const Loaded loaded = load(options.model);
    if (!command.options.every_n) proved = prove(loaded, command.options, observer);
    progress.clear();
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    proved.result.statistics.seconds_total = seconds.count();
    outputs.write({LOCKSTEP_VERSION, options, program_hash(loaded.program), proved.result, proved.proof},
                  sources_of(loaded.program));
    outputs.print(report::proof_text(proved.proof, outputs.text_options()));
    if (!command.options.certificate_directory.empty() && proved.proof.certificate.empty())
        outputs.print("no certificate: nothing was proved\n");
    return status_of(proved.result.verdict);
}

ExitStatus run(const ShowCommand& command)
{
    const Loaded loaded = load(command.model);
    print_to(stdout, command.dot ? graph::to_dot(graph::draw_automata(loaded.program, loaded.program.name))
                                 : show(loaded.program));
    return ExitStatus::holds;
}

ExitStatus run(const GraphCommand& command)
{
    end_exploration_on_interrupt();
    return status_of(draw(command, interrupted, [](const Loaded& loaded, const CheckOptions& options) {
        return check_with_progress(loaded, options, false);
    }));
}

report::Record read_record(const std::string& file)
{
    return report::from_json(sources::read_text(file, "record"), file);
}

void require_same_program(const Loaded& loaded, const report::Record& record, const std::string& file)
{
    if (program_hash(loaded.program) == record.program_hash) return;
    Diagnostic diagnostic;
    diagnostic.file = file;
    diagnostic.message = "the model is not the one this was recorded with; its traces mean nothing for it";
    diagnostic.hint =
        "have its sources, the miniature kernel or lockstep changed since? Record again with `lockstep check "
        "--json`";
    throw InputError(std::move(diagnostic));
}

ExitStatus run(const SimulateCommand& command)
{
    const Loaded loaded = load(command.model);
    for (const std::string& warning : loaded.warnings) fmt::print(stderr, "warning: {}\n", warning);
    simulate::Files files;
    files.load = [&](const std::string& file) {
        report::Record record = read_record(file);
        require_same_program(loaded, record, file);
        if (record.result.violations.empty()) reject_input(file + " holds no trace");
        record.result.violations.resize(1);
        replay(loaded, record.result);
        return record.result.violations.front().path;
    };
    files.write = [&](const std::string& file, const Violation& walk) {
        report::OutputFile output(file);
        CheckOptions options;
        options.model = command.model;
        report::Record record{LOCKSTEP_VERSION, options, program_hash(loaded.program), {}};
        record.result.reason = "a walk, not a search";
        record.result.cpus = loaded.program.cpus;
        record.result.tick_milliseconds = loaded.program.tick_milliseconds;
        record.result.violations = {walk};
        replay(loaded, record.result);
        output.commit(report::to_json(record));
    };
    simulate::run_session(loaded.program, files, std::cin, std::cout, report::terminal_of(STDIN_FILENO).is_terminal);
    return ExitStatus::holds;
}

ExitStatus run(const ReplayCommand& command)
{
    Outputs outputs(command.output);
    report::Record record = read_record(command.record_file);
    if (!command.models_directory.empty()) record.options.model.models_directory = command.models_directory;
    const Loaded loaded = load(record.options.model);
    require_same_program(loaded, record, command.record_file);
    replay(loaded, record.result);
    outputs.write(record, sources_of(loaded.program));
    if (record.proof) outputs.print(report::proof_text(*record.proof, outputs.text_options()));
    return status_of(record.result.verdict);
}

// Before anything runs: an option that is not known is a mistake in the file, not something that came out differently.
void require_options(const suite::SuiteLine& line)
{
    const auto refuse = [&](const std::string& message, const std::string& hint) {
        Diagnostic diagnostic;
        diagnostic.file = line.expectation.file;
        diagnostic.line = line.expectation.line;
        diagnostic.message = message;
        diagnostic.hint = hint;
        throw InputError(std::move(diagnostic));
    };
    std::vector<const char*> words{"lockstep"};
    for (const std::string& word : line.words) words.push_back(word.c_str());
    Command command;
    try {
        command = parse_command_line(static_cast<int>(words.size()), words.data());
    } catch (const InputError& error) {
        refuse(error.diagnostic.message, "this line is run as: " + suite::command_text(line));
    }
    const auto* check = std::get_if<CheckCommand>(&command);
    const bool has_result = check != nullptr && !check->explain_symmetry;
    if (!has_result) refuse("these options print something, and have no result", "leave them out");
    if (check->options.model.files.size() != 1)
        refuse(fmt::format("'{}' is no option", check->options.model.files.front()),
               "this line is run as: " + suite::command_text(line));
    const OutputOptions& output = check->output;
    if (output.quiet || !(output.json_file + output.html_file + output.perfetto_file + output.sarif_file).empty())
        refuse("these options write something, or say where", "an expectation is about the result only");
}

ExitStatus run(const SuiteCommand& command)
{
    std::optional<Destination> junit;
    if (!command.junit_file.empty()) junit.emplace(command.junit_file);
    suite::Suite suite = suite::find_lines(command.options);
    for (const suite::SuiteFile& file : suite.files)
        for (const suite::SuiteLine& line : file.lines) require_options(line);
    end_exploration_on_interrupt();
    std::FILE* const stream = junit ? junit->text_stream() : stdout;
    const bool has_colour = report::terminal_of(fileno(stream)).has_colour;
    suite::run_lines(suite, command.options, "/proc/self/exe", interrupted,
                     [&](const suite::SuiteLine& line) { print_to(stream, suite::to_text(line, has_colour)); });
    if (junit) junit->write(suite::to_junit(suite));
    print_to(stream, suite::summary_text(suite, command.options, has_colour));

    const auto any = [&](suite::Outcome outcome) { return suite::count_lines(suite, outcome) != 0; };
    if (any(suite::Outcome::different) || any(suite::Outcome::error)) return ExitStatus::violated;
    if (any(suite::Outcome::unknown) || any(suite::Outcome::not_run)) return ExitStatus::unknown;
    return ExitStatus::holds;
}

ExitStatus run(const PrintCommand& command)
{
    print_to(stdout, command.text);
    return ExitStatus::holds;
}

ExitStatus run_reporting_errors(int argument_count, char** arguments)
{
    try {
        return std::visit([](const auto& command) { return run(command); },
                          parse_command_line(argument_count, arguments));
    } catch (const InputError& error) {
        fmt::print(stderr, "{}\n", error.what());
        return ExitStatus::bad_input;
    } catch (const std::bad_alloc&) {
        fmt::print("unknown: memory ran out while the model was read\n");
        return ExitStatus::unknown;
    } catch (const std::exception& error) {
        fmt::print(stderr, "lockstep: {}\nThis is a bug in lockstep; please report it with its input.\n", error.what());
        return ExitStatus::bug;
    }
}

}  // namespace

int main(int argument_count, char** arguments)
{
    prepare_heap();
    end_writing_at_limits_with_errors();
    report_crashes_as_bugs();
    return static_cast<int>(run_reporting_errors(argument_count, arguments));
}
