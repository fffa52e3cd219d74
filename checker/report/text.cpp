#include "report/text.h"

#include "report/columns.h"
#include "report/dmesg.h"
#include "report/numbers.h"
#include "report/terminal.h"
#include "report/trace_text.h"
#include "report/wait_cycle.h"
#include "result/blame.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace lockstep::report {

namespace {

std::string permanence_text(Permanence permanence)
{
    switch (permanence) {
        case Permanence::not_applicable:
            return "";
        case Permanence::transient:
            return "transient";
        case Permanence::permanent:
            return "permanent";
        case Permanence::undecided:
            return "permanent or transient: undecided";
    }
    return "";
}

// "deadlock, permanent: migration/1:18 on CPU1 (kernel/stop_machine.c:57)".
std::string summary(const Violation& violation)
{
    std::string text = violation.kind;
    if (const std::string permanence = permanence_text(violation.permanence); !permanence.empty())
        text += ", " + permanence;
    std::string who = task_text(violation.task, violation.pid);
    // A handler's name says its CPU.
    if (const std::string cpu = fmt::format("CPU{}", violation.cpu); violation.cpu >= 0 && !who.ends_with(" on " + cpu))
        who += (who.empty() ? "" : " on ") + cpu;
    if (!who.empty()) text += ": " + who;
    if (const std::string place = place_text(violation.file, violation.line); !place.empty())
        text += fmt::format(" ({})", place);
    return text;
}

std::string coverage(const Result& result)
{
    return fmt::format("{} explored, {} left", counted(result.statistics.states, "state"),
                       grouped(result.statistics.frontier));
}

std::string wait_text(const Wait& wait)
{
    std::string text = fmt::format("  {} waits for {}", wait.task, wait.what);
    if (!wait.place.function.empty()) text += fmt::format(" in {}()", wait.place.function);
    if (const std::string place = place_text(wait.place.file, wait.place.line); !place.empty())
        text += fmt::format(" at {}", place);
    text += wait.who.empty() && !wait.is_complete ? "; nobody was found who could change that"
            : wait.who.empty()                    ? "; nobody can change that"
                               : fmt::format("; only {} could change that", fmt::join(wait.who, " or "));
    return text + '\n';
}

// "So one waits for two, and two for one: none of them can go on."
std::string cycle_text(const std::vector<std::string>& cycle)
{
    if (cycle.empty()) return {};
    if (cycle.size() == 2) return fmt::format("So {} waits for itself.\n", cycle.front());
    std::string text = "So ";
    for (std::size_t i = 0; i + 1 < cycle.size(); ++i)
        text += fmt::format("{}{}{} for {}",
                            i == 0                  ? ""
                            : i + 2 == cycle.size() ? ", and "
                                                    : ", ",
                            cycle[i], i == 0 ? " waits" : "", cycle[i + 1]);
    return text + ": none of them can go on.\n";
}

/// What the sentence about somebody leaves out.
template <typename Somebody>
std::string standing_text(const Somebody& who)
{
    std::string text = "    " + task_text(who.task, who.pid);
    if (who.cpu >= 0) text += fmt::format(" on CPU{}", who.cpu);
    if (!who.stack.empty()) text += ": " + stack_text(who.stack);
    if (!who.text.empty()) text += ": " + who.text;
    return text + '\n';
}

std::string waits_text(const Violation& violation, bool is_full)
{
    const std::vector<Wait>& waits = violation.waits_for;
    if (waits.empty() && violation.busy.empty()) return {};
    std::string text = "\nWho waits for whom:\n";
    for (const Wait& wait : waits) text += wait_text(wait) + (is_full ? standing_text(wait) : "");
    for (const BusyProcess& process : violation.busy)
        text += fmt::format("  {}\n", busy_text(process)) + (is_full ? standing_text(process) : "");
    text += cycle_text(wait_cycle(waits));
    if (result::blame_of(violation) == result::Blame::wrong)
        text += fmt::format("  so {} is not to blame\n", violation.task);
    return text;
}

std::string ticks_text(double ticks)
{
    return ticks > 0 ? fmt::format(", {:g} tick{} of time", ticks, ticks == 1 ? "" : "s") : std::string();
}

std::string path_text(const Violation& violation, std::uint32_t tick_milliseconds, const TextOptions& options)
{
    if (options.layout == TraceLayout::steps) return trace_text(violation, options);
    return '\n' + columns_text(violation, options.sources,
                               {.all = options.full_trace, .tick_milliseconds = tick_milliseconds});
}

/// What the detectors would have printed on the way.
std::string log_text(const Violation& violation, std::uint32_t tick_milliseconds)
{
    const bool is_logged =
        std::ranges::any_of(violation.trace, [](const TraceStep& step) { return !step.messages.empty(); });
    if (!is_logged) return {};
    return "\nThe kernel's log:\n" + dmesg_text(violation, tick_milliseconds);
}

std::string violation_text(const Violation& violation, std::uint32_t tick_milliseconds, const TextOptions& options)
{
    std::string text;
    if (!violation.stack.empty()) text += "  in " + stack_text(violation.stack) + '\n';
    if (!violation.message.empty()) text += "  " + paint(violation.message, Colour::red, options.has_colour) + '\n';
    if (!violation.alike_cpus.empty())
        text +=
            fmt::format("  (and the same with CPU {} for {})\n", fmt::join(violation.alike_cpus, ", "), violation.cpu);
    text += fmt::format(
        "\nHow it comes about ({}{}{}):\n", counted(violation.trace.size(), "step"), ticks_text(violation.ticks),
        violation.path.initial_state == 0 ? "" : fmt::format(", from initial state {}", violation.path.initial_state));
    text += path_text(violation, tick_milliseconds, options) + waits_text(violation, options.full_trace);
    return options.layout == TraceLayout::columns ? text + log_text(violation, tick_milliseconds) : text;
}

bool has_reduction(const Result& result, const char* name)
{
    return std::ranges::count(result.statistics.reductions, name) != 0;
}

std::string how_counted(const Result& result)
{
    return has_reduction(result, "cpu-symmetry") ? ", counted up to exchange of CPUs" : "";
}

}  // namespace

