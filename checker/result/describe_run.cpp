#include "result/describe_run.h"

#include "result/describe.h"
#include "result/interpreter.h"
#include "semantics/report_text.h"

#include <fmt/format.h>

#include <set>
#include <stdexcept>

namespace lockstep::result {

std::vector<TraceStep> describe_run(const Program& program, std::span<const std::int64_t> cells,
                                    const std::vector<Step>& steps)
{
    const Layout layout = make_layout(program);
    Interpreter interpreter(program, layout);
    Describer describer(interpreter);
    Interpreter::State state = interpreter.from_cells(cells);
    std::vector<TraceStep> described;
    double ticks = 0;
    for (const Step& step : steps) {
        const ProcessId p = step.front().process;
        TraceStep description = describer.step(state, p);
        description.ticks = ticks;
        if (interpreter.is_clock(p)) ++ticks;
        for (const Move& move : step) {
            TraceMove made = describer.move(move);
            const Interpreter::State before = state;
            const Interpreter::Outcome outcome = interpreter.take(state, move);
            if (outcome.end == Interpreter::Outcome::End::disabled || outcome.end == Interpreter::Outcome::End::pruned)
                throw std::logic_error("a run that is not possible");
            for (const ReportEvent& report : outcome.reports)
                description.messages.push_back(format_report(program, report));
            if (outcome.trap.kind != nullptr) description.messages.emplace_back(outcome.trap.message);
            const Transition& t = interpreter.automaton(p).transitions[move.transition];
            describer.changes(before, state, p, t, made);
            made.matters = true;
            description.moves.push_back(std::move(made));
        }
        described.push_back(std::move(description));
    }
    return described;
}

std::vector<std::string> describe_state(const Program& program, std::span<const std::int64_t> cells)
{
    const Layout layout = make_layout(program);
    Interpreter interpreter(program, layout);
    const Interpreter::State state = interpreter.from_cells(cells);
    const std::vector<std::int64_t> initial = initial_cells(program, layout).front();
    std::vector<std::string> lines;
    for (ProcessId p : ids_of(program.processes)) {
        if (cells[layout.processes[p].location_cell] == initial[layout.processes[p].location_cell]) continue;
        const Location& at = interpreter.location(state, p);
        const std::string file = at.place.file.valid() ? program.files[at.place.file].name : "";
        lines.push_back(at.is_finished ? fmt::format("{} has finished", program.processes[p].name)
                                       : fmt::format("{} is at {}:{}", program.processes[p].name, file, at.place.line));
    }
    for (const Layout::Address& address : layout.addresses) {
        if (address.cell == Layout::no_cell || cells[address.cell] == initial[address.cell]) continue;
        const TypeId type = slot_types(program, program.variables[address.variable].type)[address.offset];
        const std::int64_t value = cells[address.cell];
        const std::string text = value == undefined_value ? "undefined"
                                 : value == dead_value    ? "out of scope"
                                                          : value_text(program, layout, program.types[type], value);
        lines.push_back(fmt::format("{} == {}", cell_name(program, layout, address.cell), text));
    }
    std::set<std::uint32_t> said;  // registers share cells
    for (ProcessId p : ids_of(program.processes)) {
        for (VariableId v : ids_of(program.variables)) {
            const Variable& variable = program.variables[v];
            if (variable.storage != Storage::local || variable.in_memory ||
                variable.owner != program.processes[p].automaton)
                continue;
            const std::uint32_t cell = layout.processes[p].local[v.index];
            if (cell == Layout::no_cell || cells[cell] == initial[cell] || cells[cell] == undefined_value) continue;
            if (!said.insert(cell).second) continue;
            const std::string value = value_text(program, layout, program.types[variable.type], cells[cell]);
            lines.push_back(fmt::format("{}.{} == {}", program.processes[p].name, variable.name, value));
        }
    }
    return lines;
}

}  // namespace lockstep::result
