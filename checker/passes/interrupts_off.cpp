// A forward data-flow analysis (Kildall, "A unified approach to global program optimization", 1973): interrupts are
// known to be off at a location if they are on every way that leads there. They are turned off by a store of a constant
// other than 0 to the own CPU's ls_irqs_off; every other store to it, and to the variables that say who runs on the
// CPU, ends the knowledge. A task begins with interrupts on, for all we know, a handler (machine/machine.h) by turning
// them off, and the exit hook with interrupts that whoever sent it has turned off.
//
// An LS_ATOMIC body happens at once, so that what matters of it is how things are where it begins.
//
// Tested in tests/passes/interrupts_off_test.cpp.
#include "passes/interrupts_off.h"

#include "program/visit.h"

#include <string_view>

namespace lockstep {

namespace {

/// What holds at a location; inside an LS_ATOMIC body also what held where it began.
struct Facts {
    bool off = true;         // interrupts are
    bool handed_on = false;  // the step that led here may have handed the CPU on
    bool off_at_begin = true;
    bool handed_on_at_begin = false;
    bool operator==(const Facts&) const = default;

    void join(const Facts& other)
    {
        off = off && other.off;
        handed_on = handed_on || other.handed_on;
        off_at_begin = off_at_begin && other.off_at_begin;
        handed_on_at_begin = handed_on_at_begin || other.handed_on_at_begin;
    }
};

class Flow {
public:
    Flow(const Program& the_program, const MachineVariables& the_machine, const Automaton& the_automaton,
         const std::vector<bool>& memory)
        : program(the_program),
          machine(the_machine),
          automaton(the_automaton),
          accesses_memory(memory),
          facts(automaton.locations.size()),
          outgoing(automaton.locations.size()),
          reached(automaton.locations.size(), false)
    {
        for (TransitionId t : ids_of(automaton.transitions))
            outgoing[automaton.transitions[t].source.index].push_back(t);
    }

    std::vector<Standing> run(bool begins_with_interrupts_off)
    {
        arrive(automaton.entry, {begins_with_interrupts_off, true, begins_with_interrupts_off, true});
        while (!work.empty()) {
            const LocationId source = work.back();
            work.pop_back();
            for (TransitionId t : outgoing[source.index]) arrive(automaton.transitions[t].target, after(t));
        }
        std::vector<Standing> standings;
        for (LocationId id : ids_of(automaton.locations)) {
            const Facts& here = facts[id.index];
            const bool is_in_body = automaton.locations[id].is_atomic;
            const bool off = reached[id.index] && (is_in_body ? here.off_at_begin : here.off);
            const bool handed_on = is_in_body ? here.handed_on_at_begin : here.handed_on;
            standings.push_back({!off, handed_on || !reached[id.index]});
        }
        return standings;
    }

private:
    const Program& program;
    const MachineVariables& machine;
    const Automaton& automaton;
    const std::vector<bool>& accesses_memory;
    std::vector<Facts> facts;                         // by LocationId
    std::vector<std::vector<TransitionId>> outgoing;  // likewise
    std::vector<bool> reached;
    std::vector<LocationId> work;

    void arrive(LocationId target, const Facts& with)
    {
        if (reached[target.index] && target == automaton.entry) return;  // everything has been said of it
        Facts joined = reached[target.index] ? facts[target.index] : with;
        joined.join(with);
        if (reached[target.index] && joined == facts[target.index]) return;
        facts[target.index] = joined;
        reached[target.index] = true;
        work.push_back(target);
    }

    // Who goes on has the CPU again; but work on registers may have been joined to the step before.
    [[nodiscard]] Facts after(TransitionId id) const
    {
        const Transition& transition = automaton.transitions[id];
        const Facts& before = facts[transition.source.index];
        const bool is_in_body = automaton.locations[transition.source].is_atomic;
        Facts facts_after = before;
        facts_after.handed_on = before.handed_on && (is_in_body || !accesses_memory[id.index]);
        if (!is_in_body) {
            facts_after.off_at_begin = before.off;
            facts_after.handed_on_at_begin = before.handed_on;
        }
        bool leaves_context = false;
        for (const Statement& statement : transition.effect) {
            const VariableId written = stored(statement);
            if (written == machine.irqs_off) {
                const auto* value = std::get_if<Constant>(&program.expressions[std::get<Store>(statement).value].node);
                facts_after.off = value != nullptr && value->value != 0;
                leaves_context = leaves_context && !facts_after.off;  // otherwise it is a handler's begin
            } else if (written == machine.context) {
                facts_after.off = false;
                leaves_context = true;
            } else if (written == machine.current || written == machine.in_hook || written == machine.stolen) {
                facts_after.off = false;
                facts_after.handed_on = true;
            }
        }
        facts_after.handed_on = facts_after.handed_on || leaves_context;
        return facts_after;
    }

    [[nodiscard]] VariableId stored(const Statement& statement) const
    {
        const auto* store = std::get_if<Store>(&statement);
        if (store == nullptr) return {};
        ExpressionId address = store->address;
        while (true) {
            const auto& node = program.expressions[address].node;
            if (const auto* name = std::get_if<AddressOf>(&node)) return name->variable;
            if (const auto* per_cpu = std::get_if<PerCpuAddress>(&node)) {
                address = per_cpu->base;
            } else if (const auto* element = std::get_if<ElementAddress>(&node)) {
                address = element->base;
            } else {
                return {};
            }
        }
    }
};

}  // namespace

std::optional<MachineVariables> machine_variables(const Program& program)
{
    MachineVariables machine;
    const auto find = [&](std::string_view name, Storage storage) {
        for (VariableId v : ids_of(program.variables)) {
            const Variable& variable = program.variables[v];
            if (variable.is_hardware && variable.storage == storage && variable.name == name) return v;
        }
        return VariableId();
    };
    machine.current = find("ls_current", Storage::per_cpu);
    machine.context = find("ls_context", Storage::per_cpu);
    machine.irqs_off = find("ls_irqs_off", Storage::per_cpu);
    machine.stolen = find("ls_stolen", Storage::per_cpu);
    machine.in_hook = find("ls_in_hook", Storage::global);
    for (VariableId v : {machine.current, machine.context, machine.irqs_off, machine.stolen, machine.in_hook})
        if (!v.valid() || !program.variables[v].is_unaliased) return std::nullopt;
    return machine;
}

std::vector<Standing> find_standings(const Program& program, const MachineVariables& machine, AutomatonId automaton,
                                     ProcessKind kind, const std::vector<bool>& accesses_memory)
{
    return Flow(program, machine, program.automata[automaton], accesses_memory).run(kind == ProcessKind::exit_hook);
}

}  // namespace lockstep
