#include "program/printer.h"

#include "program/expression_writer.h"
#include "program/text_names.h"
#include "program/visit.h"

#include <fmt/format.h>

#include <algorithm>

namespace lockstep {

namespace {

using namespace text;

class Printer {
public:
    explicit Printer(const Program& the_program) : program(the_program), names(the_program), writer(the_program, names)
    {
    }

    std::string print()
    {
        header();
        for (TypeId id : ids_of(program.types)) named_type(id);
        tables();
        for (VariableId id : ids_of(program.variables))
            if (program.variables[id].storage != Storage::local) variable(id);
        for (AutomatonId id : ids_of(program.automata)) automaton(id);
        for (ProcessId id : ids_of(program.processes)) process(id);
        for (std::size_t i = 0; i < program.invariants.size(); ++i) {
            const Invariant& invariant = program.invariants[i];
            line("invariant {} process {}{}", declared(names.invariants[i], invariant.name),
                 names.processes[invariant.process], place(invariant.place));
        }
        if (program.boot.valid()) line("boot {}", names.automata[program.boot]);
        for (const auto& state : program.initial_states) initial_state(state);
        return std::move(out);
    }

private:
    const Program& program;
    TextNames names;
    ExpressionWriter writer;
    std::string out;

    template <typename... Arguments>
    void line(fmt::format_string<Arguments...> format, Arguments&&... arguments)
    {
        out += fmt::format(format, std::forward<Arguments>(arguments)...) + '\n';
    }

    static std::string place(SourcePlace place)
    {
        return place.line == 0 ? "" : fmt::format(" @{}:{}:{}", place.file.index, place.line, place.column);
    }

    void header()
    {
        line("program {}", quoted(program.name));
        line("cpus {}", program.cpus);
        line("tick {}", program.tick_milliseconds);
        std::string files;
        for (const SourceFile& file : program.files) files += ' ' + quoted(file.name);
        line("files {{{} }}", files);
    }

    void named_type(TypeId id)
    {
        const Type& type = program.types[id];
        std::string parts;
        auto add = [&](const std::string& part) { parts += (parts.empty() ? " " : ", ") + part; };
        if (const auto* record = std::get_if<StructType>(&type.kind)) {
            for (const Field& field : record->fields) {
                const std::string name = syntax::is_identifier(field.name) ? field.name : quoted(field.name);
                add(name + ": " + writer.type(field.type));
            }
            line("{} {} {{{} }}", record->is_union ? "union" : "struct", declared(names.types[id], record->name),
                 parts);
        } else if (const auto* enumeration = std::get_if<EnumType>(&type.kind)) {
            for (std::size_t i = 0; i < enumeration->enumerators.size(); ++i) {
                const auto& [name, value] = enumeration->enumerators[i];
                add(fmt::format("{} = {}", declared(names.enumerators.at({id, i}), name), value));
            }
            line("enum {}: {}{} {{{} }}", declared(names.types[id], enumeration->name),
                 enumeration->is_signed ? 'i' : 'u', int{enumeration->bits}, parts);
        }
    }

    void tables()
    {
        for (FunctionId id : ids_of(program.functions))
            line("function {}", declared(names.functions[id], program.functions[id].name));
        if (!program.strings.empty()) {
            out += "strings {\n";
            for (const std::string& string : program.strings) line("    {}", quoted(string));
            out += "}\n";
        }
        for (FrameId id : ids_of(program.frames)) {
            const Frame& frame = program.frames[id];
            const std::string caller =
                frame.caller.valid() ? fmt::format(" from {}{}", frame.caller.index, place(frame.call_place)) : "";
            line("frame {} {}{}", id.index, quoted(frame.function), caller);
        }
    }

    // ---- Variables ---------------------------------------------------------------------------------------------

