#include "result/blame_judge.h"

#include "result/waits.h"

#include <algorithm>
#include <cassert>

namespace lockstep::result {

BlameJudge::BlameJudge(const Program& the_program)
    : program(the_program), layout(make_layout(program)), interpreter(program, layout)
{
}

Blame BlameJudge::judge(const ReportEvent& report, std::span<const std::int64_t> cells)
{
    const auto named = std::ranges::find_if(program.processes, [&](const Process& process) {
        return process.kind == ProcessKind::task && process.task == report.task;
    });
    if (named == program.processes.end()) return Blame::right;
    const Interpreter::State state = interpreter.from_cells(cells);

    std::vector<std::int64_t> who{report.cpu, report.task, std::int64_t{report.process.index}};
    for (const LocationId location : state.locations) who.push_back(static_cast<std::int64_t>(location.index));
    who.insert(who.end(), state.registers.begin(), state.registers.end());
    std::vector<Looked>& all = known[who];
    std::vector<std::int64_t> values;
    for (const Looked& looked : all) {
        values.clear();
        for (const std::uint32_t at : looked.at) values.push_back(state.memory[at]);
        for (const Outcome& outcome : looked.outcomes)
            if (outcome.values == values) {
                assert(outcome.blame ==
                       blame_of(named->name, find_waits(interpreter, state, named->name, report.cpu).edges()));
                return outcome.blame;
            }
    }

    std::vector<std::uint32_t> accessed;
    interpreter.access_log = &accessed;
    const Blame blame = blame_of(named->name, find_waits(interpreter, state, named->name, report.cpu).edges());
    interpreter.access_log = nullptr;
    std::ranges::sort(accessed);
    const auto repeated = std::ranges::unique(accessed);
    accessed.erase(repeated.begin(), repeated.end());
    values.clear();
    for (const std::uint32_t at : accessed) values.push_back(state.memory[at]);
    auto looked = std::ranges::find(all, accessed, &Looked::at);
    if (looked == all.end()) looked = all.insert(all.end(), {std::move(accessed), {}});
    looked->outcomes.push_back({std::move(values), blame});
    return blame;
}

}  // namespace lockstep::result
