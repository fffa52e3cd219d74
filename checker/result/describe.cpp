#include "result/describe.h"

#include "result/waits.h"

#include <algorithm>

namespace lockstep::result {

namespace {

/// A scope's end is no change that anybody wants to see.
bool is_killed(const Transition& t, VariableId v)
{
    return std::ranges::any_of(t.effect, [&](const Statement& statement) {
        const auto* kill = std::get_if<Kill>(&statement);
        return kill != nullptr && kill->variable == v;
    });
}

const char* context_of(ProcessKind kind)
{
    switch (kind) {
        case ProcessKind::task:
        case ProcessKind::plain:
            return "task";
        case ProcessKind::interrupt:
            return "irq";
        case ProcessKind::nmi:
            return "nmi";
        case ProcessKind::exit_hook:
            return "exit";
        case ProcessKind::clock:
            return "clock";
    }
    return "";
}

}  // namespace

TraceStep Describer::step(const Interpreter::State& state, ProcessId p)
{
    const Process& process = program.processes[p];
    TraceStep step;
    step.process = process.name;
    step.cpu = interpreter.is_clock(p) ? -1 : interpreter.own_cpu(state, p);
    step.context = context_of(process.kind);
    const std::int64_t task = interpreter.own_task(state, p);
    for (const Process& other : program.processes) {
        if (other.kind != ProcessKind::task || other.task != task) continue;
        step.task = other.name;
        step.pid = other.pid;
    }
    if (process.kind == ProcessKind::plain) step.task = process.name;
    return step;
}

TraceMove Describer::move(const Move& move) const
{
    const Automaton& automaton = interpreter.automaton(move.process);
    const Transition& t = automaton.transitions[move.transition];
    TraceMove description;
    description.move = move;
    description.stack = stack_of(program, automaton.locations[t.source].frame, t.place);
    if (t.place.file.valid()) {
        description.file = program.files[t.place.file].name;
        description.line = t.place.line;
        description.text = source_line(program, t.place);
    }
    return description;
}

/// Temporaries of the front end have no declaration, hence no place.
void Describer::changes(const Interpreter::State& before, const Interpreter::State& after, ProcessId p,
                        const Transition& t, TraceMove& description) const
{
    constexpr std::string_view owner = ".owner";
    const auto is_value = [](std::int64_t value) { return value != undefined_value && value != dead_value; };
    const auto note = [&](std::string name, TypeId type, std::int64_t old_value, std::int64_t new_value) {
        const bool has_values = is_value(old_value) && is_value(new_value);
        if (name.ends_with(owner) && has_values && (old_value == 0) != (new_value == 0))
            description.locks.push_back({name.substr(0, name.size() - owner.size()), old_value == 0});
        description.changes.push_back({std::move(name), value_text(program, layout, program.types[type], old_value),
                                       value_text(program, layout, program.types[type], new_value)});
    };
    for (std::uint32_t a = 0; a < after.memory.size(); ++a) {
        if (after.memory[a] == before.memory[a]) continue;
        const Layout::Address& address = layout.addresses[a];
        if (address.process == p && is_killed(t, address.variable)) continue;
        const TypeId type = slot_types(program, program.variables[address.variable].type)[address.offset];
        note(address_name(program, layout, a), type, before.memory[a], after.memory[a]);
    }
    for (VariableId v : ids_of(program.variables)) {
        const Variable& variable = program.variables[v];
        if (variable.storage != Storage::local || variable.in_memory ||
            variable.owner != program.processes[p].automaton || is_killed(t, v) || !variable.place.file.valid())
            continue;
        const std::size_t r = interpreter.register_index(p, v);
        const std::int64_t old_value = before.registers[r], new_value = after.registers[r];
        if (old_value != new_value) note(variable.name, variable.type, old_value, new_value);
    }
}

}  // namespace lockstep::result
