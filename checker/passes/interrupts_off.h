// Where a context cannot be interrupted: it has turned interrupts off, or is a handler.
#pragma once

#include "program/program.h"

#include <optional>
#include <vector>

namespace lockstep {

/// The machine's variables that say who runs on a CPU; found by their names.
struct MachineVariables {
    VariableId current, context, irqs_off, in_hook, stolen;
};
/// None where the Program has no machine.
std::optional<MachineVariables> machine_variables(const Program& program);

/// How a process stands at a location, or, inside an LS_ATOMIC body, where that began.
struct Standing {
    bool is_interruptible = true;    // interrupts may be on
    bool may_have_handed_on = true;  // the step before may have handed the CPU on, or it is the entry
};

/// By LocationId; `kind` is that of the automaton's processes. `accesses_memory`: by TransitionId.
std::vector<Standing> find_standings(const Program& program, const MachineVariables& machine, AutomatonId automaton,
                                     ProcessKind kind, const std::vector<bool>& accesses_memory);

}  // namespace lockstep
