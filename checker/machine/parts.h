// Shorthands that the machine's files share: places of its variables, and stores to them.
#pragma once

#include "machine/machine.h"

namespace lockstep::machine {

ExpressionId on_cpu(Program& program, VariableId variable, ExpressionId cpu);
ExpressionId on_own_cpu(Program& program, VariableId variable);
ExpressionId element(Program& program, VariableId array, ExpressionId index);
ExpressionId element_on_cpu(Program& program, VariableId array, ExpressionId cpu, ExpressionId index);
/// Stores, converted to the place's type.
Statement set(Program& program, ExpressionId address, ExpressionId value);
Statement set(Program& program, ExpressionId address, std::int64_t value);
/// Interrupts go on, if `has_irqs_on` (none: always): what is due comes before anything else.
Statement leave_to_interrupts(Program& program, const Machine& machine, ExpressionId has_irqs_on);
/// No handler runs on the own CPU.
ExpressionId is_in_task(Program& program, const Machine& machine);
ExpressionId is_zero(Program& program, ExpressionId address);

}  // namespace lockstep::machine
