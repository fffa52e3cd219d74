#include "report/text.h"
#include "example.h"
#include "report/trace_text.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace lockstep;
using namespace lockstep::report;

namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("the verdict comes first, in one line")
{
    Result result = test::record().result;
    CHECK(verdict_line(result) == "violated: deadlock, permanent: migration/1:18 on CPU1 (kernel/stop_machine.c:295)");
    CHECK(to_text(result).starts_with(verdict_line(result) + "\n  in cpu_stopper_thread()"));
    result.violations.push_back(result.violations.front());
    CHECK(verdict_line(result).ends_with(", and 1 more"));
    CHECK(contains(to_text(result),
                   "\n\n[2 of 2] deadlock, permanent: migration/1:18 on CPU1 (kernel/stop_machine.c:295)\n"));
    result.verdict = Verdict::holds;
    CHECK(verdict_line(result) == "holds: 3 CPUs, all 1,234,567 reachable states explored");
    const std::vector<std::string> reductions = result.statistics.reductions;
    result.statistics.reductions.emplace_back("stubborn-sets");
    CHECK(verdict_line(result) == "holds: 3 CPUs, all 1,234,567 states explored that stubborn sets leave");
    result.statistics.reductions.emplace_back("cpu-symmetry");
    CHECK(verdict_line(result) ==
          "holds: 3 CPUs, all 1,234,567 states explored that stubborn sets leave, counted up to exchange of CPUs");
    result.statistics.reductions = reductions;
    result.verdict = Verdict::unknown;
    result.reason = "the limit of 64.0 MiB of memory was reached";
    result.cpus = 1;
    CHECK(
        verdict_line(result) ==
        "unknown: the limit of 64.0 MiB of memory was reached; 1 CPU, 1,234,567 states explored, 99 left, some 25,100 "
        "omitted");
    result.statistics.coverage.reset();
    CHECK(verdict_line(result) ==
          "unknown: the limit of 64.0 MiB of memory was reached; 1 CPU, 1,234,567 states explored, 99 left");
}

TEST_CASE("an error is on the CPU of whom it speaks, which a handler's name says already; what is nobody's is on none")
{
    Result result;
    result.verdict = Verdict::violated;
    result.violations = {test::deadlock()};
    Violation& violation = result.violations[0];
    violation.kind = "memory";
    violation.permanence = Permanence::not_applicable;
    violation.cpu = 0;
    violation.task = "swapper/0";
    violation.pid = 1;
    CHECK(verdict_line(result) == "violated: memory: swapper/0:1 on CPU0 (kernel/stop_machine.c:295)");
    violation.task = "timer_interrupt on CPU0";
    violation.pid = 0;
    CHECK(verdict_line(result) == "violated: memory: timer_interrupt on CPU0 (kernel/stop_machine.c:295)");
    violation.cpu = -1;
    violation.task.clear();
    CHECK(verdict_line(result) == "violated: memory (kernel/stop_machine.c:295)");
}

TEST_CASE("the trace runs the steps of one function together")
{
    CHECK(trace_text(test::deadlock(), {.has_colour = false, .columns = 120, .full_trace = false}) == R"(
  CPU0 swapper/0:1 [task]  cpu_stop_queue_two_works() <- stop_two_cpus():357 <- swapper():41
  1  kernel/stop_machine.c:290  raw_spin_lock_irq(&stopper1->lock);
                                cpu_stopper[0].lock.owner: NULL -> swapper
                                irqs_off[0]: 0 -> 1
  try_to_wake_up() <- cpu_stop_queue_two_works():290 ...
  2  kernel/sched.c:121         cpu_relax();

  CPU1 timer_interrupt [irq] in migration/1:18  watchdog_timer_fn()
  3  kernel/watchdog.c:77       print_it();
     >> a message of a detector

  clock
  4                             timer[1]: 4 -> 3
)");
}

