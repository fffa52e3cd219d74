#include "report/perfetto.h"
#include "example.h"
#include "long_trace.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace lockstep;
using namespace lockstep::report;
using nlohmann::json;

namespace {

using Track = std::pair<std::int64_t, std::int64_t>;

std::string text_of(const json& event, const char* name) { return event.value(name, ""); }

/// The format's rules; what is wrong, empty: nothing.
std::string broken_rule(const json& document)
{
    std::map<Track, std::vector<std::string>> open;
    std::map<Track, double> last;
    std::set<Track> named;
    std::set<std::int64_t> named_processes;
    std::map<std::string, std::string> arrows, spans;  // id, and the phase that was seen last
    for (const json& event : document.at("traceEvents")) {
        for (const char* key : {"ph", "pid", "tid", "ts"})
            if (!event.contains(key)) return "no " + std::string(key) + ": " + event.dump();
        const std::string phase = event.at("ph"), name = text_of(event, "name");
        const Track track{event.at("pid"), event.at("tid")};
        if (phase == "M") {
            if (name == "thread_name") named.insert(track);
            if (name == "process_name") named_processes.insert(track.first);
            if (text_of(event.at("args"), "name").empty() && !event.at("args").contains("sort_index"))
                return "metadata without a value";
            continue;
        }
        if (!named.contains(track) || !named_processes.contains(track.first)) return "no name for " + event.dump();
        if (name.empty() || text_of(event, "cat").empty()) return "no name or category: " + event.dump();
        const double time = event.at("ts");
        if (last.contains(track) && time <= last[track]) return "time stands still: " + event.dump();
        last[track] = time;
        const std::string id = event.value("id", "");
        if (phase == "B") {
            open[track].push_back(name);
        } else if (phase == "E") {
            if (open[track].empty() || open[track].back() != name) return "an end without its begin: " + event.dump();
            open[track].pop_back();
        } else if (phase == "i") {
            if (!event.contains("s")) return "an instant without a scope";
        } else if (phase == "s" || phase == "f") {
            if (id.empty() || open[track].empty()) return "an arrow that hangs in the air: " + event.dump();
            if (phase == "f" && (arrows[id] != "s" || event.value("bp", "") != "e")) return "an arrow without begin";
            arrows[id] = phase;
        } else if (phase == "b" || phase == "e") {
            if (id.empty() || (phase == "e") != (spans[id] == "b")) return "a span that does not end: " + event.dump();
            spans[id] = phase;
        } else if (phase != "C") {
            return "unknown phase " + phase;
        }
    }
    for (const auto& [track, names] : open)
        if (!names.empty()) return "a slice without end: " + names.back();
    for (const auto& [id, phase] : arrows)
        if (phase != "f") return "an arrow without end: " + id;
    for (const auto& [id, phase] : spans)
        if (phase != "e") return "a span without end: " + id;
    return {};
}

json written(const Record& record) { return json::parse(to_perfetto(record)); }

/// The slices that are open where an event of that phase and name stands, from the outermost on.
std::vector<std::string> slices_around(const json& document, const std::string& phase, const std::string& name)
{
    std::map<Track, std::vector<std::string>> open;
    for (const json& event : document.at("traceEvents")) {
        std::vector<std::string>& slices = open[{event.at("pid"), event.at("tid")}];
        if (event.at("ph") == phase && event.at("name") == name) return slices;
        if (event.at("ph") == "B") slices.push_back(event.at("name"));
        if (event.at("ph") == "E") slices.pop_back();
    }
    return {"it is not there"};
}

const json& event_of(const json& document, const std::string& phase, const std::string& name)
{
    for (const json& event : document.at("traceEvents"))
        if (event.at("ph") == phase && event.at("name") == name) return event;
    throw std::out_of_range(phase + " " + name);
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("the file keeps the format's rules")
{
    Record record = test::record();
    record.result.violations.push_back(test::long_violation(300));
    const json document = written(record);
    CHECK(broken_rule(document) == "");
    CHECK(document.at("displayTimeUnit") == "ms");
    CHECK(document.at("otherData").at("unit").get<std::string>().starts_with("one step"));
    record.result.violations.clear();
    CHECK(written(record).at("traceEvents").empty());
}

TEST_CASE("the rules are noticed to be broken")
{
    const json document = written(test::record());
    const json& events = document.at("traceEvents");
    std::size_t noticed = 0, slices = 0;
    for (std::size_t i = 0; i < events.size(); ++i) {
        const std::string phase = events[i].at("ph");
        if (phase == "M" || phase == "i" || phase == "C") continue;
        json changed = document;
        changed.at("traceEvents").erase(i);
        ++slices;
        noticed += broken_rule(changed).empty() ? 0 : 1;
    }
    CHECK(slices > 20);
    CHECK(noticed == slices);
}

TEST_CASE("slices nest: task, functions, line")
{
    const json document = written(test::record());
    CHECK(slices_around(document, "B", "while (READ_ONCE(p->on_cpu)) cpu_relax();") ==
          Names{"swapper/0:1", "swapper", "stop_two_cpus", "cpu_stop_queue_two_works", "try_to_wake_up"});
    CHECK(slices_around(document, "B", "print_it();") ==
          Names{"migration/1:18", "timer_interrupt on CPU1", "watchdog_timer_fn"});
    const json& line = event_of(document, "B", "raw_spin_lock_irq(&stopper1->lock);");
    CHECK(line.at("args").at("changes") ==
          json{{"cpu_stopper[0].lock.owner", "NULL -> swapper"}, {"irqs_off[0]", "0 -> 1"}});
    CHECK(line.at("args").at("place") == "kernel/stop_machine.c:290");
    CHECK(line.at("args").at("step") == 1);
    CHECK(line.at("args").at("matters") == true);
    CHECK(line.at("ts") < 1000);
}

TEST_CASE("an interrupt within a task's function leaves that open, an NMI within the interrupt as well")
{
    Record record = test::record();
    Violation& violation = record.result.violations[0];
    violation.waits_for.clear();
    TraceStep task = violation.trace[0], interrupt = violation.trace[2];
    interrupt.cpu = 0;
    interrupt.task = task.task;
    interrupt.pid = task.pid;
    TraceStep nmi = interrupt;
    nmi.context = "nmi";
    nmi.process = "nmi on CPU0";
    nmi.messages.clear();
    nmi.moves[0].text = "nmi_line();";
    TraceStep rest = interrupt;
    rest.moves[0].text = "rest();";
    TraceStep on = task;
    on.moves = {task.moves[2]};
    on.moves[0].text = "on();";
    violation.trace = {task, interrupt, nmi, rest, on};
    const json document = written(record);
    CHECK(broken_rule(document) == "");
    const Names functions{"swapper/0:1", "swapper", "stop_two_cpus", "cpu_stop_queue_two_works", "try_to_wake_up"};
    Names inner = functions;
    inner.insert(inner.end(), {"timer_interrupt on CPU1", "watchdog_timer_fn"});
    CHECK(slices_around(document, "B", "rest();") == inner);
    inner.insert(inner.end(), {"nmi on CPU0", "watchdog_timer_fn"});
    CHECK(slices_around(document, "B", "nmi_line();") == inner);
    CHECK(slices_around(document, "B", "on();") == functions);
    std::size_t begins = 0;
    for (const json& event : document.at("traceEvents"))
        begins += event.at("ph") == "B" && event.at("name") == "timer_interrupt on CPU1" ? 1 : 0;
    CHECK(begins == 1);
}

TEST_CASE("reports are instants, locks spans, waits arrows to each who could end them")
{
    const json document = written(test::record());
    CHECK(slices_around(document, "i", "a message of a detector").front() == "migration/1:18");
    CHECK(event_of(document, "i", "deadlock").at("args").at("permanence") == "permanent");
    CHECK(event_of(document, "b", "cpu_stopper[0].lock").at("args").at("by") == "swapper/0");
    CHECK(slices_around(document, "s", "cpu_stopper[0].lock.owner").back() == "waits for cpu_stopper[0].lock.owner");
    CHECK(slices_around(document, "f", "cpu_stopper[0].lock.owner").front() == "swapper/0:1");
    std::size_t arrows = 0;
    for (const json& event : document.at("traceEvents")) arrows += event.at("ph") == "s" ? 1 : 0;
    CHECK(arrows == 3);
    // Who is on no CPU has a track of its own.
    CHECK(slices_around(document, "B", "waits for never.set") == Names{"orphan"});
    CHECK(event_of(document, "B", "waits for never.set").at("args").at("line") == "schedule();");
}

TEST_CASE("who does not wait has a slice that says so, to which the arrows point")
{
    const json document = written(test::record());
    CHECK(slices_around(document, "B", "does not wait") == Names{"kworker/7"});
    const json busy = event_of(document, "B", "does not wait");
    CHECK(busy.at("cat") == "busy");
    CHECK(busy.at("args").at("line") == "do_work();");
    CHECK(busy.at("args").at("call trace") == "process_one_work() <- worker_thread():14");
    std::set<json> ends;
    for (const json& event : document.at("traceEvents"))
        if (event.at("ph") == "f") ends.insert(event.at("tid"));
    CHECK(ends.contains(busy.at("tid")));
}

TEST_CASE("an error of a task's own is shown on the CPU where the task is")
{
    Record record = test::record();
    Violation& violation = record.result.violations[0];
    violation.kind = "memory";
    violation.cpu = 0;
    violation.trace.resize(2);
    violation.task = "swapper/0";
    CHECK(event_of(written(record), "i", "memory").at("tid") == 1);
}

TEST_CASE("a trace of 10,000 steps")
{
    Record record = test::record();
    record.result.violations = {test::long_violation(10'000)};
    const json document = written(record);
    CHECK(broken_rule(document) == "");
    CHECK(document.at("traceEvents").size() > 20'000);
}
