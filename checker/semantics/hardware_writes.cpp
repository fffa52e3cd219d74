#include "semantics/hardware_writes.h"

#include "program/visit.h"

namespace lockstep {

HardwareWrites::HardwareWrites(const Program& the_program)
    : program(the_program), written(the_program.variables.size(), the_program.boot.valid())
{
    for (const Automaton& automaton : program.automata)
        for (const Transition& transition : automaton.transitions)
            for (ExpressionId e : expressions_of(transition)) note(e, Use::any);
    for (const Process& process : program.processes)
        for (ExpressionId e : {process.running, process.cpu, process.own_task}) note(e, Use::any);
}

void HardwareWrites::note(ExpressionId e, Use use)
{
    if (!e.valid()) return;
    const auto& node = program.expressions[e].node;
    if (const auto* address = std::get_if<AddressOf>(&node)) {
        if (use == Use::any) written[address->variable.index] = true;
    } else if (const auto* field = std::get_if<FieldAddress>(&node)) {
        note(field->base, use);
    } else if (const auto* element = std::get_if<ElementAddress>(&node)) {
        note(element->base, use);
        note(element->index, Use::any);
    } else if (const auto* per_cpu = std::get_if<PerCpuAddress>(&node)) {
        note(per_cpu->base, use);
        note(per_cpu->cpu, Use::any);
    } else if (const auto* load = std::get_if<Load>(&node)) {
        note(load->address, Use::loaded);
    } else {
        for (ExpressionId operand : operands_of(program.expressions[e])) note(operand, Use::any);
    }
}

}  // namespace lockstep
