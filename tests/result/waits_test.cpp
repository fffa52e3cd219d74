// Who waits for whom where the one who could end a wait has no CPU: he was interrupted, or another task has his CPU.
// An innocent third one is not named, be it that he would first have to take the lock himself, or that what he does
// leaves the wait as it is.
#include "result/waits.h"
#include "explicit/explore.h"
#include "passes/mark_locations.h"
#include "program/parser.h"
#include "result/replay.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace lockstep {

namespace {

using Names = std::vector<std::string>;

std::vector<Wait> waits_in(const std::string& text)
{
    Program program = parse(text, "waits.ls");
    mark_locations(program);
    Result result = explicit_engine::explore(program, explicit_engine::Options{});
    REQUIRE(result.violations.size() == 1);
    Violation& violation = result.violations.front();
    CHECK(violation.kind == "deadlock");
    result::replay_and_describe(program, violation);
    return violation.waits_for;
}

Wait wait_of(const std::vector<Wait>& waits, const std::string& task)
{
    const auto found = std::ranges::find(waits, task, &Wait::task);
    return found == waits.end() ? Wait{} : *found;
}

const std::string machine = R"(
cpus 2
per_cpu var ls_context: u2 hardware
per_cpu var ls_current: u2 hardware
var pending: u1 = 1
)";

/// The lock's tasks, and an interrupt's handler that takes it, too (1, 2, 3: whose it is).
const std::string lock = machine + R"(
var lock: u2
automaton Taker(who) {
    location outside await, inside, end finished
    outside -> inside when lock == 0 { lock := own.argument as u2 }
    inside -> end { lock := 0 }
}
)";

const std::string interrupted = lock + R"(
automaton Handler(who) {
    location front await, waits await, inside
    front -> waits when pending != 0 && per_cpu(ls_context, 0) == 0 { pending := 0; per_cpu(ls_context, 0) := 1 }
    waits -> inside when lock == 0 { lock := 3 }
    inside -> front { lock := 0; per_cpu(ls_context, 0) := 0 }
}
process reader: Taker(1) kind task task 0 cpu 0 running per_cpu(ls_context, 0) == 0
process handler: Handler(3) kind interrupt daemon cpu 0
)";

/// Gives CPU 0 from task 0 to task 1.
constexpr const char* preempts = R"(
automaton Preempts(who) {
    location front await
    front -> front when pending != 0 { pending := 0; per_cpu(ls_current, 0) := 1 }
}
process preempts: Preempts(0) kind interrupt daemon cpu 0
)";

const std::string preempted = lock + R"(
automaton High(who) {
    location outside await, inside, end finished
    outside -> inside when lock == 0 { lock := 3 }
    inside -> end { lock := 0; per_cpu(ls_current, 0) := 0 }
}
process low: Taker(1) kind task task 0 cpu 0 running per_cpu(ls_current, 0) == 0
process high: High(3) kind task task 1 cpu 0 running per_cpu(ls_current, 0) == 1
)" + std::string(preempts);

const std::string innocent = "process innocent: Taker(2) kind task task 2 cpu 1\n";

}  // namespace

TEST_CASE("the handler waits for the task that it interrupted")
{
    for (const std::string& text : {interrupted, interrupted + innocent}) {
        const auto waits = waits_in(text);
        CHECK(wait_of(waits, "reader").what == "CPU0");
        CHECK(wait_of(waits, "reader").who == Names{"handler"});
        CHECK(wait_of(waits, "handler").what == "lock");
        CHECK(wait_of(waits, "handler").who == Names{"reader"});
    }
}

TEST_CASE("who preempted another waits for him")
{
    for (const std::string& text : {preempted, preempted + innocent}) {
        const auto waits = waits_in(text);
        CHECK(wait_of(waits, "low").what == "CPU0");
        CHECK(wait_of(waits, "low").who == Names{"high"});
        CHECK(wait_of(waits, "high").what == "lock");
        CHECK(wait_of(waits, "high").who == Names{"low"});
    }
}

/// A task that touches a watchdog while it waits for a flag; what the task does that it has preempted.
std::string touching(const std::string& does)
{
    return machine + R"(
var flag: u1
var kicked: u1
var touched: u1
automaton Low(who) {
    location runs await, end finished
    runs -> end when pending == 0 { )" +
           does + R"( }
}
automaton Touches(who) {
    location looks, touches, end finished
    looks -> touches when flag == 0
    touches -> looks { touched := 1 }
    looks -> end when flag != 0 { per_cpu(ls_current, 0) := 0 }
}
automaton Helper(who) {
    location looks, helps, end finished
    looks -> looks when kicked == 0 { per_cpu(ls_current, 1) := 0 }
    looks -> helps when kicked != 0
    helps -> end { flag := 1 }
}
automaton Kick(who) {
    location front await
    front -> front when kicked != 0 && per_cpu(ls_current, 1) != 2 { per_cpu(ls_current, 1) := 2 }
}
process low: Low(0) kind task task 0 cpu 0 running per_cpu(ls_current, 0) == 0
process high: Touches(0) kind task task 1 cpu 0 running per_cpu(ls_current, 0) == 1
process helper: Helper(0) kind task task 2 cpu 1 daemon running per_cpu(ls_current, 1) == 2
process kick: Kick(0) kind interrupt daemon cpu 1
)" + preempts;
}

TEST_CASE("who only makes him who waits look once more could not end the wait")
{
    CHECK(wait_of(waits_in(touching("touched := 0")), "high").who == Names{});
    CHECK(wait_of(waits_in(touching("touched := 0")), "high").what == "flag");
    CHECK(wait_of(waits_in(touching("flag := 1")), "high").who == Names{"low"});
}

TEST_CASE("a preempted task that would have woken who ends the wait")
{
    const auto waits = waits_in(touching("kicked := 1"));
    CHECK(wait_of(waits, "high").who == Names{"low"});
    CHECK(wait_of(waits, "low").what == "CPU0");
    CHECK(wait_of(waits, "low").who == Names{"high"});
}

TEST_CASE("who waits for time")
{
    const Wait wait = wait_of(waits_in(R"(
var ls_delay: u4 hardware = 3
automaton Delays(who) {
    location delays await, end finished
    delays -> end when ls_delay == 0
}
process driver: Delays(0)
)"),
                              "driver");
    CHECK(wait.what == "time to pass");
    CHECK(wait.who == Names{});
}

}  // namespace lockstep
