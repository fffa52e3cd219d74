// Both directions of each struct stand next to each other, so that a field is added to both or to neither.
#include "report/json.h"

#include "base/diagnostic.h"
#include "report/proof_json.h"
#include "report/record_json.h"
#include "result/blame.h"

#include <fmt/format.h>

#include <array>
#include <stdexcept>

namespace lockstep::report {

namespace {

constexpr int format_version = 2;

// ---- Enumerations ----

constexpr std::array verdict_names{"holds", "violated", "unknown"};
constexpr std::array permanence_names{"not applicable", "transient", "permanent", "undecided"};
constexpr std::array search_names{"bfs", "dfs"};
constexpr std::array path_names{"clearest", "shortest"};

// ---- Options ----

Json write(const ModelOptions& model)
{
    Json replacements = Json::array();
    for (const auto& [name, file] : model.replacements) replacements.push_back({{"name", name}, {"file", file}});
    return {{"files", model.files},
            {"cpus", model.cpus},
            {"defines", model.defines},
            {"include_directories", model.include_directories},
            {"models_directory", model.models_directory},
            {"before", model.before},
            {"after", model.after},
            {"patches", model.patches},
            {"replacements", std::move(replacements)},
            {"no_reductions", model.no_reductions}};
}

ModelOptions read_model(const Json& json)
{
    ModelOptions model;
    model.files = get<std::vector<std::string>>(json, "files");
    model.cpus = get<std::uint32_t>(json, "cpus");
    model.defines = get<std::vector<std::string>>(json, "defines");
    model.include_directories = get<std::vector<std::string>>(json, "include_directories");
    model.models_directory = get<std::string>(json, "models_directory");
    model.before = get<std::string>(json, "before");
    model.after = get<std::string>(json, "after");
    model.patches = get<std::vector<std::string>>(json, "patches");
    for (const Json& replacement : json.at("replacements"))
        model.replacements.emplace_back(get<std::string>(replacement, "name"), get<std::string>(replacement, "file"));
    model.no_reductions = get<std::vector<std::string>>(json, "no_reductions");
    return model;
}

Json write(const CheckOptions& options)
{
    return {{"model", write(options.model)},
            {"search", name_of(search_names, options.search)},
            {"all", options.all},
            {"paths", name_of(path_names, options.paths)},
            {"max_memory_bytes", options.max_memory_bytes},
            {"max_states", options.max_states},
            {"timeout_seconds", finite(options.timeout_seconds)}};
}

CheckOptions read_options(const Json& json)
{
    CheckOptions options;
    options.model = read_model(json.at("model"));
    options.search = from_name<SearchOrder>(search_names, json.at("search"));
    options.all = get<bool>(json, "all");
    options.paths = from_name<PathChoice>(path_names, json.at("paths"));
    options.max_memory_bytes = get<std::uint64_t>(json, "max_memory_bytes");
    options.max_states = get<std::uint64_t>(json, "max_states");
    options.timeout_seconds = get<double>(json, "timeout_seconds");
    return options;
}

// ---- Trace ----

Json write(const StackEntry& entry)
{
    return {{"function", entry.function}, {"file", entry.file}, {"line", entry.line}};
}

StackEntry read_stack_entry(const Json& json)
{
    return {get<std::string>(json, "function"), get<std::string>(json, "file"), get<std::uint32_t>(json, "line")};
}

Json write(const std::vector<StackEntry>& stack)
{
    Json json = Json::array();
    for (const StackEntry& entry : stack) json.push_back(write(entry));
    return json;
}

std::vector<StackEntry> read_stack(const Json& json)
{
    std::vector<StackEntry> stack;
    for (const Json& entry : json) stack.push_back(read_stack_entry(entry));
    return stack;
}

Json write(const Move& move) { return Json::array({move.process.index, move.transition.index, move.choice}); }

Move read_move(const Json& json)
{
    return {ProcessId(json.at(0).get<std::uint32_t>()), TransitionId(json.at(1).get<std::uint32_t>()),
            json.at(2).get<std::int64_t>()};
}

Json write(const TraceMove& move)
{
    Json changes = Json::array();
    for (const Change& change : move.changes)
        changes.push_back({{"name", change.name}, {"before", change.before}, {"after", change.after}});
    Json locks = Json::array();
    for (const LockEvent& event : move.locks) locks.push_back({{"lock", event.lock}, {"taken", event.is_taken}});
    return {{"move", write(move.move)},  {"file", move.file},          {"line", move.line},
            {"text", move.text},         {"stack", write(move.stack)}, {"changes", std::move(changes)},
            {"locks", std::move(locks)}, {"matters", move.matters}};
}

TraceMove read_trace_move(const Json& json)
{
    TraceMove move;
    move.move = read_move(json.at("move"));
    move.file = get<std::string>(json, "file");
    move.line = get<std::uint32_t>(json, "line");
    move.text = get<std::string>(json, "text");
    move.stack = read_stack(json.at("stack"));
    for (const Json& change : json.at("changes"))
        move.changes.push_back(
            {get<std::string>(change, "name"), get<std::string>(change, "before"), get<std::string>(change, "after")});
    for (const Json& event : json.at("locks"))
        move.locks.push_back({get<std::string>(event, "lock"), get<bool>(event, "taken")});
    move.matters = get<bool>(json, "matters");
    return move;
}

Json write(const TraceStep& step)
{
    Json moves = Json::array();
    for (const TraceMove& move : step.moves) moves.push_back(write(move));
    return {{"process", step.process}, {"cpu", step.cpu},         {"task", step.task},
            {"pid", step.pid},         {"context", step.context}, {"messages", step.messages},
            {"ticks", step.ticks},     {"matters", step.matters}, {"moves", std::move(moves)}};
}

TraceStep read_trace_step(const Json& json)
{
    TraceStep step;
    step.process = get<std::string>(json, "process");
    step.cpu = get<std::int64_t>(json, "cpu");
    step.task = get<std::string>(json, "task");
    step.pid = get<std::int64_t>(json, "pid");
    step.context = get<std::string>(json, "context");
    step.messages = get<std::vector<std::string>>(json, "messages");
    step.ticks = get<double>(json, "ticks");
    step.matters = get<bool>(json, "matters");
    for (const Json& move : json.at("moves")) step.moves.push_back(read_trace_move(move));
    return step;
}

Json write(const Path& path)
{
    Json steps = Json::array();
    for (const Step& step : path.steps) {
        Json moves = Json::array();
        for (const Move& move : step) moves.push_back(write(move));
        steps.push_back(std::move(moves));
    }
    return steps;
}

std::vector<Step> read_steps(const Json& json)
{
    std::vector<Step> steps;
    for (const Json& moves : json) {
        Step& step = steps.emplace_back();
        for (const Json& move : moves) step.push_back(read_move(move));
    }
    return steps;
}

// ---- Violations ----

Json write(const Wait& wait)
{
    return {{"task", wait.task},
            {"what", wait.what},
            {"who", wait.who},
            {"place", write(wait.place)},
            {"complete", wait.is_complete},
            {"cpu", wait.cpu},
            {"pid", wait.pid},
            {"text", wait.text},
            {"stack", write(wait.stack)}};
}

Wait read_wait(const Json& json)
{
    return {
        get<std::string>(json, "task"),     get<std::string>(json, "what"), get<std::vector<std::string>>(json, "who"),
        read_stack_entry(json.at("place")), get<bool>(json, "complete"),    get<std::int64_t>(json, "cpu"),
        get<std::int64_t>(json, "pid"),     get<std::string>(json, "text"), read_stack(json.at("stack"))};
}

Json write(const BusyProcess& process)
{
    return {{"task", process.task},
            {"cpu", process.cpu},
            {"pid", process.pid},
            {"text", process.text},
            {"stack", write(process.stack)}};
}

BusyProcess read_busy(const Json& json)
{
    return {get<std::string>(json, "task"), get<std::int64_t>(json, "cpu"), get<std::int64_t>(json, "pid"),
            get<std::string>(json, "text"), read_stack(json.at("stack"))};
}

Json permanent(Permanence permanence)
{
    if (permanence == Permanence::permanent) return true;
    if (permanence == Permanence::transient) return false;
    return nullptr;
}

Json write(const Violation& violation)
{
    Json waits = Json::array();
    for (const Wait& wait : violation.waits_for) waits.push_back(write(wait));
    Json busy = Json::array();
    for (const BusyProcess& process : violation.busy) busy.push_back(write(process));
    Json trace = Json::array();
    for (const TraceStep& step : violation.trace) trace.push_back(write(step));
    return {{"kind", violation.kind},
            {"permanent", permanent(violation.permanence)},
            {"permanence", name_of(permanence_names, violation.permanence)},
            {"cpu", violation.cpu},
            {"task", violation.task},
            {"pid", violation.pid},
            {"message", violation.message},
            {"alike_cpus", violation.alike_cpus},
            {"file", violation.file},
            {"line", violation.line},
            {"stack", write(violation.stack)},
            {"ticks", finite(violation.ticks)},
            {"waits_for", std::move(waits)},
            {"busy", std::move(busy)},
            {"false_blame", result::blame_of(violation) == result::Blame::wrong},
            {"trace", std::move(trace)},
            {"initial_state", violation.path.initial_state},
            {"path", write(violation.path)}};
}

Violation read_violation(const Json& json)
{
    Violation violation;
    violation.kind = get<std::string>(json, "kind");
    violation.permanence = from_name<Permanence>(permanence_names, json.at("permanence"));
    violation.cpu = get<std::int64_t>(json, "cpu");
    violation.task = get<std::string>(json, "task");
    violation.pid = get<std::int64_t>(json, "pid");
    violation.message = get<std::string>(json, "message");
    violation.alike_cpus = get<std::vector<std::uint32_t>>(json, "alike_cpus");
    violation.file = get<std::string>(json, "file");
    violation.line = get<std::uint32_t>(json, "line");
    violation.stack = read_stack(json.at("stack"));
    violation.ticks = get<double>(json, "ticks");
    for (const Json& wait : json.at("waits_for")) violation.waits_for.push_back(read_wait(wait));
    for (const Json& process : json.at("busy")) violation.busy.push_back(read_busy(process));
    for (const Json& step : json.at("trace")) violation.trace.push_back(read_trace_step(step));
    violation.path.initial_state = get<std::uint32_t>(json, "initial_state");
    violation.path.steps = read_steps(json.at("path"));
    return violation;
}

// ---- The whole ----

Json write(const Coverage& coverage)
{
    return {{"technique", coverage.technique},
            {"memory_bytes", coverage.memory_bytes},
            {"expected_omissions", finite(coverage.expected_omissions)},
            {"omission_probability", finite(coverage.omission_probability)},
            {"share", finite(coverage.share)}};
}

Coverage read_coverage(const Json& json)
{
    return {get<std::string>(json, "technique"), get<std::uint64_t>(json, "memory_bytes"),
            get<double>(json, "expected_omissions"), get<double>(json, "omission_probability"),
            get<double>(json, "share")};
}

void write(Json& json, const Statistics& statistics)
{
    json["complete"] = statistics.complete;
    json["states"] = statistics.states;
    json["transitions"] = statistics.transitions;
    json["depth"] = statistics.depth;
    json["frontier"] = statistics.frontier;
    json["seconds"] = finite(statistics.seconds);
    json["seconds_total"] = finite(statistics.seconds_total);
    json["peak_memory_bytes"] = statistics.peak_memory_bytes;
    json["bytes_per_state"] = finite(statistics.bytes_per_state);
    json["reductions"] = statistics.reductions;
    json["coverage"] = statistics.coverage ? write(*statistics.coverage) : Json(nullptr);
}

Statistics read_statistics(const Json& json)
{
    Statistics statistics;
    statistics.complete = get<bool>(json, "complete");
    statistics.states = get<std::uint64_t>(json, "states");
    statistics.transitions = get<std::uint64_t>(json, "transitions");
    statistics.depth = get<std::uint64_t>(json, "depth");
    statistics.frontier = get<std::uint64_t>(json, "frontier");
    statistics.seconds = get<double>(json, "seconds");
    statistics.seconds_total = get<double>(json, "seconds_total");
    statistics.peak_memory_bytes = get<std::uint64_t>(json, "peak_memory_bytes");
    statistics.bytes_per_state = get<double>(json, "bytes_per_state");
    statistics.reductions = get<std::vector<std::string>>(json, "reductions");
    if (json.contains("coverage") && !json.at("coverage").is_null())
        statistics.coverage = read_coverage(json.at("coverage"));
    return statistics;
}

Record read_record(const Json& json)
{
    if (get<int>(json, "format") != format_version)
        throw std::out_of_range(
            fmt::format("format {} is not known, only {}", get<int>(json, "format"), format_version));
    Record record;
    record.version = get<std::string>(json, "lockstep");
    record.options = read_options(json.at("options"));
    record.program_hash = get<std::string>(json, "program_hash");
    record.result.verdict = from_name<Verdict>(verdict_names, json.at("verdict"));
    record.result.reason = get<std::string>(json, "reason");
    record.result.evidence = json.value("evidence", "");
    record.result.cpus = get<std::uint32_t>(json, "cpus");
    record.result.tick_milliseconds = get<std::uint32_t>(json, "tick_milliseconds");
    record.result.statistics = read_statistics(json);
    record.result.warnings = get<std::vector<std::string>>(json, "warnings");
    record.result.never_executed = read_stack(json.at("never_executed"));
    record.result.advice = json.value("advice", std::vector<std::string>{});
    for (const Json& violation : json.at("violations")) record.result.violations.push_back(read_violation(violation));
    if (json.contains("proof") && !json.at("proof").is_null()) record.proof = read_proof(json.at("proof"));
    return record;
}

}  // namespace

Json to_object(const Record& record)
{
    Json json;
    json["lockstep"] = record.version;
    json["format"] = format_version;
    json["verdict"] = name_of(verdict_names, record.result.verdict);
    json["reason"] = record.result.reason;
    json["evidence"] = record.result.evidence;
    json["cpus"] = record.result.cpus;
    json["tick_milliseconds"] = record.result.tick_milliseconds;
    write(json, record.result.statistics);
    json["warnings"] = record.result.warnings;
    json["never_executed"] = write(record.result.never_executed);
    json["advice"] = record.result.advice;
    json["options"] = write(record.options);
    json["program_hash"] = record.program_hash;
    json["proof"] = record.proof ? to_object(*record.proof) : Json(nullptr);
    json["violations"] = Json::array();
    for (const Violation& violation : record.result.violations) json["violations"].push_back(write(violation));
    return json;
}

Json to_object(const TraceStep& step) { return write(step); }

TraceStep read_step(const Json& json) { return read_trace_step(json); }

const char* name_of(Permanence permanence) { return name_of(permanence_names, permanence); }

std::string dumped(const Json& json) { return json.dump(1, ' ', false, Json::error_handler_t::replace) + '\n'; }

std::string to_json(const Record& record) { return dumped(to_object(record)); }

Record from_json(std::string_view text, const std::string& file)
{
    Diagnostic diagnostic;
    diagnostic.file = file;
    try {
        return read_record(Json::parse(text));
    } catch (const nlohmann::json::parse_error& error) {
        diagnostic.message = fmt::format("this is no JSON ({})", error.what());
    } catch (const std::exception& error) {
        diagnostic.message = fmt::format("this is no record of lockstep ({})", error.what());
    }
    diagnostic.hint = "records are written by `lockstep check --json FILE`";
    throw InputError(std::move(diagnostic));
}

}  // namespace lockstep::report