std::string verdict_line(const Result& result, const TextOptions& options)
{
    const auto cpus = counted(result.cpus, "CPU");
    switch (result.verdict) {
        case Verdict::holds: {
            if (!result.evidence.empty())
                return paint("holds", Colour::green, options.has_colour) +
                       fmt::format(": {}, {}", result.cpus == 0 ? "any number of CPUs" : cpus, result.evidence);
            const bool is_reduced = has_reduction(result, "stubborn-sets");
            return paint("holds", Colour::green, options.has_colour) +
                   fmt::format(": {}, all {} explored{}{}", cpus,
                               counted(result.statistics.states, is_reduced ? "state" : "reachable state"),
                               is_reduced ? " that stubborn sets leave" : "", how_counted(result));
        }
        case Verdict::violated: {
            const std::size_t others = result.violations.empty() ? 0 : result.violations.size() - 1;
            return paint("violated", Colour::red, options.has_colour) +
                   (result.violations.empty() ? "" : ": " + summary(result.violations.front())) +
                   (others == 0 ? "" : fmt::format(", and {} more", grouped(others)));
        }
        case Verdict::unknown:
            if (!result.evidence.empty())
                return paint("unknown", Colour::yellow, options.has_colour) +
                       fmt::format(": {}; {}, {}", result.reason, cpus, result.evidence);
            return paint("unknown", Colour::yellow, options.has_colour) +
                   fmt::format(": {}; {}, {}{}", result.reason, cpus, coverage(result), how_counted(result)) +
                   (result.statistics.coverage
                        ? fmt::format(", some {} omitted", estimated(result.statistics.coverage->expected_omissions))
                        : "");
    }
    return {};
}

std::string to_text(const Result& result, const TextOptions& options)
{
    std::string text = verdict_line(result, options) + '\n';
    for (std::size_t i = 0; i < result.violations.size(); ++i) {
        if (result.violations.size() > 1) {
            const std::string title =
                fmt::format("[{} of {}] {}", i + 1, result.violations.size(), summary(result.violations[i]));
            text += '\n' + paint(title, Colour::bold, options.has_colour) + '\n';
        }
        text += violation_text(result.violations[i], result.tick_milliseconds, options);
    }
    text += '\n';
    for (const std::string& warning : result.warnings)
        text += paint("warning", Colour::yellow, options.has_colour) + ": " + warning + '\n';
    for (const std::string& advice : result.advice) text += fmt::format("note: {}\n", advice);
    return result.evidence.empty() ? text + statistics_text(result.statistics) + '\n' : text;
}

}  // namespace lockstep::report