TEST_CASE("steps that matter to nobody else are one line, unless the full trace is asked for")
{
    Violation violation = test::deadlock();
    violation.trace[1] = violation.trace[0];
    for (std::size_t i : {0, 1, 3}) violation.trace[i].matters = false;
    const auto text = [&](bool full) {
        return trace_text(violation, {.has_colour = false, .columns = 120, .full_trace = full});
    };
    CHECK(contains(text(false), "  1  kernel/stop_machine.c:290"));  // two in a row are shown
    violation.trace.insert(violation.trace.begin(), violation.trace[0]);
    violation.trace.insert(violation.trace.begin() + 3, violation.trace[4]);  // time
    CHECK(contains(text(false),
                   "\n     (4 steps: CPU0 swapper/0:1 [task] in cpu_stop_queue_two_works(), 1 tick of time)\n\n  CPU1 "
                   "timer_interrupt [irq]"));
    CHECK(contains(text(false), "\n  5  kernel/watchdog.c:77"));  // numbers are those of the trace
    CHECK(!contains(text(false), "stopper1"));
    CHECK(contains(text(true), "  1  kernel/stop_machine.c:290"));
    CHECK(!contains(text(true), "steps:"));
    violation.trace[1].messages = {"a message"};
    CHECK(!contains(text(false), "steps:"));
    CHECK(contains(text(false), ">> a message"));
}

