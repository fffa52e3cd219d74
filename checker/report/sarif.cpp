#include "report/sarif.h"

#include "report/exit_status.h"
#include "report/numbers.h"
#include "report/record_json.h"
#include "report/text.h"
#include "report/trace_lines.h"
#include "report/trace_text.h"
#include "result/blame.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <utility>

namespace lockstep::report {

namespace {

constexpr const char* schema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
constexpr const char* models_base = "MODELS";

struct Rule {
    const char* kind;
    const char* description;
};

constexpr Rule rules[] = {
    {"assertion", "An assertion of the model fails."},
    {"memory",
     "An access through a null or wild pointer, outside of bounds, to a dead stack frame, or to what was "
     "never written."},
    {"arithmetic", "A division by zero, or a shift that C leaves undefined."},
    {"deadlock", "Tasks of which none can ever go on, whatever happens."},
    {"livelock", "The system runs for ever, and a task never finishes what it must."},
    {"soft_lockup", "The soft-lockup detector reports a CPU that has not scheduled for too long."},
    {"hard_lockup", "The hard-lockup detector reports a CPU that has not handled interrupts for too long."},
    {"silent_hang", "A CPU gets nowhere, and no detector says so."},
    {"rcu_stall", "The stall detector of RCU reports a grace period that does not end."},
    {"hung_task", "A task has been blocked for too long."},
    {"atomic_sleep", "A function that may sleep is called where that is forbidden."},
    {"preempt_leak", "A task ends with preemption disabled."},
    {"spinlock", "A spinlock is used against its rules."},
    {"rwlock", "A lock of readers and writers is used against its rules."},
    {"warning", "The kernel warns of itself."},
};

std::string rule_of(const std::string& kind) { return kind.starts_with("invariant ") ? "invariant" : kind; }

std::string description_of(const std::string& rule)
{
    if (rule == "invariant") return "An invariant of the model is false in a state that can be reached.";
    const auto* found = std::ranges::find(rules, rule, &Rule::kind);
    return found != std::end(rules) ? found->description : fmt::format("The model reports \"{}\".", rule);
}

/// RFC 3986: what is no unreserved character, nor a separator of a path, is escaped.
std::string escaped(const std::string& path)
{
    std::string text;
    for (const char c : path) {
        const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                              std::string_view("-._~/+@").find(c) != std::string_view::npos;
        text += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return text;
}

Json message(const std::string& text) { return {{"text", text}}; }

class Writer {
public:
    Writer(const Record& the_record, const Sources& the_sources)
        : record(the_record), result(the_record.result), sources(the_sources)
    {
    }

    Json run()
    {
        for (const std::string& file : record.options.model.files) artifact(file);
        Json results = Json::array();
        for (const Violation& violation : result.violations) results.push_back(to_result(violation));
        Json run;
        run["tool"]["driver"] = {{"name", "lockstep"}, {"version", record.version}, {"rules", std::move(rule_list)}};
        run["invocations"] = Json::array({invocation()});
        run["originalUriBaseIds"][models_base] = {{"description", message("lockstep's models directory")}};
        run["artifacts"] = std::move(artifacts);
        run["results"] = std::move(results);
        return run;
    }

private:
    const Record& record;
    const Result& result;
    const Sources& sources;
    Json rule_list = Json::array();
    Json artifacts = Json::array();
    std::map<std::string, std::size_t> rule_indices, artifact_indices;

    // ---- What results refer to ----

    std::size_t rule(const std::string& name)
    {
        const auto [found, is_new] = rule_indices.emplace(name, rule_list.size());
        if (is_new) rule_list.push_back({{"id", name}, {"shortDescription", message(description_of(name))}});
        return found->second;
    }

    [[nodiscard]] bool is_users(const std::string& file) const
    {
        const ModelOptions& model = record.options.model;
        const auto contains_file = [&](const std::string& directory) { return file.starts_with(directory + '/'); };
        return file.starts_with('/') || std::ranges::count(model.files, file) != 0 ||
               std::ranges::any_of(model.include_directories, contains_file);
    }

    [[nodiscard]] Json artifact_location(const std::string& file) const
    {
        Json location = {{"uri", (file.starts_with('/') ? "file://" : "") + escaped(file)}};
        if (!is_users(file)) location["uriBaseId"] = models_base;
        return location;
    }

    std::size_t artifact(const std::string& file)
    {
        const auto [found, is_new] = artifact_indices.emplace(file, artifacts.size());
        if (is_new) {
            Json description = {{"location", artifact_location(file)}};
            if (file.ends_with(".c") || file.ends_with(".h")) description["sourceLanguage"] = "c";
            if (is_users(file)) description["roles"] = {"analysisTarget"};
            if (const auto text = sources.find(file); text != sources.end())
                description["contents"] = message(text->second);
            artifacts.push_back(std::move(description));
        }
        return found->second;
    }

    Json location(const std::string& file, std::uint32_t line, const std::string& function = {})
    {
        Json location = Json::object();
        if (!file.empty()) {
            Json& place = location["physicalLocation"];
            place["artifactLocation"] = artifact_location(file);
            place["artifactLocation"]["index"] = artifact(file);
            if (line != 0) place["region"] = {{"startLine", line}};
        }
        if (!function.empty()) location["logicalLocations"] = Json::array({{{"name", function}, {"kind", "function"}}});
        return location;
    }

    Json stack(const std::vector<StackEntry>& entries, const std::string& title)
    {
        Json frames = Json::array();
        for (const StackEntry& entry : entries)
            frames.push_back({{"location", location(entry.file, entry.line, entry.function)}});
        return {{"message", message(title)}, {"frames", std::move(frames)}};
    }

    // ---- Results ----

    Json to_result(const Violation& violation)
    {
        const std::string id = rule_of(violation.kind);
        Json json;
        json["ruleId"] = id;
        json["ruleIndex"] = rule(id);
        json["level"] = violation.kind == "warning" ? "warning" : "error";
        json["message"] = message(summary(violation));
        json["locations"] = Json::array({place_of(violation)});
        add_waits(json, violation);
        if (!violation.trace.empty())
            json["codeFlows"] = Json::array(
                {{{"message", message(fmt::format("How it comes about ({} steps)", violation.trace.size()))},
                  {"threadFlows", thread_flows(violation)}}});
        json["properties"] = {{"kind", violation.kind},
                              {"permanence", name_of(violation.permanence)},
                              {"cpu", violation.cpu},
                              {"task", violation.task},
                              {"pid", violation.pid},
                              {"alikeCpus", violation.alike_cpus},
                              {"ticks", violation.ticks},
                              {"initialState", violation.path.initial_state},
                              {"falseBlame", result::blame_of(violation) == result::Blame::wrong}};
        return json;
    }

    static std::string summary(const Violation& violation)
    {
        std::string text = violation.message;
        if (!text.starts_with(violation.kind)) text = violation.kind + (text.empty() ? "" : ": ") + text;
        if (violation.permanence == Permanence::permanent) text += " (permanent)";
        if (violation.permanence == Permanence::transient) text += " (transient)";
        text += '.';
        for (const Wait& wait : violation.waits_for) text += ' ' + wait_text(wait);
        return text;
    }

    static std::string wait_text(const Wait& wait)
    {
        const std::string who = wait.who.empty() ? (wait.is_complete ? "nobody can" : "nobody was found who could")
                                                 : fmt::format("only {} could", fmt::join(wait.who, " or "));
        return fmt::format("{} waits for {}; {} change that.", task_text(wait.task, wait.pid), wait.what, who);
    }

    /// Forges show nothing that has no place.
    Json place_of(const Violation& violation)
    {
        const std::string function = violation.stack.empty() ? std::string() : violation.stack.front().function;
        if (!violation.file.empty()) return location(violation.file, violation.line, function);
        if (!record.options.model.files.empty()) return location(record.options.model.files.front(), 0, function);
        return location({}, 0, function);
    }

    void add_waits(Json& json, const Violation& violation)
    {
        Json related = Json::array(), stacks = Json::array();
        if (!violation.stack.empty())
            stacks.push_back(stack(violation.stack, "call trace of " + task_text(violation.task, violation.pid)));
        for (const Wait& wait : violation.waits_for) {
            Json& place = related.emplace_back(location(wait.place.file, wait.place.line, wait.place.function));
            place["id"] = related.size();
            place["message"] = message(wait_text(wait));
            place["properties"] = {{"cpu", wait.cpu}, {"line", wait.text}};
            if (!wait.stack.empty())
                stacks.push_back(stack(wait.stack, "call trace of " + task_text(wait.task, wait.pid)));
        }
        for (const BusyProcess& process : violation.busy) {
            const StackEntry at = process.stack.empty() ? StackEntry() : process.stack.front();
            Json& place = related.emplace_back(location(at.file, at.line, at.function));
            place["id"] = related.size();
            place["message"] = message(busy_text(process) + '.');
            place["properties"] = {{"cpu", process.cpu}, {"line", process.text}};
            if (!process.stack.empty())
                stacks.push_back(stack(process.stack, "call trace of " + task_text(process.task, process.pid)));
        }
        if (!related.empty()) json["relatedLocations"] = std::move(related);
        if (!stacks.empty()) json["stacks"] = std::move(stacks);
    }

    // ---- Traces ----

    Json thread_flows(const Violation& violation)
    {
        std::map<std::int64_t, Json> flows;  // by CPU
        std::size_t order = 0;
        for (std::size_t i = 0; i < violation.trace.size(); ++i) {
            const TraceStep& step = violation.trace[i];
            Json& locations = flows[step.cpu];
            const std::vector<TraceLine> lines = lines_of(step);
            if (lines.empty()) {
                Json entry = {{"location", {{"message", message(step.process)}}}};
                locations.push_back(finished(std::move(entry), step, i, ++order, step.matters));
            }
            for (const TraceLine& line : lines)
                locations.push_back(finished(flow_location(step, line), step, i, ++order, matters(line)));
            for (const std::string& report : step.messages) {
                Json entry;
                if (!lines.empty()) entry["location"] = line_location(lines.back());
                entry["location"]["message"] = message(report);
                entry["kinds"] = {"danger"};
                locations.push_back(finished(std::move(entry), step, i, ++order, true));
            }
        }
        Json list = Json::array();
        for (auto& [cpu, locations] : flows) {
            const std::string id = cpu < 0 ? "clock" : fmt::format("CPU{}", cpu);
            list.push_back({{"id", id}, {"message", message(id)}, {"locations", std::move(locations)}});
        }
        return list;
    }

    Json line_location(const TraceLine& line)
    {
        const TraceMove& move = *line.front();
        return location(move.file, move.line, move.stack.empty() ? std::string() : move.stack.front().function);
    }

    Json flow_location(const TraceStep& step, const TraceLine& line)
    {
        const TraceMove& move = *line.front();
        std::string text = move.text.empty() ? step.process : move.text;
        Json state = Json::object(), kinds = Json::array();
        for (const ValueHistory& change : changes_of(line)) {
            text += fmt::format("{}{}: {}", state.empty() ? "   " : ", ", change.name, change.values);
            state[change.name] = message(change.values);
        }
        for (const TraceMove* made : line)
            for (const LockEvent& lock : made->locks) kinds = {"lock", lock.is_taken ? "acquire" : "release"};
        Json entry;
        entry["location"] = line_location(line);
        entry["location"]["message"] = message(text);
        if (!state.empty()) entry["state"] = std::move(state);
        if (!kinds.empty()) entry["kinds"] = std::move(kinds);
        entry["nestingLevel"] = move.stack.empty() ? 0 : move.stack.size() - 1;
        return entry;
    }

    static Json finished(Json entry, const TraceStep& step, std::size_t i, std::size_t order, bool is_essential)
    {
        entry["executionOrder"] = order;
        entry["importance"] = is_essential ? "essential" : step.matters ? "important" : "unimportant";
        entry["properties"] = {{"step", i + 1},   {"process", step.process}, {"task", step.task},
                               {"pid", step.pid}, {"context", step.context}, {"ticks", step.ticks}};
        return entry;
    }

    // ---- The run ----

    [[nodiscard]] Json invocation() const
    {
        Json notifications = Json::array();
        for (const std::string& warning : result.warnings)
            notifications.push_back({{"level", "warning"}, {"message", message(warning)}});
        for (const std::string& advice : result.advice)
            notifications.push_back({{"level", "note"}, {"message", message(advice)}});
        if (result.verdict == Verdict::unknown)
            notifications.push_back({{"level", "error"}, {"message", message("unknown: " + result.reason)}});
        const Statistics& statistics = result.statistics;
        return {{"executionSuccessful", result.verdict != Verdict::unknown},
                {"exitCode", exit_status_of(result.verdict)},
                {"exitCodeDescription", verdict_line(result)},
                {"toolExecutionNotifications", std::move(notifications)},
                {"properties",
                 {{"verdict", verdict_line(result)},
                  {"cpus", result.cpus},
                  {"tickMilliseconds", result.tick_milliseconds},
                  {"complete", statistics.complete},
                  {"states", statistics.states},
                  {"transitions", statistics.transitions},
                  {"depth", statistics.depth},
                  {"frontier", statistics.frontier},
                  {"seconds", statistics.seconds},
                  {"secondsTotal", statistics.seconds_total},
                  {"bytesPerState", statistics.bytes_per_state},
                  {"coverage", statistics.coverage ? coverage_text(*statistics.coverage) : ""},
                  {"peakMemoryBytes", statistics.peak_memory_bytes},
                  {"reductions", statistics.reductions}}}};
    }
};

}  // namespace

std::string to_sarif(const Record& record, const Sources& sources)
{
    Json document;
    document["$schema"] = schema;
    document["version"] = "2.1.0";
    document["runs"] = Json::array({Writer(record, sources).run()});
    return dumped(document);
}

}  // namespace lockstep::report
