// A report is its line, then "CPU: 1 PID: 18 Comm: migration/1", then a call trace as scripts/decode_stacktrace.sh
// leaves it, with source lines instead of offsets. The trace of a report made in an interrupt has the handler first,
// then the task that it interrupted. Where that one stands is known only if it goes on later (its next move begins
// there) or if it is still there at the end and waits; otherwise its part is left out.
//
// A detector may speak of another CPU or task than the one that it runs on. Of whom the violation itself speaks is
// recorded; what earlier reports of the trace say is dumped only where they name their own task.
//
// For whom others wait, and who does not wait himself, is shown as the kernel shows all other CPUs: by an NMI
// backtrace.
//
// Steps take no time, but lines want an order: each step since the last tick counts for a microsecond.
#include "report/dmesg.h"

#include "report/numbers.h"
#include "report/text.h"
#include "report/trace_text.h"
#include "report/wait_cycle.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>

namespace lockstep::report {

namespace {

constexpr std::uint64_t microseconds_per_millisecond = 1000, microseconds_per_second = 1'000'000;

using Stack = std::vector<StackEntry>;

bool is_interrupt(const TraceStep& step) { return step.context == "irq" || step.context == "nmi"; }

/// What the machine would not notice, or not by these words.
bool is_checkers_own(const std::string& kind)
{
    constexpr std::string_view kinds[] = {"assertion", "memory", "arithmetic", "deadlock", "livelock"};
    return std::ranges::find(kinds, kind) != std::end(kinds) || kind.starts_with("invariant ");
}

bool is_off_cpu(const Wait& wait) { return wait.cpu < 0 || wait.what == "being woken" || wait.what.starts_with("CPU"); }

class Log {
public:
    Log(const Violation& the_violation, std::uint32_t tick_milliseconds)
        : violation(the_violation), microseconds_per_tick(tick_milliseconds * microseconds_per_millisecond)
    {
    }

    std::string run()
    {
        bool is_said = false;
        for (std::size_t i = 0; i < violation.trace.size(); ++i) {
            advance(violation.trace[i]);
            is_said |= write_step(i);
        }
        if (!is_said) {
            if (violation.ticks > ticks) begin_tick(violation.ticks);
            write_finding();
        }
        write_others();
        write_waits();
        return std::exchange(text, {});
    }

    /// What this form has no place for.
    std::string mention_steps()
    {
        line(fmt::format("lockstep: --format steps shows the {} that lead here",
                         counted(violation.trace.size(), "step")));
        return std::move(text);
    }

private:
    const Violation& violation;
    std::uint64_t microseconds_per_tick;
    double ticks = 0;
    std::uint64_t steps_since_tick = 0;
    std::string text;
    std::set<std::string> dumped;  // tasks of which it is shown where they stand

    // ---- Time ----

    void advance(const TraceStep& step)
    {
        if (step.ticks == ticks)
            ++steps_since_tick;
        else
            begin_tick(step.ticks);
    }

    void begin_tick(double at)
    {
        ticks = at;
        steps_since_tick = 0;
    }

    [[nodiscard]] std::uint64_t now() const
    {
        // Whatever the trace's length, the next tick is later.
        const std::uint64_t most = microseconds_per_tick == 0 ? 0 : microseconds_per_tick - 1;
        return static_cast<std::uint64_t>(std::llround(ticks)) * microseconds_per_tick +
               std::min(steps_since_tick, most);
    }

    void line(std::string_view what)
    {
        text +=
            fmt::format("[{:5}.{:06}] {}\n", now() / microseconds_per_second, now() % microseconds_per_second, what);
    }

    // ---- Reports ----

    /// Whether one of its messages is the violation.
    bool write_step(std::size_t i)
    {
        const TraceStep& step = violation.trace[i];
        const bool is_last = i + 1 == violation.trace.size();
        bool is_said = false;
        for (std::size_t k = 0; k < step.messages.size(); ++k) {
            const std::string& message = step.messages[k];
            const bool is_violation = is_last && message == violation.message;
            line(is_violation && is_checkers_own(violation.kind) ? finding() : message);
            is_said |= is_violation;
            const bool is_on_its_cpu = violation.cpu < 0 || violation.cpu == step.cpu;
            const bool is_of_itself = is_violation ? is_on_its_cpu && violation.task == step.task
                                                   : !step.task.empty() && message.find(step.task) != std::string::npos;
            if (is_of_itself)
                dump_from(i, stack_of_message(step, k));
            else if (is_violation)
                dump_other();
        }
        return is_said;
    }