TEST_CASE("the full trace has every line that was passed, at its call stack")
{
    const std::string text = trace_text(test::deadlock(), {.has_colour = false, .columns = 120, .full_trace = true});
    CHECK(contains(text, R"(
                                irqs_off[0]: 0 -> 1
  try_to_wake_up() <- cpu_stop_queue_two_works():290 ...
     kernel/sched.c:120         while (READ_ONCE(p->on_cpu)) cpu_relax();
  2  kernel/sched.c:121         cpu_relax();
)"));
}

TEST_CASE("a call or a return is shown up to the first caller that was there before")
{
    const auto stack = [](std::vector<std::pair<const char*, std::uint32_t>> entries) {
        std::vector<StackEntry> result;
        for (const auto& [function, line] : entries) result.push_back({function, "a.c", line});
        return result;
    };
    Violation violation;
    const auto step = [&](std::vector<StackEntry> entries) {
        const std::uint32_t line = entries.front().line;
        violation.trace.push_back(
            {"t", 0, "t", 1, "task", {test::move(0, 0, "a.c", line, "x", std::move(entries))}, {}});
    };
    step(stack({{"f", 10}, {"g", 20}, {"h", 30}}));
    step(stack({{"f", 11}, {"g", 20}, {"h", 30}}));            // the same
    step(stack({{"k", 1}, {"f", 12}, {"g", 20}, {"h", 30}}));  // a call
    step(stack({{"f", 13}, {"g", 20}, {"h", 30}}));            // a return
    step(stack({{"f", 10}, {"g", 21}, {"h", 30}}));            // another call of the same function
    step(stack({{"m", 1}}));
    CHECK(trace_text(violation, {}) == R"(
  CPU0 t:1 [task]  f() <- g():20 <- h():30
  1  a.c:10  x
  2  a.c:11  x
  k() <- f():12 ...
  3  a.c:1   x
  f() ...
  4  a.c:13  x
  f() <- g():21 <- h():30
  5  a.c:10  x
  m()
  6  a.c:1   x
)");
}

TEST_CASE("source lines are cut to the terminal's width, and nothing else is")
{
    const std::string text = trace_text(test::deadlock(), {.has_colour = false, .columns = 60, .full_trace = false});
    CHECK(contains(text, "raw_spin_lock_irq(&stoppe...\n"));
    CHECK(contains(text, "cpu_stopper[0].lock.owner: NULL -> swapper\n"));
    CHECK(contains(text, "<- stop_two_cpus():357 <- swapper():41\n"));
}

TEST_CASE("a cut does not fall into a character")
{
    Violation violation = test::deadlock();
    violation.trace[1].moves[0].text = std::string(30, '\xc3') + "\xa9\xa9";
    for (std::size_t i = 0; i < 30; i += 2) violation.trace[1].moves[0].text[i + 1] = '\xa9';
    for (std::size_t columns = 52; columns < 64; ++columns) {
        const std::string text = trace_text(violation, {.has_colour = false, .columns = columns, .full_trace = true});
        CHECK(!contains(text, "\xc3..."));
    }
}

TEST_CASE("who waits for whom is said in words, with the cycle")
{
    const std::string text = to_text(test::record().result);
    CHECK(contains(
        text,
        "Who waits for whom:\n"
        "  migration/1 waits for cpu_stopper[0].lock.owner in raw_spin_lock() at kernel/spinlock.c:9; only swapper/0 "
        "could change that\n"
        "  swapper/0 waits for current[1]->on_cpu in ttwu() at kernel/core.c:10; only migration/1 or kworker/7 could "
        "change that\n"
        "  orphan waits for never.set in wait_for_completion() at kernel/completion.c:11; nobody can change that\n"
        "  kworker/7:707 does not wait; it is in process_one_work() at kernel/workqueue.c:13\n"
        "So migration/1 waits for swapper/0, and swapper/0 for migration/1: none of them can go on.\n"));
}

TEST_CASE("a task that waits for itself is a cycle, and a chain is none")
{
    Result result;
    result.verdict = Verdict::violated;
    Violation violation;
    violation.waits_for = {{"a", "x", {"a"}, {}}};
    result.violations = {violation};
    CHECK(contains(to_text(result), "So a waits for itself.\n"));
    result.violations[0].waits_for = {{"a", "x", {"b"}, {}}, {"b", "y", {"c"}, {}}};
    CHECK(!contains(to_text(result), "cycle"));
}

TEST_CASE("everything that the Result holds is said")
{
    const Result result = test::record().result;
    const std::string text = to_text(result, {.has_colour = false, .columns = 1000, .full_trace = true});
    const Violation& violation = result.violations[0];
    std::vector<std::string> expected{violation.kind,
                                      "permanent",
                                      "CPU1",
                                      "migration/1:18",
                                      violation.message,
                                      "kernel/stop_machine.c:295",
                                      "cpu_stopper_thread()",
                                      "smpboot_thread_fn():12",
                                      "3 ticks",
                                      "initial state 2",
                                      "4 steps",
                                      result.warnings[0],
                                      "merge-invisible, other",
                                      "1,234,567",
                                      "7,654,321",
                                      "depth 42",
                                      "99",
                                      "2.0 s",
                                      "2.5 s",
                                      "3.0 MiB",
                                      "17.2"};
    for (const TraceStep& step : violation.trace) {
        for (const TraceMove& move : step.moves) {
            expected.push_back(move.text);
            expected.push_back(place_text(move.file, move.line));
            for (const StackEntry& entry : move.stack) expected.push_back(entry.function + "()");
            for (const Change& change : move.changes)
                expected.push_back(change.name + ": " + change.before + " -> " + change.after);
        }
        for (const std::string& message : step.messages) expected.push_back(message);
    }
    for (const Wait& wait : violation.waits_for) {
        expected.push_back(wait.what);
        expected.push_back(task_text(wait.task, wait.pid) + " on CPU" + std::to_string(wait.cpu));
        expected.push_back(stack_text(wait.stack) + ": " + wait.text);
    }
    expected.push_back("kworker/7:707 on CPU2: process_one_work() <- worker_thread():14: do_work();");
    for (const std::string& part : expected) {
        CAPTURE(part);
        CHECK(contains(text, part));
    }
}

TEST_CASE("colours only where there are any")
{
    CHECK(!contains(to_text(test::record().result), "\x1b"));
    CHECK(contains(to_text(test::record().result, {.has_colour = true, .columns = 100, .full_trace = false}),
                   "\x1b[31mviolated\x1b[0m"));
}

TEST_CASE("a Result with nothing in it can be written")
{
    Result result;
    for (const Verdict verdict : {Verdict::holds, Verdict::violated, Verdict::unknown}) {
        result.verdict = verdict;
        CHECK(!to_text(result).empty());
    }
    result.violations = {Violation()};
    CHECK(contains(to_text(result), "(0 steps)"));
    result.violations[0].trace = {TraceStep()};
    CHECK(contains(to_text(result), "(1 step)"));
}
