// Who waits for whom where the one who could end a wait has no CPU: he was interrupted, or another task has his CPU.
// An innocent third one, who would first have to take the lock himself, is not named.
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

/// The lock's tasks, and an interrupt's handler that takes it, too (1, 2, 3: whose it is).
const std::string lock = R"(
cpus 2
per_cpu var ls_context: u2 hardware
per_cpu var ls_current: u2 hardware
var pending: u1 = 1
var lock: u2
var done: u1
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

const std::string preempted = lock + R"(
automaton Wakes(who) {
    location front await
    front -> front when pending != 0 { pending := 0; per_cpu(ls_current, 0) := 1 }
}
automaton High(who) {
    location outside await, inside, end finished
    outside -> inside when lock == 0 { lock := 3 }
    inside -> end { lock := 0; per_cpu(ls_current, 0) := 0 }
}
process low: Taker(1) kind task task 0 cpu 0 running per_cpu(ls_current, 0) == 0
process high: High(3) kind task task 1 cpu 0 running per_cpu(ls_current, 0) == 1
process wakes: Wakes(0) kind interrupt daemon cpu 0
)";

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

}  // namespace lockstep
