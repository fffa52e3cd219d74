// Events are made in the order of the trace. Slices are a stack for each track: a step closes what it is not in and
// opens what is missing, so that each B has its E and they nest. The events of one step share its millisecond out among
// them: no two events of a track have the same time stamp, and viewers need not guess what comes first.
//
// Which of two contexts is the inner one is known from their kinds: an NMI interrupts a handler, that an exit hook,
// that a task. A context goes on if the same process comes again before an outer one does.
#include "report/perfetto.h"

#include "report/numbers.h"
#include "report/record_json.h"
#include "report/text.h"
#include "report/trace_lines.h"
#include "report/trace_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace lockstep::report {

namespace {

constexpr double step_microseconds = 1000;

/// What an event of a slice or a track is about; later ones are inner ones.
enum class Level : std::uint8_t { task, exit_hook, interrupt, nmi };

Level level_of(const TraceStep& step)
{
    if (step.context == "nmi") return Level::nmi;
    if (step.context == "irq") return Level::interrupt;
    if (step.context == "exit") return Level::exit_hook;
    return Level::task;
}

std::string one_line(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json arguments_of(const TraceStep& step, std::size_t number)
{
    return {{"step", number}, {"context", step.context}, {"ticks", step.ticks}, {"matters", step.matters}};
}

class Writer {
public:
    Writer(Json& the_events, const Violation& the_violation, std::size_t number_of_violation, std::uint32_t the_cpus,
           std::uint32_t the_tick_milliseconds)
        : events(the_events),
          violation(the_violation),
          pid(number_of_violation),
          cpus(the_cpus),
          tick_milliseconds(the_tick_milliseconds)
    {
    }

    void run(const std::string& name)
    {
        for (const TraceStep& step : violation.trace) cpus = std::max<std::int64_t>(cpus, step.cpu + 1);
        for (const Wait& wait : violation.waits_for) cpus = std::max<std::int64_t>(cpus, wait.cpu + 1);
        for (const BusyProcess& process : violation.busy) cpus = std::max<std::int64_t>(cpus, process.cpu + 1);
        cpus = std::max<std::int64_t>(cpus, violation.cpu + 1);
        metadata("process_name", 0, {{"name", name}});
        metadata("process_sort_index", 0, {{"sort_index", pid}});
        for (std::int64_t cpu = 0; cpu < cpus; ++cpu) name_track(cpu + 1, fmt::format("CPU{}", cpu));
        name_track(clock_track(), "clock");
        for (std::size_t i = 0; i < violation.trace.size(); ++i) write_step(i);
        write_end();
    }

private:
    struct Slice {
        std::string name, category;
    };
    struct Context {
        Level level = Level::task;
        std::string process;            // of a task: its name
        std::size_t slices = 0;         // that are open outside its own
        std::vector<StackEntry> stack;  // the functions whose slices are open; innermost first
    };
    struct Track {
        std::vector<Slice> slices;
        std::vector<Context> contexts;
    };

    Json& events;
    const Violation& violation;
    std::size_t pid;
    std::int64_t cpus;
    std::uint32_t tick_milliseconds;
    std::map<std::int64_t, Track> tracks;
    std::map<std::string, std::int64_t> own_tracks;
    Json pending = Json::array();  // of this step, without time stamps
    struct Held {
        int id;
        std::int64_t track;
    };
    std::map<std::string, Held> locks;
    int last_id = 0;

    // ---- Events ----

    [[nodiscard]] std::int64_t clock_track() const { return cpus + 1; }

    std::int64_t track_of(const TraceStep& step)
    {
        if (step.cpu >= 0) return step.cpu + 1;
        return step.context == "clock" ? clock_track() : own_track(step.process);
    }

    /// Of who is on no CPU.
    std::int64_t own_track(const std::string& name)
    {
        const auto [found, is_new] = own_tracks.emplace(name, clock_track() + 1 + own_tracks.size());
        if (is_new) name_track(found->second, name);
        return found->second;
    }

    void metadata(const char* name, std::int64_t track, Json arguments)
    {
        events.push_back(
            {{"name", name}, {"ph", "M"}, {"ts", 0}, {"pid", pid}, {"tid", track}, {"args", std::move(arguments)}});
    }

    void name_track(std::int64_t track, const std::string& name)
    {
        metadata("thread_name", track, {{"name", name}});
        metadata("thread_sort_index", track, {{"sort_index", track}});
    }

    Json& event(const char* phase, const std::string& name, const std::string& category, std::int64_t track)
    {
        pending.push_back({{"name", name}, {"cat", category}, {"ph", phase}, {"ts", 0}, {"pid", pid}, {"tid", track}});
        return pending.back();
    }

    void open(std::int64_t track, const std::string& name, const std::string& category, Json arguments = nullptr)
    {
        tracks[track].slices.push_back({name, category});
        Json& begin = event("B", name, category, track);
        if (!arguments.is_null()) begin["args"] = std::move(arguments);
    }

    void close(std::int64_t track)
    {
        const Slice slice = tracks[track].slices.back();
        tracks[track].slices.pop_back();
        event("E", slice.name, slice.category, track);
    }

    void close_to(std::int64_t track, std::size_t count)
    {
        while (tracks[track].slices.size() > count) close(track);
    }

    /// The events since the last call share out `step`'s time.
    void give_times(std::size_t step)
    {
        const double part = step_microseconds / static_cast<double>(std::max<std::size_t>(pending.size(), 1));
        for (std::size_t k = 0; k < pending.size(); ++k) {
            const double time = static_cast<double>(step) * step_microseconds + static_cast<double>(k) * part;
            pending[k]["ts"] = std::round(time * 1000) / 1000;
            events.push_back(std::move(pending[k]));
        }
        pending = Json::array();
    }

    // ---- Steps ----

    void write_step(std::size_t i)
    {
        const TraceStep& step = violation.trace[i];
        const std::int64_t track = track_of(step);
        enter_context(track, step);
        for (const TraceLine& line : lines_of(step)) write_line(track, step, i + 1, line);
        for (const std::string& message : step.messages) {
            Json& instant = event("i", message, "report", track);
            instant["s"] = "t";
            instant["args"] = arguments_of(step, i + 1);
        }
        if (step.context == "clock") {
            Json& counter = event("C", "time", "clock", track);
            counter["args"] = {{"seconds", (step.ticks + 1) * tick_milliseconds / 1000.0}};
        }
        give_times(i);
    }

    void enter_context(std::int64_t track, const TraceStep& step)
    {
        const Level level = level_of(step);
        std::vector<Context>& contexts = tracks[track].contexts;
        const std::string task = step.task.empty() ? step.process : task_text(step.task, step.pid);
        if (!contexts.empty() && contexts.front().process != task) leave_contexts(track, 0);
        if (contexts.empty()) push_context(track, Level::task, task, "task", task);
        std::size_t outer = 1;
        while (outer < contexts.size() && contexts[outer].level < level) ++outer;
        if (level == Level::task) return leave_contexts(track, 1);
        const bool goes_on =
            outer < contexts.size() && contexts[outer].level == level && contexts[outer].process == step.process;
        leave_contexts(track, goes_on ? outer + 1 : outer);
        if (!goes_on) push_context(track, level, step.process, step.context, step.process);
    }

    void leave_contexts(std::int64_t track, std::size_t count)
    {
        std::vector<Context>& contexts = tracks[track].contexts;
        if (contexts.size() <= count) return;
        close_to(track, contexts[count].slices);
        contexts.resize(count);
    }

    void push_context(std::int64_t track, Level level, const std::string& process, const std::string& category,
                      const std::string& name)
    {
        tracks[track].contexts.push_back({level, process, tracks[track].slices.size(), {}});
        open(track, name, category);
    }

    void write_line(std::int64_t track, const TraceStep& step, std::size_t number, const TraceLine& line)
    {
        const TraceMove& move = *line.front();
        enter_functions(track, move.stack);
        Json arguments = arguments_of(step, number);
        arguments["matters"] = matters(line);
        if (!move.file.empty()) arguments["place"] = place_text(move.file, move.line);
        const std::vector<ValueHistory> changes = changes_of(line);
        for (const ValueHistory& change : changes) arguments["changes"][change.name] = change.values;
        open(track, move.text.empty() ? step.process : move.text, "line", std::move(arguments));
        for (const TraceMove* made : line) hold_locks(track, step, *made);
        close(track);
    }

    void enter_functions(std::int64_t track, const std::vector<StackEntry>& stack)
    {
        Context& context = tracks[track].contexts.back();
        std::size_t common = 0;  // outermost ones; a call from another line is another call
        while (common < std::min(context.stack.size(), stack.size())) {
            const StackEntry& before = context.stack[context.stack.size() - 1 - common];
            const StackEntry& now = stack[stack.size() - 1 - common];
            if (before.function != now.function) break;
            ++common;
            if (!same_entry(before, now)) break;
        }
        close_to(track, context.slices + 1 + common);
        for (std::size_t k = common; k < stack.size(); ++k) {
            const StackEntry& entry = stack[stack.size() - 1 - k];
            Json arguments;
            if (k > 0) {
                const StackEntry& caller = stack[stack.size() - k];
                arguments = {{"called from", place_text(caller.file, caller.line)}};
            }
            open(track, entry.function, "function", std::move(arguments));
        }
        context.stack = stack;
    }

    void hold_locks(std::int64_t track, const TraceStep& step, const TraceMove& move)
    {
        for (const LockEvent& lock : move.locks) {
            if (lock.is_taken) {
                if (locks.contains(lock.lock)) continue;
                locks[lock.lock] = {++last_id, track};
                Json& begin = event("b", lock.lock, "lock", track);
                begin["id"] = lock_id(last_id);
                begin["args"] = {{"by", step.process}};
            } else if (const auto held = locks.find(lock.lock); held != locks.end()) {
                event("e", lock.lock, "lock", held->second.track)["id"] = lock_id(held->second.id);
                locks.erase(held);
            }
        }
    }

    [[nodiscard]] std::string lock_id(int number) const { return fmt::format("lock {}.{}", pid, number); }

    // ---- The end: one more step, in which everybody stays where he is ----

    void write_end()
    {
        std::map<std::string, std::int64_t> where;  // the track on which somebody waits or is waited for
        for (const Wait& wait : violation.waits_for) where.emplace(wait.task, 0);
        for (const Wait& wait : violation.waits_for)
            for (const std::string& who : wait.who) where.emplace(who, 0);
        for (const BusyProcess& process : violation.busy) where.emplace(process.task, 0);
        for (auto& [name, track] : where) {
            track = place_at_end(name);
            if (track != 0) continue;
            track = own_track(name);
            open(track, name, "task");
        }
        for (const Wait& wait : violation.waits_for)
            open(where.at(wait.task), "waits for " + wait.what, "wait",
                 {{"place", place_text(wait.place.file, wait.place.line)},
                  {"line", wait.text},
                  {"call trace", stack_text(wait.stack)},
                  {"who", wait.who},
                  {"complete", wait.is_complete}});
        for (const BusyProcess& process : violation.busy)
            open(where.at(process.task), "does not wait", "busy",
                 {{"line", process.text}, {"call trace", stack_text(process.stack)}});
        write_finding();
        for (const Wait& wait : violation.waits_for)
            for (const std::string& who : wait.who) arrow(where.at(wait.task), where.at(who), wait.what);
        for (const auto& [lock, held] : locks) event("e", lock, "lock", held.track)["id"] = lock_id(held.id);
        for (auto& [track, state] : tracks) close_to(track, 0);
        give_times(violation.trace.size());
    }

    /// The CPU's track on which it is in the end; 0: none.
    std::int64_t place_at_end(const std::string& name)
    {
        for (const auto& [track, state] : tracks) {
            for (const Context& context : state.contexts) {
                const bool is_task = context.level == Level::task;
                if (is_task ? context.process == name || context.process.starts_with(name + ':')
                            : context.process == name)
                    return track;
            }
        }
        return 0;
    }

    void write_finding()
    {
        Json& instant = event("i", violation.kind, "violation", violation.cpu < 0 ? clock_track() : violation.cpu + 1);
        instant["s"] = "p";
        instant["args"] = {{"message", violation.message},
                           {"permanence", name_of(violation.permanence)},
                           {"task", task_text(violation.task, violation.pid)},
                           {"alike CPUs", violation.alike_cpus},
                           {"initial state", violation.path.initial_state},
                           {"ticks", violation.ticks},
                           {"place", place_text(violation.file, violation.line)},
                           {"call trace", stack_text(violation.stack)}};
    }

    void arrow(std::int64_t from, std::int64_t to, const std::string& what)
    {
        const int id = ++last_id;
        event("s", what, "wait", from)["id"] = fmt::format("wait {}.{}", pid, id);
        Json& end = event("f", what, "wait", to);
        end["id"] = fmt::format("wait {}.{}", pid, id);
        end["bp"] = "e";
    }
};

}  // namespace

std::string to_perfetto(const Record& record)
{
    const Result& result = record.result;
    Json events = Json::array();
    for (std::size_t i = 0; i < result.violations.size(); ++i) {
        const Violation& violation = result.violations[i];
        const std::string name =
            fmt::format("{} of {}: {} {}", i + 1, result.violations.size(), violation.kind, violation.message);
        Writer(events, violation, i + 1, result.cpus, result.tick_milliseconds).run(name);
    }
    const Json other = {{"lockstep", record.version},
                        {"files", record.options.model.files},
                        {"verdict", verdict_line(result)},
                        {"warnings", result.warnings},
                        {"advice", result.advice},
                        {"statistics", statistics_text(result.statistics)},
                        {"unit",
                         "one step of a trace is shown as one millisecond; the model's time is in the counter "
                         "\"time\", and in the \"ticks\" of each line"},
                        {"tick_milliseconds", result.tick_milliseconds}};
    std::string text = "{\"traceEvents\": [\n";
    for (const Json& event : events) text += one_line(event) + (&event == &events.back() ? "\n" : ",\n");
    return text + "],\n\"displayTimeUnit\": \"ms\",\n\"otherData\": " + one_line(other) + "}\n";
}

}  // namespace lockstep::report