    void variable(VariableId id)
    {
        const Variable& variable = program.variables[id];
        line("{}var {}: {}{}{}{}", variable.storage == Storage::per_cpu ? "per_cpu " : "",
             declared(names.variables[id], variable.name), writer.type(variable.type), marks(variable),
             initial(variable), place(variable.place));
    }

    std::string marks(const Variable& variable) const
    {
        return (variable.is_hardware ? " hardware" : "") + slot_set(variable.type, " steady", variable.steady) +
               slot_set(variable.type, " undefinable", variable.undefinable) +
               (variable.is_unaliased ? " unaliased" : "");
    }

    std::string slot_set(TypeId type, const std::string& name, const std::vector<bool>& set) const
    {
        if (set.empty()) return "";
        const std::vector<TypeId> types = slot_types(program, type);
        bool all = true;
        std::string slots;
        for (std::size_t i = 0; i < set.size(); ++i) {
            if (set[i]) slots += fmt::format("{}{}", slots.empty() ? "" : ", ", i);
            all = all && set[i] == types[i].valid();
        }
        return all ? name : name + " [" + slots + "]";
    }

    std::string initial(const Variable& variable) const
    {
        if (variable.initial.empty()) return "";
        if (variable.initial.size() == 1 && variable.initial[0].first == 0)
            return " = " + initial_value(variable.initial[0].second);
        std::string values;
        for (const auto& [slot, value] : variable.initial)
            values += fmt::format("{}{}: {}", values.empty() ? "" : ", ", slot, initial_value(value));
        return " = [" + values + "]";
    }

    std::string initial_value(const InitialValue& initial) const
    {
        return std::visit(Overloaded{
                              [](std::int64_t value) { return fmt::format("{}", value); },
                              [&](InitialAddress address) {
                                  const std::string offset =
                                      address.offset == 0 ? "" : fmt::format(" + {}", address.offset);
                                  return '&' + names.variables[address.variable] + offset;
                              },
                              [&](FunctionId function) { return names.functions[function]; },
                              [&](StringId string) { return quoted(program.strings[string]); },
                          },
                          initial);
    }

    // ---- Automata ----------------------------------------------------------------------------------------------

    void automaton(AutomatonId id)
    {
        const Automaton& automaton = program.automata[id];
        line("automaton {} {{", declared(names.automata[id], automaton.name));
        for (VariableId variable : ids_of(program.variables)) {
            const Variable& local = program.variables[variable];
            if (local.storage != Storage::local || local.owner != id) continue;
            line("    local {}{}: {}{}{}", declared(names.variables[variable], local.name), place(local.place),
                 writer.type(local.type), local.in_memory ? " in memory" : "", marks(local));
        }
        for (LocationId location : ids_of(automaton.locations)) this->location(automaton, location);
        for (const Transition& transition : automaton.transitions) this->transition(transition);
        out += "}\n";
    }

    void location(const Automaton& automaton, LocationId id)
    {
        const Location& location = automaton.locations[id];
        std::string marks;
        if (id == automaton.entry && id.index != 0) marks += " entry";
        if (location.is_atomic) marks += " atomic";
        if (location.is_await) marks += " await";
        if (location.is_finished) marks += " finished";
        if (location.is_pass_through) marks += " passed";
        if (location.is_settle_point) marks += " settles";
        if (location.frame.valid()) marks += fmt::format(" frame {}", location.frame.index);
        line("    location l{}{}{}", id.index, marks, place(location.place));
    }

    void transition(const Transition& transition)
    {
        std::string text = fmt::format("    l{} -> l{}", transition.source.index, transition.target.index);
        if (transition.choice) {
            const TypeId type = program.variables[transition.choice->variable].type;
            text +=
                fmt::format(" choose {} in {}..{}", names.variables[transition.choice->variable],
                            writer.value(transition.choice->low, type), writer.value(transition.choice->high, type));
        }
        if (transition.guard.valid()) text += " when " + writer.value(transition.guard);
        if (transition.when_settled) text += " settled";
        text += place(transition.place);
        if (!transition.effect.empty()) {
            text += " {";
            for (const Statement& statement : transition.effect) text += ' ' + this->statement(statement) + ';';
            text += " }";
        }
        line("{}", text);
    }

