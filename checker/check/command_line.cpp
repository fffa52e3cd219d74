#include "check/command_line.h"

#include "base/diagnostic.h"
#include "check/memory_size.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cmath>
#include <optional>

namespace lockstep {

namespace {

constexpr std::uint32_t most_cpus = 64;

constexpr const char* description =
    "lockstep checks whether kernel code can lock up. It reads C (a scenario on the miniature kernel in models/, your\n"
    "own kernel file, any small concurrent C program), explores every interleaving on N CPUs with interrupts, "
    "preemption\n"
    "and time, and shows the shortest way into a deadlock, livelock, lockup report, failed assertion or memory error.";

constexpr const char* examples =
    "Examples:\n"
    "  lockstep check models/scenarios/migrate_swap.c                         does today's kernel hold?\n"
    "  lockstep check models/scenarios/migrate_swap.c --before 0b26351b910f   and before that fix?\n"
    "  lockstep check scenario.c --cpus 3 --patch proposed.patch              would this patch do?\n"
    "  lockstep check scenario.c --replace kernel/stop_machine.c=mine.c       or this version of the file?\n"
    "  lockstep check scenario.c --all --json result.json                     everything it can find, for scripts\n"
    "  lockstep replay result.json                                            execute its traces again\n"
    "  lockstep show scenario.c                                               what is explored, as transitions\n";

constexpr const char* exit_statuses =
    "Exit status: 0 holds (everything was explored), 1 violated, 2 bad usage or bad input,\n"
    "  3 unknown (memory, time or state limit, interrupted), 4 a bug in lockstep.\n";

constexpr const char* full_trace_help =
    "show every line that a trace passes, not only where others see it and what changes";

CLI::Validator check_that(const char* what, bool (*is_right)(const std::string&), const char* hint)
{
    return CLI::Validator(
        [is_right, hint](std::string& value) {
            return is_right(value) ? std::string() : fmt::format("'{}': {}", value, hint);
        },
        what);
}

bool is_define(const std::string& text)
{
    const std::string name = text.substr(0, text.find('='));
    const bool starts_right = !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0;
    return starts_right &&
           std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

bool is_replacement(const std::string& text)
{
    const std::size_t equals = text.find('=');
    return equals != std::string::npos && equals > 0 && equals + 1 < text.size();
}

// Each occurrence takes one value, so that "-D X FILE" leaves FILE alone.
CLI::Option* add_list(CLI::App& app, const std::string& name, std::vector<std::string>& list, const std::string& help)
{
    return app.add_option(name, list, help)->allow_extra_args(false);
}

// What CLI11 reads into, where it differs from what the commands hold.
struct ModelTexts {
    std::optional<std::int64_t> cpus;
    std::vector<std::string> replacements;
};

void add_model_options(CLI::App& app, ModelOptions& model, ModelTexts& texts)
{
    app.add_option("FILE", model.files, "C files of the model, or one textual Program (*.ls)")->required();
    app.add_option("--cpus", texts.cpus, "CPUs, 1 to 64 (default 2); sets NR_CPUS")->type_name("N");
    add_list(app, "-D,--define", model.defines, "define a macro, e.g. -D CONFIG_PREEMPT_FULL or -D watchdog_thresh=5")
        ->type_name("NAME[=VALUE]")
        ->check(check_that("", is_define, "not of the form NAME or NAME=VALUE"));
    add_list(app, "-I,--include", model.include_directories, "search DIR for headers, before lockstep's own")
        ->type_name("DIR");
    auto* before =
        app.add_option("--before", model.before, "the miniature kernel as it was before that upstream commit")
            ->type_name("COMMIT");
    app.add_option("--after", model.after, "or just after it (models/patches/series lists them)")
        ->type_name("COMMIT")
        ->excludes(before);
    add_list(app, "--patch", model.patches, "apply a unified diff to the sources, in memory (any -p level)")
        ->type_name("FILE");
    add_list(app, "--replace", texts.replacements, "read FILE where NAME (kernel/stop_machine.c) would be read")
        ->type_name("NAME=FILE")
        ->check(check_that("", is_replacement, "not of the form NAME=FILE"));
    app.add_option("--models", model.models_directory, "lockstep's models directory (or set LOCKSTEP_MODELS)")
        ->type_name("DIR");
}

void finish_model(ModelOptions& model, const ModelTexts& texts)
{
    if (texts.cpus && (*texts.cpus < 1 || *texts.cpus > most_cpus))
        reject_input(fmt::format("--cpus {}: between 1 and {} CPUs can be checked", *texts.cpus, most_cpus));
    model.cpus = static_cast<std::uint32_t>(texts.cpus.value_or(0));
    for (const std::string& text : texts.replacements) {
        const std::size_t equals = text.find('=');
        model.replacements.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
}

class Parser {
public:
    Parser()
    {
        app.name("lockstep");
        app.description(description);
        app.footer(std::string(examples) + "\n" + exit_statuses + "\n`lockstep check --help` lists the options.");
        app.set_help_flag("-h,--help", "print this help");
        app.set_version_flag("--version", "lockstep " LOCKSTEP_VERSION, "print the version");
        app.require_subcommand(1);
        add_check();
        add_show();
        add_replay();
        for (CLI::App* command : {check, show, replay}) {
            command->set_help_flag("-h,--help", "print this help");
            command->footer(exit_statuses);
        }
    }

    Command run(int count, const char* const* arguments)
    {
        const std::string first = count > 1 ? arguments[1] : "";
        const bool is_command = first == "check" || first == "show" || first == "replay";
        if (!first.empty() && first.front() != '-' && !is_command)
            reject_input(fmt::format("there is no command '{}'", first), "the commands are check, show and replay");
        try {
            app.parse(count, arguments);
        } catch (const CLI::CallForVersion& version) {
            return PrintCommand{std::string(version.what()) + '\n'};
        } catch (const CLI::CallForHelp&) {
            return PrintCommand{app.help()};
        } catch (const CLI::ParseError& error) {
            const auto chosen = app.get_subcommands();
            if (chosen.empty())
                reject_input("no command was given", "the commands are check, show and replay; see lockstep --help");
            reject_input(error.what(), fmt::format("lockstep {} --help", chosen.front()->get_name()));
        }
        if (check->parsed()) return finished_check();
        if (show->parsed()) return finished_show();
        return replay_command;
    }

private:
    void add_check()
    {
        check = app.add_subcommand("check", "explore a model and say whether anything in it locks up or goes wrong");
        add_model_options(*check, check_command.options.model, check_texts);
        check->add_option("--search", search, "bfs (shortest traces, default) or dfs")
            ->type_name("ORDER")
            ->check(CLI::IsMember({"bfs", "dfs"}));
        check->add_flag("--all", check_command.options.all,
                        "go on after the first violation; one trace for each (kind, CPU, task, place)");
        check
            ->add_option("--max-memory", max_memory,
                         "stop when states and search take that much memory: 512M, 4G, 50% (default 80% of what "
                         "is available)")
            ->type_name("SIZE");
        check->add_option("--max-states", max_states, "stop after that many states")->type_name("N");
        check->add_option("--timeout", timeout_seconds, "stop after that many seconds")->type_name("SECONDS");
        check
            ->add_option("--json", check_command.json_file,
                         "write the result to FILE; '-': to standard output, the text then to standard error")
            ->type_name("FILE");
        check->add_flag("-q,--quiet", check_command.quiet, "print the verdict's line only");
        check->add_flag("--full-trace", check_command.full_trace, full_trace_help);
    }

    void add_show()
    {
        show = app.add_subcommand("show", "print what a model is turned into: guarded transitions");
        add_model_options(*show, show_command.model, show_texts);
        show->add_flag("--dot", show_command.dot, "as graphs, for graphviz");
    }

    void add_replay()
    {
        replay = app.add_subcommand("replay", "execute the traces that `check --json` recorded again, and print them");
        replay->add_option("TRACE", replay_command.record_file, "what `lockstep check --json` wrote")
            ->required()
            ->type_name("FILE");
        replay
            ->add_option("--models", replay_command.models_directory,
                         "lockstep's models directory, if not where it was")
            ->type_name("DIR");
        replay->add_flag("-q,--quiet", replay_command.quiet, "print the verdict's line only");
        replay->add_flag("--full-trace", replay_command.full_trace, full_trace_help);
    }

    Command finished_check()
    {
        CheckOptions& options = check_command.options;
        finish_model(options.model, check_texts);
        if (search == "dfs") options.search = SearchOrder::depth_first;
        if (!max_memory.empty()) options.max_memory_bytes = parse_memory_size(max_memory);
        if (check->count("--json") != 0 && check_command.json_file.empty())
            reject_input("--json needs the name of a file");
        if (max_states && *max_states < 1) reject_input("--max-states: at least one state is needed");
        if (timeout_seconds && !(*timeout_seconds > 0 && std::isfinite(*timeout_seconds)))
            reject_input("--timeout: a number of seconds above 0 is needed");
        options.max_states = static_cast<std::uint64_t>(max_states.value_or(0));
        options.timeout_seconds = timeout_seconds.value_or(0);
        return check_command;
    }

    Command finished_show()
    {
        finish_model(show_command.model, show_texts);
        return show_command;
    }

    CLI::App app;
    CLI::App* check = nullptr;
    CLI::App* show = nullptr;
    CLI::App* replay = nullptr;
    CheckCommand check_command;
    ShowCommand show_command;
    ReplayCommand replay_command;
    ModelTexts check_texts, show_texts;
    std::string search = "bfs";
    std::string max_memory;
    std::optional<std::int64_t> max_states;
    std::optional<double> timeout_seconds;
};

}  // namespace

Command parse_command_line(int argument_count, const char* const* arguments)
{
    return Parser().run(argument_count, arguments);
}

}  // namespace lockstep
