// Judges whom a report blames in every state in which it comes.
//
// One report may come in many states, and be right in some of them only, so that the one at the end of the shortest
// trace does not stand for all. To judge is to try who could release whom (waits.h), which takes milliseconds; but most
// of these states differ in what the tries never look at. So the outcome is kept together with every slot that was
// accessed on the way: a state that has the same values there, and all processes at the same places with the same
// registers, has the same outcome. (Written slots count as well, since a try asks whether a loop comes back to the same
// state. Time stamps that merely age are not accessed: no time passes in a try.)
#pragma once

#include "result/blame.h"
#include "result/interpreter.h"

#include <map>
#include <span>

namespace lockstep::result {

class BlameJudge {
public:
    explicit BlameJudge(const Program& program);
    /// `cells` is the state after the report.
    Blame judge(const ReportEvent& report, std::span<const std::int64_t> cells);

private:
    struct Outcome {
        std::vector<std::int64_t> values;  // of the addresses that were read
        Blame blame;
    };
    struct Looked {
        std::vector<std::uint32_t> at;  // addresses
        std::vector<Outcome> outcomes;
    };
    const Program& program;
    Layout layout;
    Interpreter interpreter;
    // By CPU, task, places and registers of all processes.
    std::map<std::vector<std::int64_t>, std::vector<Looked>> known;
};

}  // namespace lockstep::result
