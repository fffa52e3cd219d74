// A violation with a trace of as many steps as are asked for: two CPUs in turns, calls and returns, interrupts, ticks,
// reports.
#pragma once

#include "example.h"

#include <cstddef>
#include <string>
#include <vector>

namespace lockstep::report::test {

inline Violation long_violation(std::size_t steps)
{
    Violation violation = deadlock();
    violation.trace.clear();
    violation.path.steps.clear();
    double ticks = 0;
    for (std::size_t i = 0; i < steps; ++i) {
        const std::int64_t cpu = i / 7 % 2;
        const bool is_clock = i % 1500 == 1499, is_irq = i % 31 > 28;
        TraceStep step{.process = "task/" + std::to_string(cpu),
                       .cpu = cpu,
                       .task = "task/" + std::to_string(cpu),
                       .pid = 100 + cpu,
                       .context = "task",
                       .moves = {},
                       .messages = {},
                       .ticks = ticks,
                       .matters = i % 3 == 0};
        std::vector<StackEntry> stack;
        for (std::size_t depth = i % 9 + 1; depth > 0; --depth)
            stack.push_back({"function_" + std::to_string(depth), "kernel/file.c", static_cast<std::uint32_t>(depth)});
        if (is_irq) {
            step.process = "timer on CPU" + std::to_string(cpu);
            step.context = "irq";
            stack = {{"timer", "kernel/watchdog.c", 77}};
        }
        if (is_clock) {
            step = {};
            step.process = step.context = "clock";
            step.ticks = ticks;
            stack.clear();
            ++ticks;
        }
        step.moves.push_back(move(0, 1, stack.empty() ? "" : stack[0].file, stack.empty() ? 0 : stack[0].line, "x++;",
                                  stack, {{"x", std::to_string(i), std::to_string(i + 1)}}));
        if (i % 10 == 5) step.messages.push_back("message of task/" + std::to_string(cpu));
        violation.trace.push_back(std::move(step));
        violation.path.steps.push_back({{ProcessId(0), TransitionId(1), 0}});
    }
    violation.ticks = ticks;
    return violation;
}

}  // namespace lockstep::report::test