    /// In the step's k-th report: where it was made.
    static Stack stack_of_message(const TraceStep& step, std::size_t k)
    {
        std::vector<const TraceMove*> reports;
        for (const TraceMove& move : step.moves)
            if (move.text.find("ls_report(") != std::string::npos) reports.push_back(&move);
        if (reports.size() == step.messages.size()) return reports[k]->stack;
        return step.moves.empty() ? Stack() : step.moves.back().stack;
    }

    void dump_from(std::size_t i, const Stack& stack)
    {
        const TraceStep& step = violation.trace[i];
        header(step.cpu, step.task, step.pid);
        if (!is_interrupt(step)) {
            dumped.insert(step.task);
            return call_trace({}, stack);
        }
        line("Call Trace:");
        part(step.context == "nmi" ? "NMI" : "IRQ", stack);
        if (const Wait* wait = step.context == "nmi" ? interrupted_handler(i) : nullptr) {
            dumped.insert(wait->task);
            part("IRQ", wait->stack);
        }
        if (const auto interrupted = interrupted_stack(i)) {
            dumped.insert(step.task);
            frames(*interrupted);
        }
    }

    // A report about somebody else: where he stands is known if he waits.
    void dump_other()
    {
        if (violation.task.empty()) return;
        const Wait* wait = wait_of(violation.task);
        const Stack* stack = stack_at_end(violation.task);
        if (violation.kind == "hung_task" || violation.cpu < 0 || (wait != nullptr && is_off_cpu(*wait)))
            off_cpu_header(violation.task, violation.pid);
        else
            header(violation.cpu, violation.task, violation.pid);
        if (stack == nullptr) return;
        dumped.insert(violation.task);
        call_trace({}, *stack);
    }

    [[nodiscard]] std::string finding() const
    {
        std::string what = violation.message;
        if (!what.starts_with(violation.kind)) what = violation.kind + (what.empty() ? "" : ": ") + what;
        const std::string place = place_text(violation.file, violation.line);
        return fmt::format("lockstep: {}{}", what, place.empty() ? "" : fmt::format(" ({})", place));
    }

    /// What no step says.
    void write_finding()
    {
        line(finding());
        if (violation.waits_for.empty()) {
            if (!violation.task.empty() || violation.cpu >= 0) header(violation.cpu, violation.task, violation.pid);
            const bool is_in_interrupt = !violation.trace.empty() && is_interrupt(violation.trace.back()) &&
                                         violation.trace.back().cpu == violation.cpu;
            call_trace(!is_in_interrupt                          ? ""
                       : violation.trace.back().context == "nmi" ? "NMI"
                                                                 : "IRQ",
                       violation.stack);
        }
        for (const Wait& wait : violation.waits_for) {
            dumped.insert(wait.task);
            if (is_off_cpu(wait))
                off_cpu_header(wait.task, wait.pid);
            else
                header(wait.cpu, wait.task, wait.pid);
            call_trace({}, wait.stack);
        }
    }

    void write_others()
    {
        for (const Wait& wait : violation.waits_for) {
            if (!dumped.insert(wait.task).second) continue;
            const std::string what = fmt::format("{} waits for {}", task_text(wait.task, wait.pid), wait.what);
            if (is_off_cpu(wait)) {
                line("lockstep: " + what);
                off_cpu_header(wait.task, wait.pid);
            } else {
                line(fmt::format("lockstep: NMI backtrace for cpu {}: {}", wait.cpu, what));
                header(wait.cpu, wait.task, wait.pid);
            }
            call_trace({}, wait.stack);
        }
        for (const BusyProcess& process : violation.busy) {
            if (dumped.contains(process.task)) continue;
            const std::string what = task_text(process.task, process.pid) + " does not wait";
            line(process.cpu < 0 ? "lockstep: " + what
                                 : fmt::format("lockstep: NMI backtrace for cpu {}: {}", process.cpu, what));
            header(process.cpu, process.task, process.pid);
            call_trace({}, process.stack);
        }
    }

    void write_waits()
    {
        std::vector<std::string> parts;
        if (violation.permanence == Permanence::permanent) parts.emplace_back("permanent");
        if (violation.permanence == Permanence::transient) parts.emplace_back("transient");
        if (violation.permanence == Permanence::undecided) parts.emplace_back("permanent or transient: undecided");
        if (!violation.alike_cpus.empty())
            parts.push_back(
                fmt::format("the same with CPU {} for {}", fmt::join(violation.alike_cpus, ", "), violation.cpu));
        const auto cycle = wait_cycle(violation.waits_for);
        if (!cycle.empty()) parts.push_back(fmt::format("{}", fmt::join(cycle, " waits for ")));
        for (const Wait& wait : violation.waits_for) {
            const std::string who = wait_text(wait);
            if (cycle.empty())
                parts.push_back(who);
            else
                line("lockstep: " + who);
        }
        if (!parts.empty()) line(fmt::format("lockstep: {}", fmt::join(parts, "; ")));
    }