    std::string statement(const Statement& statement)
    {
        return std::visit(Overloaded{
                              [&](const AssignLocal& node) {
                                  const TypeId type = program.variables[node.variable].type;
                                  return fmt::format("{} := {}", names.variables[node.variable],
                                                     writer.value(node.value, type));
                              },
                              [&](const Store& node) { return store(node); },
                              [&](const Copy& node) {
                                  return fmt::format("copy {}, {}, {}", writer.value(node.destination),
                                                     writer.value(node.source), node.slots);
                              },
                              [&](const Undefine& node) { return "undefine " + names.variables[node.variable]; },
                              [&](const Kill& node) { return "kill " + names.variables[node.variable]; },
                              [&](const Invalidate& node) {
                                  return fmt::format("invalidate {}, {}", writer.value(node.address), node.slots);
                              },
                              [&](const Report& node) { return report(node); },
                              [](const Progress&) { return std::string("progress"); },
                              [](const Prune&) { return std::string("prune"); },
                              [](const AgeTimes&) { return std::string("age"); },
                          },
                          statement);
    }

    // An assignment needs to know what it assigns to: a scalar, or (void) nothing at all.
    std::string store(const Store& node)
    {
        const auto& pointer = std::get<PointerType>(program.types[program.expressions[node.address].type].kind);
        if (pointer.pointee.valid() && !is_scalar(program.types[pointer.pointee]))
            return fmt::format("store {}, {}", writer.value(node.address), writer.value(node.value));
        return fmt::format("{} := {}", writer.place(node.address), writer.value(node.value, pointer.pointee));
    }

    std::string report(const Report& node)
    {
        std::string text = fmt::format("report {} {}", quoted(node.kind), quoted(node.format));
        std::string arguments;
        for (ExpressionId argument : node.arguments)
            arguments += (arguments.empty() ? "" : ", ") + writer.value(argument);
        if (!arguments.empty()) text += " (" + arguments + ")";
        if (node.cpu.valid()) text += " cpu " + writer.value(node.cpu);
        if (node.task.valid()) text += " task " + writer.value(node.task);
        if (node.stops) text += " stops";
        return text;
    }

    // ---- Processes and states ----------------------------------------------------------------------------------

    void process(ProcessId id)
    {
        const Process& process = program.processes[id];
        std::string text = fmt::format("process {}: {}", declared(names.processes[id], process.name),
                                       names.automata[process.automaton]);
        if (process.argument != 0) text += fmt::format("({})", process.argument);
        if (process.kind != ProcessKind::plain)
            text += fmt::format(" kind {}", syntax::process_kinds[static_cast<std::size_t>(process.kind)]);
        if (process.task != -1) text += fmt::format(" task {}", process.task);
        if (process.pid != 0) text += fmt::format(" pid {}", process.pid);
        if (process.is_daemon) text += " daemon";
        if (process.cpu.valid()) text += " cpu " + writer.value(process.cpu);
        if (process.own_task.valid()) text += " own_task " + writer.value(process.own_task);
        if (process.running.valid()) text += " running " + writer.value(process.running);
        line("{}", text);
    }

    // Runs of equal values are written once.
    void initial_state(const std::vector<std::int64_t>& state)
    {
        std::string values;
        for (std::size_t i = 0; i < state.size();) {
            std::size_t end = i + 1;
            while (end < state.size() && state[end] == state[i]) ++end;
            values += fmt::format("{}{}", values.empty() ? " " : ", ", state[i]);
            if (end - i > 1) values += fmt::format("*{}", end - i);
            i = end;
        }
        line("state [{} ]", values);
    }
};

}  // namespace

std::string print(const Program& program) { return Printer(program).print(); }

}  // namespace lockstep
