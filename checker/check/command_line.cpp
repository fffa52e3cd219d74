// All commands and their options in one file, long as it is: most options are shared by several commands, each is
// declared once, and how they exclude each other can be read in one place.
#include "check/command_line.h"

#include "base/diagnostic.h"
#include "check/memory_size.h"
#include "passes/passes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cmath>
#include <optional>
#include <sstream>

namespace lockstep {

namespace {

constexpr std::uint32_t most_cpus = 128;
constexpr std::int64_t most_threads = 1024;
constexpr std::int64_t most_states_drawn = 10'000;
constexpr std::int64_t most_hang_ticks = 1000;  // time stamps further apart are not told apart

constexpr const char* description =
    "lockstep checks whether kernel code can lock up. It reads C (a scenario on the miniature kernel in models/, your\n"
    "own kernel file, any small concurrent C program), explores every interleaving on N CPUs with interrupts, "
    "preemption\n"
    "and time, and shows a short way into a deadlock, livelock, lockup report, failed assertion or memory error: step "
    "by\n"
    "step, in columns for a changelog, as a kernel log, or as a page for a browser.";

constexpr const char* examples =
    "Examples:\n"
    "  lockstep check models/scenarios/migrate_swap.c                         does today's kernel hold?\n"
    "  lockstep check models/scenarios/migrate_swap.c --before 0b26351b910f   and before that fix?\n"
    "  lockstep check scenario.c --cpus 3 --patch proposed.patch              would this patch do?\n"
    "  lockstep check scenario.c --replace kernel/stop_machine.c=mine.c       or this version of the file?\n"
    "  lockstep check scenario.c --all --json result.json                     everything it can find, for scripts\n"
    "  lockstep compare scenario.c --patch proposed.patch                     what does this patch fix, or break?\n"
    "  lockstep history                                                       upstream fixes that can be taken back\n"
    "  lockstep replay result.json                                            execute its traces again\n"
    "  lockstep suite models/scenarios                                        does each do what its comment expects?\n"
    "  lockstep simulate scenario.c                                           walk through it by hand\n"
    "  lockstep prove peterson.c                                              prove it with Z3 instead\n"
    "  lockstep show scenario.c                                               what is explored, as transitions\n"
    "  lockstep graph scenario.c --waits -o waits.svg                         who waits for whom, as a picture\n";

constexpr const char* exit_statuses =
    "Exit status: 0 holds (everything was explored), 1 violated, 2 bad usage or bad input,\n"
    "  3 unknown (memory, time or state limit, interrupted), 4 a bug in lockstep.\n";

constexpr const char* compare_description =
    "explore a model before and after a change, and say what the change does to what can go wrong";

constexpr const char* compare_footer =
    "Both sides are explored as by `check --all`, for each number of CPUs. Violations are listed by kind, CPU\n"
    "and task, with whether the stuck task can ever get on again. Limits are for each run.\n"
    "\n"
    "  lockstep compare models/scenarios/migrate_swap.c --commit 0b26351b910f   what did that fix do?\n"
    "  lockstep compare scenario.c --patch 1.patch --patch 2.patch --cpus 2,3   what would these two do together?\n"
    "  lockstep compare scenario.c --before 0b26351b910f --patch mine.patch     and on the kernel before that fix?\n"
    "\n"
    "A change that takes away a detector's report, but not the stall, hides it: the same deadlock or livelock is\n"
    "still there, or a silent_hang has come up, which the miniature kernel reports when a CPU made no progress for\n"
    "LS_HANG_TICKS ticks and no detector said so.\n"
    "\n"
    "Exit status: 0 the change removes violations and adds none, 1 it does not, 2 bad usage or bad input,\n"
    "  3 unknown (memory, time or state limit, interrupted), 4 a bug in lockstep.\n";

constexpr const char* history_footer =
    "One change a line, oldest first: commit, title, and a scenario that shows it (-: none is named), as in\n"
    "\n"
    "  lockstep compare models/scenarios/migrate_swap.c --commit 0b26351b910f\n";

constexpr std::int64_t most_bmc_steps = 10'000, most_induction_states = 100, most_sampled_states = 1'000'000;

constexpr const char* prove_footer =
    "What is proved, of every reachable state: no step traps or reports (assertions, lockups, memory errors), each\n"
    "LS_INVARIANT holds, and somebody can go on or all have finished. Livelocks are not asked for: use check.\n"
    "A property that is not inductive is shown with its counterexample to induction: a state, not known to be "
    "reachable,\n"
    "and the steps out of it. Where induction fails, an invariant is looked for (--pdr). Certificates are re-checked, "
    "without lockstep, by scripts/check-certificate DIR.\n"
    "Exit status 0: proved; 1: violated; 2: bad usage or input; 3: not proved.\n"
    "\n"
    "Examples:\n"
    "  lockstep prove peterson.c --certificate proof          proof/*.smt2 can be checked by any solver\n"
    "  lockstep prove scenario.c --cpus 3 --bmc 20            is there a violation within 20 steps?\n";

constexpr const char* simulate_footer =
    "It lists whose step can come next, and reads commands from standard input: a number makes that step, Enter goes "
    "on\n"
    "with the same one, `back` and `goto N` move along the path, `run CPU` lets a CPU go on, `state`, `source`, "
    "`stack`\n"
    "and `who` show where everybody is, `write FILE` and `load FILE` keep a path and follow one. `help` lists them.\n"
    "\n"
    "  lockstep check scenario.c --json result.json ; lockstep simulate scenario.c, then: load result.json\n"
    "\n"
    "Exit status: 0, or 2 for bad usage or bad input, 4 for a bug in lockstep.\n";

constexpr const char* graph_footer =
    "States and steps are those that `lockstep check` explores: what the reductions merge is one step\n"
    "(--no-reduction all: every step). The graph of states is cut at --limit, and says so.\n"
    "\n"
    "  lockstep graph scenario.c --waits -o waits.svg            who waits for whom in the violation that is found\n"
    "  lockstep graph scenario.c --states --limit 50 -o s.svg    the first 50 states, and the steps between them\n"
    "  lockstep graph scenario.c --automata --automaton worker   the code of one task, as graphviz text\n"
    "\n"
    "The ending of the output's name says the format: .dot (also .gv, and standard output) is graphviz's text; .svg, "
    ".png\n"
    "and .pdf are drawn by its program `dot` (Debian package graphviz). A file is written as a whole or not at all.\n"
    "\n"
    "Exit status: 0 drawn, 2 bad usage or bad input, 3 interrupted, 4 a bug in lockstep. With --waits as for `check`:\n"
    "  1 violated (drawn, if anybody waits there), 0 holds and 3 unknown (nothing is drawn then).\n";

constexpr const char* suite_footer =
    "The first comment of a C file says what is to come out, one line for each run:\n"
    "\n"
    "  /*\n"
    "   * expect --cpus 2: holds\n"
    "   * expect --cpus 2 -D BUGGY: violated deadlock permanent\n"
    "   * expect --cpus 2 -D BUGGY --all: violated soft_lockup cpu=1 task=migration/1; deadlock permanent\n"
    "   */\n"
    "\n"
    "models/README.md has the grammar. Each line is run as `lockstep check OPTIONS FILE` where you are, so that what "
    "an\n"
    "option names is found from there. Lines that begin with `expect-long` take minutes, and need --long.\n"
    "\n"
    "Exit status: 0 all is as expected, 1 something is not, 2 bad usage or bad input (a line that is not of the\n"
    "  grammar, a file without one), 3 nothing is wrong, but something is unknown or was not run, 4 a bug in "
    "lockstep.\n";

constexpr const char* full_trace_help =
    "show every line that a trace passes, not only where others see it and what changes";

CLI::Validator check_that(const char* what, bool (*is_right)(const std::string&), const std::string& hint)
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

// CONFIG_X=y, as the kernel's build writes it, would be 0 to the preprocessor.
bool is_configuration(const std::string& text)
{
    const std::size_t equals = text.find('=');
    if (!text.starts_with("CONFIG_") || equals == std::string::npos) return true;
    return equals + 1 < text.size() && std::all_of(text.begin() + static_cast<std::ptrdiff_t>(equals) + 1, text.end(),
                                                   [](unsigned char c) { return std::isdigit(c) != 0; });
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

struct LimitTexts {
    std::string max_memory;
    std::optional<std::int64_t> max_states;
    std::optional<double> timeout_seconds;
    std::optional<std::int64_t> threads;
    std::vector<std::string> reductions;
};

void add_models_directory(CLI::App& app, std::string& directory)
{
    app.add_option("--models", directory, "lockstep's models directory (or set LOCKSTEP_MODELS)")->type_name("DIR");
}

/// The passes that may be left out.
std::vector<std::string> reductions()
{
    std::vector<std::string> names;
    for (const Pass& pass : all_passes())
        if (pass.is_reduction) names.emplace_back(pass.name);
    return names;
}

bool is_reduction_or_all(const std::string& text)
{
    const std::vector<std::string> known = reductions();
    return text == "all" || std::ranges::find(known, text) != known.end();
}

// All but --cpus, of which some take several.
void add_source_options(CLI::App& app, ModelOptions& model, ModelTexts& texts)
{
    add_list(app, "-D,--define", model.defines, "define a macro, e.g. -D CONFIG_PREEMPT_FULL or -D watchdog_thresh=5")
        ->type_name("NAME[=VALUE]")
        ->check(check_that("", is_define, "not of the form NAME or NAME=VALUE"))
        ->check(
            check_that("", is_configuration, "a CONFIG_ symbol is set by -D CONFIG_NAME, or by =1, and unset by =0"));
    add_list(app, "-I,--include", model.include_directories, "search DIR for headers, before lockstep's own")
        ->type_name("DIR");
    auto* before =
        app.add_option("--before", model.before, "the miniature kernel as it was before that upstream commit")
            ->type_name("COMMIT");
    app.add_option("--after", model.after, "or just after it (`lockstep history` lists them)")
        ->type_name("COMMIT")
        ->excludes(before);
    add_list(app, "--patch", model.patches, "apply a unified diff to the sources, in memory (any -p level)")
        ->type_name("FILE");
    add_list(app, "--replace", texts.replacements, "read FILE where NAME (kernel/stop_machine.c) would be read")
        ->type_name("NAME=FILE")
        ->check(check_that("", is_replacement, "not of the form NAME=FILE"));
    const std::string known = fmt::format("{}, or all", fmt::join(reductions(), ", "));
    add_list(app, "--no-reduction", model.no_reductions, "do without one of the reductions that are on: " + known)
        ->type_name("NAME")
        ->check(check_that("", is_reduction_or_all, "no reduction that is on; these are " + known));
    add_models_directory(app, model.models_directory);
}

void add_model_options(CLI::App& app, ModelOptions& model, ModelTexts& texts)
{
    app.add_option("FILE", model.files, "C files of the model, or one textual Program (*.ls)")->required();
    app.add_option("--cpus", texts.cpus, fmt::format("CPUs, 1 to {} (default 2); sets NR_CPUS", most_cpus))
        ->type_name("N");
    add_source_options(app, model, texts);
}

void add_limits(CLI::App& app, LimitTexts& texts)
{
    app.add_option(
           "--max-memory", texts.max_memory,
           "stop when states and search take that much memory: 512M, 4G, 50% (default 80% of what is available)")
        ->type_name("SIZE");
    app.add_option("--max-states", texts.max_states, "stop after that many states")->type_name("N");
    app.add_option("--timeout", texts.timeout_seconds, "stop after that many seconds")->type_name("SECONDS");
    app.add_option("--threads", texts.threads, "explore with that many threads (default: one for each core)")
        ->type_name("N");
    add_list(app, "--reduction", texts.reductions,
             "use a reduction that is off by default: stubborn-sets (of steps that do not matter to each other, one "
             "order is enough: fewer states, each more costly; traces may be longer than need be), auto (the same, "
             "where the search takes long and they pay), or cpu-symmetry (states that differ only in which CPU is "
             "which are one); never used with --no-false-blame; several may be given")
        ->type_name("NAME")
        ->check(CLI::IsMember({"stubborn-sets", "auto", "cpu-symmetry"}));
}

CLI::Validator is_named()
{
    return check_that("", [](const std::string& name) { return !name.empty(); }, "the name of a file is needed");
}

void add_json(CLI::App& app, std::string& file)
{
    app.add_option("--json", file, "write the result to FILE; '-': to standard output, the text then to standard error")
        ->type_name("FILE")
        ->check(is_named());
}

void add_outputs(CLI::App& command, OutputOptions& output, std::string& format)
{
    command
        .add_option("--format", format,
                    "how a trace is shown: columns (one for each CPU, as in a changelog; default on a terminal wider "
                    "than 80), steps (each with what it changes), or dmesg (what the console would show)")
        ->type_name("FORMAT")
        ->check(CLI::IsMember({"columns", "steps", "dmesg"}));
    command.add_flag("-q,--quiet", output.quiet, "print the verdict's line only");
    command.add_flag("--full-trace", output.full_trace, full_trace_help);
    add_json(command, output.json_file);
    const auto add_file = [&](const char* name, std::string& file, const char* help) {
        command.add_option(name, file, help)->type_name("FILE")->check(is_named());
    };
    add_file("--html", output.html_file, "write a page for a browser, which steps through the traces");
    add_file("--perfetto", output.perfetto_file, "write the traces for ui.perfetto.dev or chrome://tracing");
    add_file("--sarif", output.sarif_file, "write SARIF, which forges show at the lines concerned");
}

TraceFormat trace_format(const std::string& name)
{
    if (name == "columns") return TraceFormat::columns;
    if (name == "steps") return TraceFormat::steps;
    if (name == "dmesg") return TraceFormat::dmesg;
    return TraceFormat::automatic;
}

std::uint32_t checked_cpus(std::int64_t cpus)
{
    if (cpus < 1 || cpus > most_cpus)
        reject_input(fmt::format("--cpus {}: between 1 and {} CPUs can be checked", cpus, most_cpus));
    return static_cast<std::uint32_t>(cpus);
}

void finish_model(ModelOptions& model, const ModelTexts& texts)
{
    if (texts.cpus) model.cpus = checked_cpus(*texts.cpus);
    if (std::ranges::find(model.no_reductions, "all") != model.no_reductions.end()) model.no_reductions = reductions();
    for (const std::string& text : texts.replacements) {
        const std::size_t equals = text.find('=');
        model.replacements.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
}

void finish_limits(CheckOptions& options, const LimitTexts& texts)
{
    if (!texts.max_memory.empty()) options.max_memory_bytes = parse_memory_size(texts.max_memory);
    if (texts.max_states && *texts.max_states < 1) reject_input("--max-states: at least one state is needed");
    if (texts.timeout_seconds && !(*texts.timeout_seconds > 0 && std::isfinite(*texts.timeout_seconds)))
        reject_input("--timeout: a number of seconds above 0 is needed");
    if (texts.threads && (*texts.threads < 1 || *texts.threads > most_threads))
        reject_input(fmt::format("--threads {}: between 1 and {} threads can be used", *texts.threads, most_threads));
    options.threads = static_cast<std::uint32_t>(texts.threads.value_or(0));
    options.max_states = static_cast<std::uint64_t>(texts.max_states.value_or(0));
    options.timeout_seconds = texts.timeout_seconds.value_or(0);
    for (const std::string& name : texts.reductions) {
        if (name == "cpu-symmetry") options.cpu_symmetry = true;
        if (name == "stubborn-sets") options.stubborn_sets = StubbornSets::always;
        if (name == "auto") options.stubborn_sets = StubbornSets::where_they_pay;
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
        add_prove();
        add_compare();
        add_history();
        add_show();
        add_graph();
        add_simulate();
        add_replay();
        add_suite();
    }

    Command run(int count, const char* const* arguments)
    {
        const std::string first = count > 1 ? arguments[1] : "";
        if (!first.empty() && first.front() != '-' && std::ranges::find(names, first) == names.end())
            reject_input(fmt::format("there is no command '{}'", first),
                         fmt::format("the commands are {}", fmt::join(names, ", ")));
        try {
            app.parse(count, arguments);
        } catch (const CLI::CallForVersion& version) {
            return PrintCommand{std::string(version.what()) + '\n'};
        } catch (const CLI::CallForHelp&) {
            return PrintCommand{app.help()};
        } catch (const CLI::ParseError& error) {
            const auto chosen = app.get_subcommands();
            if (chosen.empty())
                reject_input("no command was given",
                             fmt::format("the commands are {}; see lockstep --help", fmt::join(names, ", ")));
            reject_input(error.what(), fmt::format("lockstep {} --help", chosen.front()->get_name()));
        }
        if (check->parsed()) return finished_check();
        if (prove->parsed()) return finished_prove();
        if (compare->parsed()) return finished_compare();
        if (history->parsed()) return history_command;
        if (show->parsed()) return finished_show();
        if (graph->parsed()) return finished_graph();
        if (simulate->parsed()) return finished_simulate();
        if (suite->parsed()) return finished_suite();
        replay_command.output.format = trace_format(replay_format);
        return replay_command;
    }

private:
    CLI::App* add_command(const char* name, const char* purpose, const char* footer)
    {
        names.emplace_back(name);
        CLI::App* command = app.add_subcommand(name, purpose);
        command->set_help_flag("-h,--help", "print this help");
        command->footer(footer);
        return command;
    }

    void add_check()
    {
        check = add_command("check", "explore a model and say whether anything in it locks up or goes wrong",
                            exit_statuses);
        add_model_options(*check, check_command.options.model, check_texts);
        check->add_option("--search", search, "bfs (shortest traces, default) or dfs")
            ->type_name("ORDER")
            ->check(CLI::IsMember({"bfs", "dfs"}));
        check
            ->add_option("--native", native,
                         "machine code for what the model does: auto (what is run often, default), off, or on (all)")
            ->type_name("WHEN")
            ->check(CLI::IsMember({"auto", "off", "on"}));
        check->add_flag("--all", check_command.options.all,
                        "go on after the first violation; one trace for each (kind, CPU, task, place)");
        check->add_flag("--no-false-blame", check_command.options.no_false_blame,
                        "a detector's report counts only if it blames a task that waits for others; implies --all");
        check
            ->add_option("--no-silent-hang", silent_hang_ticks,
                         "reports do not count, but a CPU that gets nowhere for TICKS without one does; implies --all "
                         "(the miniature kernel looks, with -D LS_HANG_TICKS; 7 is more than its detectors need)")
            ->type_name("TICKS");
        add_limits(*check, check_limits);
        check
            ->add_option("--path", path,
                         "clearest (the CPUs take turns as seldom as possible, default) or shortest (as the search "
                         "found it)")
            ->type_name("WHICH")
            ->check(CLI::IsMember({"clearest", "shortest"}));
        add_checkpoints();
        add_approximation();
        add_outputs(*check, check_command.output, check_format);
        check
            ->add_option("--coverage", check_command.output.coverage_file,
                         "write which lines, functions and branches are executed, in lcov's format (genhtml and "
                         "editors show it), and list what never is")
            ->type_name("FILE")
            ->check(is_named());
        check->add_flag("--explain-symmetry", check_command.explain_symmetry,
                        "only say which CPUs are interchangeable, and what sets the others apart");
    }

    void add_checkpoints()
    {
        CheckOptions& options = check_command.options;
        check
            ->add_option("--checkpoint", options.checkpoint_file,
                         "save the search to FILE every so often, and when a limit or Ctrl-C ends it")
            ->type_name("FILE");
        check->add_option("--checkpoint-every", checkpoint_seconds, "how often it is saved, in seconds (default 600)")
            ->type_name("SECONDS")
            ->needs(check->get_option("--checkpoint"));
        check
            ->add_option("--resume", options.resume_file,
                         "go on with the search in FILE, which was begun with the same model and options; threads and "
                         "limits may be others")
            ->type_name("FILE");
    }

    void add_approximation()
    {
        check
            ->add_option("--approximate", approximation,
                         "where memory runs out: keep of each state three bits (bitstate) or a hash of 40 bits (hash); "
                         "some states may be omitted, how many is estimated, and the verdict is never `holds`; one "
                         "thread")
            ->type_name("HOW")
            ->check(CLI::IsMember({"bitstate", "hash"}));
        check
            ->add_option("--approximate-memory", approximate_memory,
                         "memory for that: 512M, 4G, 50% (default three quarters of --max-memory)")
            ->type_name("SIZE")
            ->needs(check->get_option("--approximate"));
        for (const char* name : {"--checkpoint", "--resume", "--reduction"})
            check->get_option("--approximate")->excludes(check->get_option(name));
    }

    void add_compare()
    {
        compare = add_command("compare", compare_description, compare_footer);
        ModelOptions& model = compare_command.after.model;
        compare->add_option("FILE", model.files, "C files of the model")->required();
        auto* commit = compare
                           ->add_option("--commit", compare_command.commit,
                                        "the change is this upstream commit (`lockstep history` lists them)")
                           ->type_name("COMMIT");
        compare
            ->add_option("--cpus", compare_cpus,
                         fmt::format("CPUs, 1 to {} (default 2), one comparison for each number", most_cpus))
            ->type_name("N[,N]...")
            ->allow_extra_args(false)
            ->delimiter(',');
        compare
            ->add_option("--hang-ticks", hang_ticks,
                         "define LS_HANG_TICKS as that many ticks (default 7; 0: leave it out)")
            ->type_name("N");
        add_source_options(*compare, model, compare_texts);
        for (const char* name : {"--before", "--after", "--patch"}) commit->excludes(compare->get_option(name));
        compare->get_option("--patch")->description("the change is this unified diff (several: together), in memory");
        add_limits(*compare, compare_limits);
        add_json(*compare, compare_command.json_file);
        compare->add_flag("-q,--quiet", compare_command.quiet, "print the conclusion's line only");
    }

    void add_history()
    {
        history = add_command("history", "list the upstream changes that the miniature kernel can go back over",
                              history_footer);
        add_models_directory(*history, history_command.models_directory);
        add_json(*history, history_command.json_file);
    }

    void add_prove()
    {
        prove = add_command("prove", "prove a model's invariants with Z3, without exploring it", prove_footer);
        add_model_options(*prove, prove_command.options.model, prove_texts);
        prove->add_flag("--every-n", prove_command.options.every_n,
                        "for every number of CPUs, by counting how many are in which state");
        prove->add_option("--bmc", bmc_steps, "only look for a violation within so many steps of an initial state")
            ->type_name("K");
        prove
            ->add_option("--induction", induction_states,
                         fmt::format("assume the properties of at most so many states in a row, 1 to {} (default {})",
                                     most_induction_states, prove_command.options.most_k))
            ->type_name("K");
        prove
            ->add_option("--sample", sampled_states,
                         fmt::format("mine lemmas from so many visited states (default {}; 0: no lemmas)",
                                     prove_command.options.sampled_states))
            ->type_name("N");
        prove
            ->add_option("--pdr", prove_reachability,
                         fmt::format("property-directed reachability: last (default: where induction fails, for {} s "
                                     "at most without --timeout), first (without induction), never",
                                     ProveOptions::last_seconds))
            ->type_name("WHEN")
            ->check(CLI::IsMember({"first", "last", "never"}));
        prove->add_option("--timeout", prove_timeout, "stop after that many seconds")->type_name("SECONDS");
        prove
            ->add_option("--certificate", prove_command.options.certificate_directory,
                         "write the proof's obligations into this new folder, as SMT-LIB 2 files")
            ->type_name("DIR")
            ->check(is_named());
        add_outputs(*prove, prove_command.output, prove_format);
    }

    Command finished_prove()
    {
        ProveOptions& options = prove_command.options;
        finish_model(options.model, prove_texts);
        prove_command.output.format = trace_format(prove_format);
        if (options.every_n && (prove_texts.cpus || bmc_steps || induction_states || sampled_states))
            reject_input("--every-n is for every number of CPUs, and learns from few",
                         "leave out --cpus, --bmc, --induction and --sample, or --every-n");
        if (bmc_steps) {
            if (*bmc_steps < 0 || *bmc_steps > most_bmc_steps)
                reject_input(
                    fmt::format("--bmc {}: between 0 and {} steps can be looked at", *bmc_steps, most_bmc_steps));
            if (induction_states || sampled_states)
                reject_input("--bmc is bounded search alone, without induction and lemmas",
                             "leave out --induction and --sample, or --bmc");
            options.bound = static_cast<unsigned>(*bmc_steps);
        }
        if (induction_states) {
            if (*induction_states < 1 || *induction_states > most_induction_states)
                reject_input(fmt::format("--induction {}: between 1 and {} states can be assumed", *induction_states,
                                         most_induction_states));
            options.most_k = static_cast<unsigned>(*induction_states);
        }
        if (sampled_states) {
            if (*sampled_states < 0 || *sampled_states > most_sampled_states)
                reject_input(fmt::format("--sample {}: between 0 and {} states can be visited", *sampled_states,
                                         most_sampled_states));
            options.sampled_states = static_cast<std::uint64_t>(*sampled_states);
        }
        using When = ProveOptions::When;
        if (prove_reachability == "first") options.reachability = When::first;
        if (prove_reachability == "never") options.reachability = When::never;
        if (!prove_reachability.empty() && (options.every_n || options.bound))
            reject_input("--pdr is for a proof for one number of CPUs", "leave out --every-n and --bmc, or --pdr");
        if (prove_timeout && !(*prove_timeout > 0 && std::isfinite(*prove_timeout)))
            reject_input("--timeout: a number of seconds above 0 is needed");
        options.timeout_seconds = prove_timeout.value_or(0);
        return prove_command;
    }

    void add_show()
    {
        show = add_command("show", "print what a model is turned into: guarded transitions", exit_statuses);
        add_model_options(*show, show_command.model, show_texts);
        show->add_flag("--dot", show_command.dot, "as graphs, for graphviz");
    }

    void add_graph()
    {
        graph = add_command("graph", "draw a model's states, its code, or who waits for whom in its violation",
                            graph_footer);
        add_model_options(*graph, graph_command.options.model, graph_texts);
        auto* what = graph->add_option_group("What is drawn");
        const auto add_kind = [&](const char* name, const std::string& help) { return what->add_flag(name, help); };
        auto* states = add_kind("--states", "the states that can be reached, and the steps between them");
        auto* automata = add_kind("--automata", "the code: locations, and transitions with guards and effects");
        auto* waits = add_kind("--waits", "who waits for whom in the violation that `check` finds");
        what->require_option(1);
        graph
            ->add_option("--limit", graph_limit,
                         fmt::format("with --states: draw the first N, breadth first (default {}, at most {})",
                                     graph_command.limit, most_states_drawn))
            ->type_name("N")
            ->needs(states);
        graph->add_option("--automaton", graph_command.automaton, "with --automata: only that of the function NAME")
            ->type_name("NAME")
            ->needs(automata)
            ->check(check_that("", [](const std::string& name) { return !name.empty(); }, "a name is needed"));
        graph->add_option("-o,--output", graph_command.output_file, "where to (default -: standard output)")
            ->type_name("FILE")
            ->check(is_named());
        graph
            ->add_option("--draw-timeout", graph_command.draw_timeout_seconds,
                         "how long graphviz may take (default 60)")
            ->type_name("SECONDS");
        add_limits(*graph, graph_limits);
        for (const char* name : {"--max-memory", "--max-states", "--timeout", "--threads", "--reduction"}) {
            CLI::Option* limit = graph->get_option(name);
            limit->needs(waits)->description("with --waits: " + limit->get_description());
        }
    }

    void add_simulate()
    {
        simulate = add_command("simulate", "walk through a model by hand, step by step", simulate_footer);
        add_model_options(*simulate, simulate_command.model, simulate_texts);
    }

    void add_replay()
    {
        replay = add_command("replay", "execute the traces that `check --json` recorded again, and print them",
                             exit_statuses);
        replay->add_option("TRACE", replay_command.record_file, "what `lockstep check --json` wrote")
            ->required()
            ->type_name("FILE");
        replay
            ->add_option("--models", replay_command.models_directory,
                         "lockstep's models directory, if not where it was")
            ->type_name("DIR");
        add_outputs(*replay, replay_command.output, replay_format);
    }

    void add_suite()
    {
        suite = add_command("suite", "run models by the expectations in their first comments", suite_footer);
        suite->add_option("FILE_OR_DIRECTORY", suite_command.options.paths, "C files, and folders to search for them")
            ->required();
        suite->add_option("--junit", suite_command.junit_file, "write JUnit XML to FILE, for a build server")
            ->type_name("FILE")
            ->check(is_named());
        suite->add_flag("--long", suite_command.options.long_ones,
                        "run the lines that begin with expect-long, and only these");
        suite->add_option("--timeout", suite_limits.timeout_seconds, "stop each line after that many seconds: unknown")
            ->type_name("SECONDS");
        suite->add_option("--threads", suite_limits.threads, "explore with that many threads (default: all cores)")
            ->type_name("N");
        add_list(*suite, "--with", suite_with,
                 "options for each line, separated by blanks; with a --replace among them, lines that choose another "
                 "version of the kernel are left out")
            ->type_name("OPTIONS");
        suite
            ->add_option("--as-before", suite_command.options.as_before,
                         "what --with replaces is from before COMMIT: only the lines that say --before COMMIT, "
                         "without that")
            ->type_name("COMMIT");
        suite->add_flag(
            "--verdict-only", suite_verdict_only,
            "holds or violated is all that has to be right: other options may find another violation first");
    }

    Command finished_check()
    {
        finish_model(check_command.options.model, check_texts);
        finish_limits(check_command.options, check_limits);
        check_command.output.format = trace_format(check_format);
        check_command.options.source_coverage = !check_command.output.coverage_file.empty();
        if (checkpoint_seconds) {
            if (!(*checkpoint_seconds > 0 && std::isfinite(*checkpoint_seconds)))
                reject_input("--checkpoint-every: a number of seconds above 0 is needed");
            check_command.options.checkpoint_seconds = *checkpoint_seconds;
        }
        if (native == "off") check_command.options.native = NativeCodeUse::never;
        if (native == "on") check_command.options.native = NativeCodeUse::always;
        if (approximation == "bitstate") check_command.options.approximation = Approximation::bitstate;
        if (approximation == "hash") check_command.options.approximation = Approximation::hash;
        if (!approximation.empty() && search == "dfs")
            reject_input("--approximate: an approximate search is breadth-first", "leave out --search dfs");
        if (!approximate_memory.empty())
            check_command.options.approximate_memory_bytes = parse_memory_size(approximate_memory);
        if (path == "shortest") check_command.options.paths = PathChoice::as_found;
        if (search == "dfs") check_command.options.search = SearchOrder::depth_first;
        if (silent_hang_ticks) {
            if (*silent_hang_ticks < 1 || *silent_hang_ticks > most_hang_ticks)
                reject_input(fmt::format("--no-silent-hang {}: between 1 and {} ticks can be told apart",
                                         *silent_hang_ticks, most_hang_ticks));
            check_command.options.no_silent_hang = true;
            auto& defines = check_command.options.model.defines;
            defines.insert(defines.begin(), fmt::format("LS_HANG_TICKS={}", *silent_hang_ticks));
        }
        return check_command;
    }

    Command finished_compare()
    {
        CheckOptions& after = compare_command.after;
        if (compare_command.commit.empty() && after.model.patches.empty())
            reject_input("there is no change to compare", "name it with --patch FILE or --commit COMMIT");
        finish_model(after.model, compare_texts);
        finish_limits(after, compare_limits);
        if (after.cpu_symmetry)
            reject_input(
                "--reduction cpu-symmetry: it shows what it finds for one CPU of several that are alike, which "
                "may not be the same before and after the change",
                "compare without it");
        after.all = true;
        after.paths = PathChoice::as_found;  // none is shown
        if (hang_ticks < 0 || hang_ticks > most_hang_ticks)
            reject_input(
                fmt::format("--hang-ticks {}: between 0 and {} ticks can be told apart", hang_ticks, most_hang_ticks));
        if (hang_ticks > 0)  // first, so that -D LS_HANG_TICKS=... has the last word
            after.model.defines.insert(after.model.defines.begin(), fmt::format("LS_HANG_TICKS={}", hang_ticks));
        for (const std::int64_t cpus : compare_cpus) compare_command.cpus.push_back(checked_cpus(cpus));

        compare_command.before = after;
        compare_command.before.model.patches.clear();
        if (!compare_command.commit.empty()) {
            compare_command.before.model.before = compare_command.commit;
            after.model.after = compare_command.commit;
        }
        return compare_command;
    }

    Command finished_show()
    {
        finish_model(show_command.model, show_texts);
        return show_command;
    }

    Command finished_graph()
    {
        using What = GraphCommand::What;
        finish_model(graph_command.options.model, graph_texts);
        finish_limits(graph_command.options, graph_limits);
        const auto is_given = [&](const char* name) { return graph->get_option(name)->count() > 0; };
        graph_command.what = is_given("--states")     ? What::states
                             : is_given("--automata") ? What::automata
                                                      : What::waits;
        if (graph_limit && (*graph_limit < 1 || *graph_limit > most_states_drawn))
            reject_input(
                fmt::format("--limit {}: between 1 and {} states can be drawn", *graph_limit, most_states_drawn));
        if (graph_limit) graph_command.limit = static_cast<std::size_t>(*graph_limit);
        if (!(graph_command.draw_timeout_seconds > 0 && std::isfinite(graph_command.draw_timeout_seconds)))
            reject_input("--draw-timeout: a number of seconds above 0 is needed");
        return graph_command;
    }

    Command finished_simulate()
    {
        finish_model(simulate_command.model, simulate_texts);
        return simulate_command;
    }

    Command finished_suite()
    {
        CheckOptions limits;
        finish_limits(limits, suite_limits);
        suite::SuiteOptions& options = suite_command.options;
        options.timeout_seconds = limits.timeout_seconds;
        options.threads = limits.threads;
        if (suite_verdict_only) options.strictness = suite::Strictness::verdict;
        for (const std::string& text : suite_with) {
            std::istringstream in(text);
            for (std::string word; in >> word;) options.more.push_back(word);
        }
        return suite_command;
    }

    CLI::App app;
    std::vector<std::string> names;  // of the commands
    CLI::App* check = nullptr;
    CLI::App* compare = nullptr;
    CLI::App* history = nullptr;
    CLI::App* show = nullptr;
    CLI::App* graph = nullptr;
    CLI::App* simulate = nullptr;
    CLI::App* prove = nullptr;
    CLI::App* replay = nullptr;
    CLI::App* suite = nullptr;
    CheckCommand check_command;
    CompareCommand compare_command;
    HistoryCommand history_command;
    ShowCommand show_command;
    GraphCommand graph_command;
    SimulateCommand simulate_command;
    ProveCommand prove_command;
    std::string prove_format, prove_reachability;
    std::optional<std::int64_t> bmc_steps, induction_states, sampled_states;
    std::optional<double> prove_timeout;
    ReplayCommand replay_command;
    SuiteCommand suite_command;
    ModelTexts check_texts, compare_texts, show_texts, graph_texts, simulate_texts, prove_texts;
    LimitTexts check_limits, compare_limits, graph_limits, suite_limits;
    std::optional<std::int64_t> graph_limit;
    std::vector<std::string> suite_with;
    bool suite_verdict_only = false;
    std::string check_format, replay_format;
    std::string search = "bfs";
    std::string path = "clearest";
    std::string native = "auto";
    std::vector<std::int64_t> compare_cpus{2};
    std::int64_t hang_ticks = 7;
    std::optional<std::int64_t> silent_hang_ticks;
    std::optional<double> checkpoint_seconds;
    std::string approximation, approximate_memory;
};

}  // namespace

Command parse_command_line(int argument_count, const char* const* arguments)
{
    return Parser().run(argument_count, arguments);
}

}  // namespace lockstep
