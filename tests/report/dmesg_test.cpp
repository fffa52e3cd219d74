#include "report/dmesg.h"
#include "example.h"
#include "long_trace.h"

#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <vector>

using namespace lockstep;
using namespace lockstep::report;

namespace {

Result soft_lockup()
{
    Violation violation = test::deadlock();
    violation.kind = "soft_lockup";
    violation.permanence = Permanence::transient;
    violation.waits_for.pop_back();
    violation.waits_for.pop_back();
    violation.trace.pop_back();
    violation.trace.back().messages = {violation.message};
    Result result;
    result.verdict = Verdict::violated;
    result.cpus = 2;
    result.tick_milliseconds = 4000;
    result.violations = {violation};
    return result;
}

std::vector<std::string> lines_of(const std::string& text)
{
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

std::string log_of(const Result& result) { return dmesg_text(result.violations.at(0), result.tick_milliseconds); }

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a detector's report is its line, who runs there, the handler's trace and that of whom it interrupted")
{
    CHECK(log_of(soft_lockup()) ==
          "[    8.000000] watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [migration/1:18]\n"
          "[    8.000000] CPU: 1 PID: 18 Comm: migration/1\n"
          "[    8.000000] Call Trace:\n"
          "[    8.000000]  <IRQ>\n"
          "[    8.000000]  watchdog_timer_fn (kernel/watchdog.c:77)\n"
          "[    8.000000]  </IRQ>\n"
          "[    8.000000]  raw_spin_lock (kernel/spinlock.c:9)\n"
          "[    8.000000]  cpu_stopper_thread (kernel/stop_machine.c:295)\n"
          "[    8.000000] lockstep: NMI backtrace for cpu 2: kworker/7:707 does not wait\n"
          "[    8.000000] CPU: 2 PID: 707 Comm: kworker/7\n"
          "[    8.000000] Call Trace:\n"
          "[    8.000000]  process_one_work (kernel/workqueue.c:13)\n"
          "[    8.000000]  worker_thread (kernel/workqueue.c:14)\n"
          "[    8.000000] lockstep: transient; migration/1:18 waits for swapper/0 (cpu_stopper[0].lock.owner)\n");
}

TEST_CASE("where the interrupted task stands is left out if it is not known, and taken from where it goes on if it is")
{
    Result result = soft_lockup();
    Violation& violation = result.violations[0];
    violation.waits_for.clear();
    violation.busy.clear();
    CHECK(log_of(result).ends_with(" </IRQ>\n[    8.000000] lockstep: transient\n"));

    TraceStep later = violation.trace[1];
    later.task = violation.task;
    later.pid = violation.pid;
    later.cpu = violation.cpu;
    later.ticks = 2;
    violation.trace.push_back(later);
    const std::string text = log_of(result);
    CHECK(contains(text, " </IRQ>\n[    8.000000]  try_to_wake_up (kernel/sched.c:120)\n"));
    // It is not the end's report any more, which the checker then has to say itself.
    CHECK(contains(text, "[   12.000000] lockstep: soft_lockup: watchdog: BUG"));
}

TEST_CASE("who does not wait himself is shown by an NMI backtrace, unless his call trace is there already")
{
    Result result = soft_lockup();
    Violation& violation = result.violations[0];
    violation.waits_for.clear();
    violation.busy[0].task = violation.task;
    const std::string text = log_of(result);
    CHECK(contains(text, " </IRQ>\n[    8.000000]  process_one_work (kernel/workqueue.c:13)\n"));
    CHECK(!contains(text, "NMI backtrace"));
    violation.busy[0] = {"poller", -1, 0, "poll();", {{"poll", "poll.c", 1}}};
    CHECK(contains(log_of(result),
                   "[    8.000000] lockstep: poller does not wait\n"
                   "[    8.000000] PID: 0 Comm: poller\n"
                   "[    8.000000] Call Trace:\n"
                   "[    8.000000]  poll (poll.c:1)\n"));
}

TEST_CASE("what a log has no place for is said: others who wait, CPUs that are alike, the steps")
{
    Result result = soft_lockup();
    Violation& violation = result.violations[0];
    violation.alike_cpus = {2, 3};
    violation.waits_for.push_back(test::deadlock().waits_for[1]);
    const std::string text = dmesg_text(result);
    CHECK(contains(text,
                   "[    8.000000] lockstep: NMI backtrace for cpu 0: swapper/0:1 waits for current[1]->on_cpu\n"
                   "[    8.000000] CPU: 0 PID: 1 Comm: swapper/0\n"
                   "[    8.000000] Call Trace:\n"
                   "[    8.000000]  ttwu (kernel/core.c:10)\n"));
    CHECK(contains(text, "lockstep: swapper/0:1 waits for migration/1 or kworker/7 (current[1]->on_cpu)\n"));
    CHECK(
        text.ends_with("lockstep: transient; the same with CPU 2, 3 for 1; migration/1 waits for swapper/0 waits for "
                       "migration/1\n"
                       "[    8.000000] lockstep: --format steps shows the 3 steps that lead here\n"));
}

TEST_CASE("an error of a task's own has the CPU that the task is on")
{
    Result result = soft_lockup();
    Violation& violation = result.violations[0];
    violation.kind = "memory";
    violation.message = "a null pointer is read";
    violation.cpu = 0;
    violation.task = "swapper/0";
    violation.pid = 1;
    violation.waits_for.clear();
    violation.busy.clear();
    violation.trace.resize(2);
    CHECK(contains(log_of(result),
                   "lockstep: memory: a null pointer is read (kernel/stop_machine.c:295)\n"
                   "[   12.000000] CPU: 0 PID: 1 Comm: swapper/0\n"));
}

TEST_CASE("an NMI's trace also has the handler that it interrupted, if that never goes on")
{
    Result result = soft_lockup();
    Violation& violation = result.violations[0];
    TraceStep nmi = violation.trace.back();
    violation.trace.back().messages.clear();
    nmi.context = "nmi";
    violation.trace.push_back(nmi);
    Wait handler;
    handler.task = "timer_interrupt on CPU1";
    handler.cpu = 1;
    handler.stack = {{"ack_irq", "irq.c", 3}};
    violation.waits_for.push_back(handler);
    const std::string text = log_of(result);
    CHECK(contains(text,
                   "[    8.000001]  <NMI>\n"
                   "[    8.000001]  watchdog_timer_fn (kernel/watchdog.c:77)\n"
                   "[    8.000001]  </NMI>\n"
                   "[    8.000001]  <IRQ>\n"
                   "[    8.000001]  ack_irq (irq.c:3)\n"
                   "[    8.000001]  </IRQ>\n"
                   "[    8.000001]  raw_spin_lock (kernel/spinlock.c:9)\n"));
}

TEST_CASE("a report about somebody else shows where that one is")
{
    Result result = soft_lockup();
    Violation& violation = result.violations[0];
    violation.waits_for[0].task = "mysqld";
    violation.waits_for[0].pid = 1001;
    violation.task = "mysqld";
    violation.pid = 1001;
    violation.cpu = 0;
    CHECK(contains(log_of(result),
                   "[migration/1:18]\n"
                   "[    8.000000] CPU: 0 PID: 1001 Comm: mysqld\n"
                   "[    8.000000] Call Trace:\n"
                   "[    8.000000]  raw_spin_lock (kernel/spinlock.c:9)\n"));
    violation.kind = "hung_task";
    CHECK(contains(log_of(result), "\n[    8.000000] task:mysqld pid:1001\n[    8.000000] Call Trace:\n"));
}

TEST_CASE("what no detector reports is said by the checker, with everybody's call trace")
{
    Result result = soft_lockup();
    Violation& violation = result.violations[0];
    violation = test::deadlock();
    violation.message = "deadlock: two can never go on";
    const std::string text = log_of(result);
    // The trace's own message comes first; its task is not named in it.
    CHECK(
        text.starts_with("[    8.000000] a message of a detector\n"
                         "[   12.000000] lockstep: deadlock: two can never go on (kernel/stop_machine.c:295)\n"
                         "[   12.000000] CPU: 1 PID: 18 Comm: migration/1\n"));
    CHECK(contains(
        text, "CPU: 0 PID: 1 Comm: swapper/0\n[   12.000000] Call Trace:\n[   12.000000]  ttwu (kernel/core.c:10)"));
    CHECK(text.ends_with("lockstep: permanent; migration/1 waits for swapper/0 waits for migration/1\n"));
}

TEST_CASE("an assertion's message is the checker's, even though a step says it")
{
    Result result = soft_lockup();
    Violation& violation = result.violations[0];
    violation.kind = "assertion";
    CHECK(log_of(result).starts_with(
        "[    8.000000] lockstep: assertion: watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [migration/1:18] "
        "(kernel/stop_machine.c:295)\n"));
}

TEST_CASE("several violations are apart; none is said so; what else is to be known is not lost")
{
    Result result = soft_lockup();
    result.violations.push_back(result.violations[0]);
    result.warnings = {"careful"};
    result.advice = {"try this"};
    const std::string text = dmesg_text(result);
    CHECK(contains(text, "the 3 steps that lead here\n\n[    8.000000] watchdog"));
    CHECK(text.ends_with("lockstep: warning: careful\nlockstep: note: try this\n"));
    result = {};
    result.verdict = Verdict::holds;
    result.cpus = 1;
    CHECK(dmesg_text(result).starts_with("lockstep: holds: 1 CPU"));
}

TEST_CASE("time never goes backwards, however many steps a tick has")
{
    Result result = soft_lockup();
    result.tick_milliseconds = 1;
    result.violations = {test::long_violation(10'000)};
    std::string before;
    const std::vector<std::string> lines = lines_of(log_of(result));
    CHECK(lines.size() >= 1000);
    for (const std::string& line : lines) {
        REQUIRE(line.starts_with("["));
        const std::string time = line.substr(0, line.find(']'));
        CHECK(time >= before);
        before = time;
    }
}
