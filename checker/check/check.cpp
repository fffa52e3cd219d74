// The whole way, one stage after the other; each hands plain data to the next.
//
//     overlays (sources/)  ->  read_c (frontend/)   ->  run_passes (passes/)             ->  instantiate (machine/)
//     ->  run_passes       ->  explore (explicit/)  ->  find_clearest_paths (explicit/)  ->  replay_and_describe
//     (result/)
//                          or  find_cpu_symmetry (symmetry/)
#include "base/diagnostic.h"
#include "check/memory_size.h"
#include "check/models_directory.h"
#include "explicit/clearest_path.h"
#include "explicit/explore.h"
#include "frontend/frontend.h"
#include "lockstep/lockstep.h"
#include "machine/machine.h"
#include "passes/passes.h"
#include "program/parser.h"
#include "program/printer.h"
#include "program/verifier.h"
#include "result/blame.h"
#include "result/blame_judge.h"
#include "result/replay.h"
#include "result/source_coverage.h"
#include "sources/overlays.h"
#include "sources/read_text.h"
#include "symmetry/cpu_symmetry.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <new>
#include <optional>
#include <thread>

namespace lockstep {

namespace {

constexpr std::uint32_t default_cpus = 2;
constexpr std::uint64_t default_memory_percent = 80;

// How far a clearer path is looked for: half as many pairs as the search had states, and no more than a second or two.
constexpr std::uint64_t least_clarity_nodes = 50'000, states_for_clarity_node = 2, most_clarity_nodes = 500'000;

// Where the Program is not verified after each pass, it still is before the first and when it is complete.
#ifdef NDEBUG
constexpr Verification verification = Verification::before_the_first;
#else
constexpr Verification verification = Verification::after_each;
#endif

double seconds_since(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::chrono::steady_clock::time_point after_seconds(double seconds)
{
    const std::chrono::duration<double> time(std::clamp(seconds, 0.0, 1e8));
    return std::chrono::steady_clock::now() + std::chrono::duration_cast<std::chrono::steady_clock::duration>(time);
}

bool is_textual(const std::string& file) { return file.ends_with(".ls"); }

/// `--patch *.patch`: the shell gives the option the first one only.
void refuse_patches(const std::vector<std::string>& files)
{
    for (const std::string& file : files)
        if (file.ends_with(".patch") || file.ends_with(".diff"))
            reject_input(fmt::format("{} is a patch, not a model", file), "give each patch its own --patch");
}

Program read_textual(const ModelOptions& options)
{
    const std::string& file = options.files.front();
    if (options.files.size() > 1)
        reject_input(fmt::format("{} is a textual Program, which stands alone", file),
                     "give one *.ls file, or C files");
    if (!options.defines.empty() || !options.include_directories.empty() || !options.before.empty() ||
        !options.after.empty() || !options.patches.empty() || !options.replacements.empty())
        reject_input(fmt::format(
            "{} is a textual Program: -D, -I, --before, --after, --patch and --replace are for C files", file));
    Program program = parse(sources::read_text(file, "file"), file);
    run_passes(program, {.disabled = options.no_reductions, .verification = verification});
    if (program.processes.empty()) reject_input(fmt::format("nothing runs in {}: it has no process", file));
    if (options.cpus != 0 && options.cpus != program.cpus)
        reject_input(fmt::format("--cpus {} does not fit {}, which says itself that it has {}", options.cpus, file,
                                 program.cpus));
    return program;
}

Program read_c_files(const ModelOptions& options, std::vector<std::string>& warnings)
{
    const std::string models = find_models_directory(options.models_directory);
    const sources::Overlays overlays = sources::make_overlays({.models = models,
                                                               .files = options.files,
                                                               .include_directories = options.include_directories,
                                                               .before = options.before,
                                                               .after = options.after,
                                                               .patches = options.patches,
                                                               .replacements = options.replacements});
    warnings.insert(warnings.end(), overlays.warnings.begin(), overlays.warnings.end());
    frontend::Output read = frontend::read_c({.files = options.files,
                                              .defines = options.defines,
                                              .include_directories = options.include_directories,
                                              .models_directory = models,
                                              .cpus = options.cpus == 0 ? default_cpus : options.cpus,
                                              .overlays = overlays.texts,
                                              .replacements = overlays.replacements});
    warnings.insert(warnings.end(), read.warnings.begin(), read.warnings.end());
    const PassOptions passes = {.disabled = options.no_reductions, .verification = verification};
    run_passes(read.program, Stage::before_boot, passes);
    machine::instantiate(read.program, read.machine, read.entries);
    run_passes(read.program, Stage::after_boot, passes);
    return std::move(read.program);
}

NativeMode native_mode(NativeCodeUse use)
{
    switch (use) {
        case NativeCodeUse::never:
            return NativeMode::off;
        case NativeCodeUse::always:
            return NativeMode::always;
        case NativeCodeUse::automatic:
            break;
    }
    return NativeMode::automatic;
}

explicit_engine::Reduction engine_reduction(StubbornSets use)
{
    switch (use) {
        case StubbornSets::where_they_pay:
            return explicit_engine::Reduction::automatic;
        case StubbornSets::always:
            return explicit_engine::Reduction::always;
        case StubbornSets::never:
            break;
    }
    return explicit_engine::Reduction::never;
}

explicit_engine::Approximation engine_approximation(Approximation approximation)
{
    switch (approximation) {
        case Approximation::bitstate:
            return explicit_engine::Approximation::bitstate;
        case Approximation::hash:
            return explicit_engine::Approximation::hash;
        case Approximation::none:
            break;
    }
    return explicit_engine::Approximation::none;
}

explicit_engine::Options engine_options(const CheckOptions& options, const Observer& observer)
{
    explicit_engine::Options engine;
    engine.order = options.search == SearchOrder::breadth_first ? explicit_engine::Order::breadth_first
                                                                : explicit_engine::Order::depth_first;
    engine.threads = options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
    engine.native = native_mode(options.native);
    engine.all = options.all || options.no_false_blame || options.no_silent_hang;
    engine.max_memory_bytes = options.max_memory_bytes != 0 ? options.max_memory_bytes
                                                            : available_memory_bytes() / 100 * default_memory_percent;
    engine.approximation = engine_approximation(options.approximation);
    engine.approximate_memory_bytes = options.approximate_memory_bytes;
    engine.stubborn_sets = engine_reduction(options.stubborn_sets);
    engine.max_states = options.max_states;
    engine.timeout_seconds = options.timeout_seconds;
    engine.interrupted = observer.interrupted;
    engine.warn = observer.warn;
    return engine;
}

// What a checkpoint has to be of. Of the Program only the hash decides; the rest says where a difference comes from.
explicit_engine::CheckpointOptions checkpoint_options(const Program& program, const CheckOptions& options)
{
    explicit_engine::CheckpointOptions checkpoint;
    checkpoint.file = options.checkpoint_file;
    checkpoint.resume = options.resume_file;
    checkpoint.every_seconds = options.checkpoint_seconds;
    if (checkpoint.file.empty() && checkpoint.resume.empty()) return checkpoint;
    using enum explicit_engine::CheckpointOptions::Role;
    const auto add = [&](const char* name, std::string value, auto role) {
        checkpoint.facts.push_back({name, std::move(value), role});
    };
    const ModelOptions& model = options.model;
    add("lockstep", LOCKSTEP_VERSION, decides);
    add("Program", program_hash(program), decides);
    add("files", fmt::format("{}", fmt::join(model.files, " ")), explains);
    add("--cpus", std::to_string(program.cpus), explains);
    add("-D", model.defines.empty() ? "nothing" : fmt::format("{}", fmt::join(model.defines, " ")), explains);
    add("--no-false-blame", options.no_false_blame ? "on" : "off", decides);
    return checkpoint;
}

// The one place where running out of memory becomes a verdict. `latest` is what was last known of the search.
template <typename Stage>
Result unknown_without_memory(std::uint32_t cpus, const CheckOptions& options, const Statistics& latest, Stage stage)
{
    try {
        return stage();
    } catch (const std::bad_alloc&) {
        Result result;
        result.verdict = Verdict::unknown;
        result.reason = "memory ran out (what was covered is as of up to a second before)";
        result.cpus = cpus;
        result.statistics = latest;
        if (options.source_coverage) result.warnings.emplace_back("--coverage: memory ran out, nothing is written");
        result.advice.emplace_back("--max-memory SIZE ends the search before that, with what it has");
        if (!options.checkpoint_file.empty())
            result.advice.push_back(fmt::format("if a checkpoint was written before, --resume {} goes on from there",
                                                options.checkpoint_file));
        return result;
    }
}

// A clearer path is to show the same: who waits for whom at its end decides who is to blame.
void clarify(const Program& program, const explicit_engine::Options& engine, Result& result)
{
    std::vector<Violation> clearer = result.violations;
    const explicit_engine::ClarityBudget budget{
        .nodes =
            std::min(least_clarity_nodes + result.statistics.states / states_for_clarity_node, most_clarity_nodes)};
    for (const std::size_t i : explicit_engine::find_clearest_paths(program, engine, budget, clearer)) {
        result::replay_and_describe(program, clearer[i]);
        if (result::blame_of(clearer[i]) == result::blame_of(result.violations[i]))
            result.violations[i] = std::move(clearer[i]);
    }
}

// What a record says is input: its ids have to be looked at before they are used.
void check_path(const Program& program, const Violation& violation)
{
    if (violation.path.initial_state >= std::max<std::size_t>(program.initial_states.size(), 1))
        reject_input(fmt::format("the recorded path begins in initial state {}, which the Program does not have",
                                 violation.path.initial_state),
                     "was the record edited?");
    for (const Step& step : violation.path.steps) {
        for (const Move& move : step) {
            const bool has_process = program.processes.contains(move.process);
            if (has_process &&
                program.automata[program.processes[move.process].automaton].transitions.contains(move.transition))
                continue;
            reject_input(
                fmt::format("the recorded path takes transition {} of process {}, which the Program does not have",
                            move.transition.index, move.process.index),
                "was the record edited?");
        }
    }
}

// What the search is to look out for: functions of the files given, and, if asked for, everything.
std::vector<bool> points_wanted(const Program& program, const CheckOptions& options)
{
    std::vector<bool> wanted;
    for (const PointId point : ids_of(program.points))
        wanted.push_back(!program.points[point].is_passed_by_boot &&
                         (options.source_coverage || result::is_own_function(program, options.model.files, point)));
    return wanted;
}

bool has_looked_at_everything(const Statistics& statistics)
{
    return statistics.complete && std::ranges::count(statistics.reductions, "stubborn-sets") == 0;
}

/// A scenario that never reaches its point is no proof of anything.
void tell_what_was_executed(const Program& program, const CheckOptions& options, const PassedPoints& points,
                            Result& result)
{
    const std::vector<bool> passed = points.passed();
    const bool is_complete = has_looked_at_everything(result.statistics);
    for (const PointId id : ids_of(program.points)) {
        const Point& point = program.points[id];
        if (is_complete && !passed[id.index] && !point.is_passed_by_boot &&
            result::is_own_function(program, options.model.files, id))
            result.never_executed.push_back({point.function, program.files[point.place.file].name, point.place.line});
    }
    std::ranges::stable_sort(result.never_executed, {}, &StackEntry::line);
    std::string list;
    for (const StackEntry& function : result.never_executed)
        list +=
            fmt::format("{}{}() ({}:{})", list.empty() ? "" : ", ", function.function, function.file, function.line);
    if (!list.empty()) result.warnings.push_back("no reachable state executes " + list);
    if (!options.source_coverage) return;
    result.source_coverage = result::source_coverage(program, options.model.files, passed);
    result.source_coverage->is_complete = is_complete;
}

// Who asks for hangs that nobody reports must not be told that there are none because nobody looked.
void require_silent_hang(const Program& program)
{
    for (const Automaton& automaton : program.automata)
        for (const Transition& transition : automaton.transitions)
            for (const Statement& statement : transition.effect)
                if (const auto* report = std::get_if<Report>(&statement); report && report->kind == "silent_hang")
                    return;
    reject_input("--no-silent-hang: nothing in this model looks for hangs that are not reported",
                 "the miniature kernel does where lockup_detector_init() is called (linux/nmi.h)");
}

void require_points(const Program& program, const CheckOptions& options)
{
    if (program.points.empty())
        reject_input("--coverage: a textual Program has no source lines to cover", "it is for C files");
    if (options.stubborn_sets != StubbornSets::never)
        reject_input("--coverage: stubborn sets leave out states, and with them what is executed there",
                     "leave out --reduction stubborn-sets or auto");
}

}  // namespace

Loaded load(const ModelOptions& options)
{
    const auto start = std::chrono::steady_clock::now();
    if (options.files.empty()) reject_input("no file to check");
    refuse_patches(options.files);
    Loaded loaded;
    const bool has_textual = std::any_of(options.files.begin(), options.files.end(), is_textual);
    loaded.program = has_textual ? read_textual(options) : read_c_files(options, loaded.warnings);
    verify(loaded.program);
    for (const Pass& pass : all_passes())
        if (pass.is_reduction && std::ranges::find(options.no_reductions, pass.name) == options.no_reductions.end())
            loaded.reductions.emplace_back(pass.name);
    loaded.seconds = seconds_since(start);
    return loaded;
}

Result check(const Loaded& loaded, const CheckOptions& options, const Observer& observer)
{
    const auto start = std::chrono::steady_clock::now();
    if (options.no_silent_hang) require_silent_hang(loaded.program);
    if (options.source_coverage) require_points(loaded.program, options);
    Statistics latest;
    Result result = unknown_without_memory(loaded.program.cpus, options, latest, [&] {
        explicit_engine::Options engine = engine_options(options, observer);
        engine.progress = [&](const Statistics& statistics) {
            latest = statistics;
            if (observer.progress) observer.progress(statistics);
        };
        engine.checkpoint = checkpoint_options(loaded.program, options);
        std::optional<result::BlameJudge> judge;
        if (options.no_false_blame) {
            judge.emplace(loaded.program);
            engine.distinguish = [&judge](const ReportEvent& report, std::span<const std::int64_t> cells) {
                return fmt::format("|{}", static_cast<int>(judge->judge(report, cells)));
            };
        }
        std::optional<symmetry::CpuSymmetry> symmetric;
        if (options.cpu_symmetry && !options.no_false_blame && options.approximation == Approximation::none) {
            symmetric = symmetry::find_cpu_symmetry(loaded.program, make_layout(loaded.program));
            engine.symmetry = &*symmetric;
        }
        PassedPoints points(loaded.program, points_wanted(loaded.program, options));
        if (!loaded.program.points.empty()) engine.passed = &points;
        Result found = explicit_engine::explore(loaded.program, engine);
        engine.passed = nullptr;
        tell_what_was_executed(loaded.program, options, points, found);
        found.tick_milliseconds = loaded.program.tick_milliseconds;
        for (Violation& violation : found.violations) result::replay_and_describe(loaded.program, violation);
        if (options.timeout_seconds > 0)
            engine.deadline = after_seconds(options.timeout_seconds - found.statistics.seconds);
        try {
            if (options.paths == PathChoice::clearest) clarify(loaded.program, engine, found);
        } catch (const std::bad_alloc&) {
            found.warnings.emplace_back("memory ran out while clearer paths were looked for");
        }
        if (options.no_false_blame) result::keep_false_blame(found);
        if (options.no_silent_hang && !options.no_false_blame) result::drop_reports(found);
        return found;
    });
    if (options.cpu_symmetry && std::ranges::count(result.statistics.reductions, "cpu-symmetry") == 0)
        result.warnings.emplace_back(
            options.no_false_blame
                ? "--reduction cpu-symmetry is not used with --no-false-blame"
                : "--reduction cpu-symmetry: no two CPUs are interchangeable (--explain-symmetry says why)");
    result.warnings.insert(result.warnings.begin(), loaded.warnings.begin(), loaded.warnings.end());
    auto& reductions = result.statistics.reductions;
    reductions.insert(reductions.begin(), loaded.reductions.begin(), loaded.reductions.end());
    result.statistics.seconds_total = loaded.seconds + seconds_since(start);
    return result;
}

Result check(const CheckOptions& options, const Observer& observer)
{
    return unknown_without_memory(options.model.cpus, options, {},
                                  [&] { return check(load(options.model), options, observer); });
}

std::string symmetry_text(const Loaded& loaded)
{
    const Layout layout = make_layout(loaded.program);
    return symmetry::describe(loaded.program, symmetry::find_cpu_symmetry(loaded.program, layout));
}

void replay(const Loaded& loaded, Result& recorded)
{
    for (Violation& violation : recorded.violations) {
        check_path(loaded.program, violation);
        violation.trace.clear();
        violation.waits_for.clear();
        result::replay_and_describe(loaded.program, violation);
    }
}

std::string program_hash(const Program& program)
{
    // FNV-1a: told apart are versions of one model, not forgeries.
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : print(program)) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return fmt::format("{:016x}", hash);
}

}  // namespace lockstep
