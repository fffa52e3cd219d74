// The wait-for graph: for everyone who is stuck, what it waits for and who could change that.
#pragma once

#include "result/interpreter.h"
#include "result/result.h"

#include <vector>

namespace lockstep::result {

struct FoundWait {
    Wait wait;
    ProcessId process;
    std::vector<std::uint32_t> reads;  // addresses of what it looks at while it waits
};
struct FoundWaits {
    std::vector<FoundWait> waits;
    std::vector<BusyProcess> busy;
    std::vector<ProcessId> busy_processes;  // the same

    [[nodiscard]] std::vector<Wait> edges() const;
};

/// Who waits, starting from a task on a CPU (-1: whichever), and everybody that these wait for in turn. No waits where
/// the task does not wait. If it was interrupted, what is asked is where it stands afterwards.
FoundWaits find_waits(Interpreter& interpreter, const Interpreter::State& state, const std::string& task,
                      std::int64_t cpu);

/// Innermost first: where a place in a function is, and where that was called from.
std::vector<StackEntry> stack_of(const Program& program, FrameId frame, SourcePlace place);

/// The text of a line of a source file, without its indentation.
std::string source_line(const Program& program, SourcePlace place);

}  // namespace lockstep::result
