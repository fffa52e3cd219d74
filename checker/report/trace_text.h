// A violation's trace as text: the steps of one function on one CPU run together under one header.
#pragma once

#include "report/text.h"

#include <string>

namespace lockstep::report {

std::string trace_text(const Violation& violation, const TextOptions& options);

/// "multi_cpu_stop() <- cpu_stopper_thread():57", innermost first; the lines are those of the calls.
std::string stack_text(const std::vector<StackEntry>& stack);

/// "timer_interrupt", without the CPU that follows in the name of an interrupt's process.
std::string process_name(const TraceStep& step);

/// "migration/1:18", as the kernel's log names a task; without a number where it is 0.
std::string task_text(const std::string& task, std::int64_t pid);

/// "mysqld:1001 does not wait; it is in printk_record() at kernel/printk.c:19".
std::string busy_text(const BusyProcess& process);

/// "kernel/stop_machine.c:57"; empty where there is no place.
std::string place_text(const std::string& file, std::uint32_t line);

}  // namespace lockstep::report
