#include "report/columns.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>
#include <string>

using namespace lockstep;
using namespace lockstep::report;

namespace {

const Sources sources{{"kernel/stop_machine.c", R"(
static void queue_two(void)
{
	raw_spin_lock_irq(&stopper1->lock);
	list_add_tail(&work->list, &stopper->works);
}
)"},
                      {"kernel/spinlock.c", "\n\tlock->owner = 1;\n"}};

TraceMove move(std::uint32_t line, std::string text, std::vector<StackEntry> stack, bool matters = true)
{
    TraceMove move;
    move.file = stack.front().file;
    move.line = line;
    move.text = std::move(text);
    move.stack = std::move(stack);
    move.matters = matters;
    return move;
}

TraceStep step(std::int64_t cpu, std::string task, std::vector<TraceMove> moves, double ticks = 0)
{
    TraceStep step;
    step.cpu = cpu;
    step.process = task;
    step.task = std::move(task);
    step.context = "task";
    step.matters = std::ranges::any_of(moves, &TraceMove::matters);
    step.moves = std::move(moves);
    step.ticks = ticks;
    return step;
}

/// Two CPUs, of which one takes a lock, and the other waits for it.
Violation stuck()
{
    const StackEntry outer{"migrate_swap", "kernel/sched.c", 7};
    const StackEntry queue{"queue_two", "kernel/stop_machine.c", 4};
    Violation violation;
    violation.kind = "deadlock";
    violation.trace = {
        step(0, "exporter", {move(7, "queue_two();", {outer}, false)}),
        step(0, "exporter", {move(2, "lock->owner = 1;", {{"spin_acquire", "kernel/spinlock.c", 2}, queue, outer})}),
        step(1, "migration/1", {move(9, "p->on_rq = 0;", {{"schedule", "kernel/sched.c", 9}})}, 2),
    };
    violation.trace[1].pid = 1002;
    violation.trace[0].pid = 1002;
    violation.ticks = 2;
    Wait wait;
    wait.task = "migration/1";
    wait.what = "stopper.lock.owner";
    wait.who = {"exporter"};
    wait.cpu = 1;
    wait.text = "while (lock->owner)";
    wait.stack = {{"spin_wait", "kernel/spinlock.c", 2},
                  {"queue_work", "kernel/stop_machine.c", 4},
                  {"schedule", "kernel/sched.c", 11}};
    violation.waits_for = {wait};
    return violation;
}

std::size_t longest_line(const std::string& text)
{
    std::istringstream lines(text);
    std::size_t longest = 0;
    for (std::string line; std::getline(lines, line);) longest = std::max(longest, line.size());
    return longest;
}

}  // namespace

TEST_CASE("each CPU has a column; calls are indented, primitives are shown as the line that uses them")
{
    CHECK(columns_text(stuck(), sources, {.all = false, .tick_milliseconds = 4000}) ==
          R"(CPU0: exporter:1002                  CPU1: migration/1
-------------------                  -----------------
migrate_swap()
  queue_two()
    raw_spin_lock_irq(
      &stopper1->lock);
    (8 s later)
                                     schedule()
                                       p->on_rq = 0;
                                       queue_work()
                                         raw_spin_lock_irq(
                                           &stopper1->lock);
                                         -- waits for exporter

(1 of 3 steps, which no other CPU notices, are left out: --full-trace)
(--format steps shows what each step changes)
)");
}

TEST_CASE("with everything, steps are shown that matter to nobody else")
{
    const std::string text = columns_text(stuck(), sources, {.all = true});
    CHECK(text.find("  queue_two();\n") != std::string::npos);
    CHECK(text.find("left out") == std::string::npos);
}

TEST_CASE("two columns fit into 72 characters, whatever the lines")
{
    Violation violation = stuck();
    std::string line = "if (a_very_long_name_of_a_variable_without_any_space_in_it_that_goes_on_and_on == 1)";
    std::vector<StackEntry> deep;
    for (int i = 0; i < 20; ++i) deep.push_back({"a_function_at_depth_" + std::to_string(i), "kernel/sched.c", 1});
    violation.trace.push_back(step(1, "migration/1", {move(1, line, deep)}, 2));
    violation.trace.back().messages = {
        "watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [migration/1:18] and then some more that is longer than a "
        "line"};
    const std::string text = columns_text(violation, sources, {});
    CHECK(longest_line(text) <= 72);
    // Nothing of the line is lost, wherever it is broken.
    std::string joined = text;
    std::erase_if(joined, [](char c) { return c == ' ' || c == '\n'; });
    std::erase(line, ' ');
    CHECK(joined.find(line) != std::string::npos);
}

TEST_CASE("tasks that share a CPU, interrupts and who is still busy are named where they go on")
{
    Violation violation = stuck();
    violation.trace.push_back(
        step(0, "kworker/0:1", {move(1, "work();", {{"worker_thread", "kernel/workqueue.c", 1}})}, 2));
    violation.trace.push_back(step(0, "kworker/0:1", {move(3, "tick();", {{"tick", "kernel/time.c", 3}})}, 2));
    violation.trace.back().context = "irq";
    violation.trace.back().process = "timer_interrupt on CPU0";
    violation.busy.push_back({"kworker/0:1", 0, 5, "work();", {{"worker_thread", "kernel/workqueue.c", 1}}});
    const std::string text = columns_text(violation, sources, {});
    CHECK(text.starts_with("CPU0                                 CPU1: migration/1\n"));
    CHECK(text.find("[exporter:1002]\nmigrate_swap()") != std::string::npos);
    CHECK(text.find(
              "[kworker/0:1]\nworker_thread()\n  work();\n[kworker/0:1 <IRQ> timer_interrupt]\ntick()\n  tick();\n") !=
          std::string::npos);
    CHECK(text.find("[kworker/0:1:5]\nworker_thread()\n  work();\n  -- is still here\n") != std::string::npos);
}

TEST_CASE("who does the same again and again is shown again and again")
{
    Violation violation = stuck();
    violation.waits_for.clear();
    const TraceStep zero = violation.trace[1], one = violation.trace[2];
    violation.trace = {zero, one, zero, one};
    for (TraceStep& each : violation.trace) each.ticks = 0;
    violation.ticks = 0;
    const std::string text = columns_text(violation, sources, {});
    std::size_t count = 0;
    for (std::size_t at = text.find("p->on_rq = 0;"); at != std::string::npos; at = text.find("p->on_rq = 0;", at + 1))
        ++count;
    CHECK(count == 2);
}