    static std::string wait_text(const Wait& wait)
    {
        return fmt::format("{} waits for {} ({})", task_text(wait.task, wait.pid),
                           !wait.who.empty()  ? fmt::format("{}", fmt::join(wait.who, " or "))
                           : wait.is_complete ? "nobody"
                                              : "somebody who was not found",
                           wait.what);
    }

    // ---- Where everybody stands ----

    [[nodiscard]] const Wait* wait_of(const std::string& task) const
    {
        const auto found = std::ranges::find(violation.waits_for, task, &Wait::task);
        return found == violation.waits_for.end() ? nullptr : &*found;
    }

    /// Where a task stands in the end, if that is known.
    [[nodiscard]] const Stack* stack_at_end(const std::string& task) const
    {
        if (const Wait* wait = wait_of(task)) return &wait->stack;
        const auto found = std::ranges::find(violation.busy, task, &BusyProcess::task);
        return found == violation.busy.end() ? nullptr : &found->stack;
    }

    /// The handler that an NMI interrupted, if that waits in it until the end.
    [[nodiscard]] const Wait* interrupted_handler(std::size_t i) const
    {
        const std::int64_t cpu = violation.trace[i].cpu;
        for (const Wait& wait : violation.waits_for)
            for (std::size_t k = 0; k < i && wait.cpu == cpu; ++k)
                if (violation.trace[k].context == "irq" && violation.trace[k].process == wait.task) return &wait;
        return nullptr;
    }

    /// Of the task that the interrupt of this step interrupted.
    [[nodiscard]] std::optional<Stack> interrupted_stack(std::size_t i) const
    {
        const TraceStep& step = violation.trace[i];
        if (step.task.empty()) return std::nullopt;
        for (std::size_t k = i + 1; k < violation.trace.size(); ++k) {
            const TraceStep& later = violation.trace[k];
            if (later.task == step.task && later.pid == step.pid && later.context == "task" && !later.moves.empty())
                return later.moves.front().stack;
        }
        if (const Stack* stack = stack_at_end(step.task)) return *stack;
        return std::nullopt;
    }

    // ---- Lines ----

    void header(std::int64_t cpu, const std::string& task, std::int64_t pid)
    {
        std::vector<std::string> parts;
        if (cpu >= 0) parts.push_back(fmt::format("CPU: {}", cpu));
        if (!task.empty()) parts.push_back(fmt::format("PID: {} Comm: {}", pid, task));
        if (!parts.empty()) line(fmt::format("{}", fmt::join(parts, " ")));
    }

    void off_cpu_header(const std::string& task, std::int64_t pid) { line(fmt::format("task:{} pid:{}", task, pid)); }

    void call_trace(std::string_view context, const Stack& stack)
    {
        if (stack.empty()) return;
        line("Call Trace:");
        part(context, stack);
    }

    void part(std::string_view context, const Stack& stack)
    {
        if (!context.empty()) line(fmt::format(" <{}>", context));
        frames(stack);
        if (!context.empty()) line(fmt::format(" </{}>", context));
    }

    void frames(const Stack& stack)
    {
        for (const StackEntry& entry : stack) {
            const std::string place = place_text(entry.file, entry.line);
            line(fmt::format(" {}{}", entry.function, place.empty() ? "" : fmt::format(" ({})", place)));
        }
    }
};

}  // namespace

std::string dmesg_text(const Violation& violation, std::uint32_t tick_milliseconds)
{
    return Log(violation, tick_milliseconds).run();
}

std::string dmesg_text(const Result& result)
{
    std::string text;
    for (const Violation& violation : result.violations) {
        if (!text.empty()) text += '\n';
        Log log(violation, result.tick_milliseconds);
        text += log.run();
        text += log.mention_steps();
    }
    if (result.violations.empty()) text += "lockstep: " + verdict_line(result) + '\n';
    for (const std::string& warning : result.warnings) text += "lockstep: warning: " + warning + '\n';
    for (const std::string& advice : result.advice) text += "lockstep: note: " + advice + '\n';
    return text;
}

}  // namespace lockstep::report
