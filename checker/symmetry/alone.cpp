#include "symmetry/alone.h"

#include <algorithm>

namespace lockstep::symmetry {

bool runs_alone(const Program& program, ProcessId process)
{
    return program.processes[process].kind == ProcessKind::clock ||
           std::ranges::find(program.invariants, process, &Invariant::process) != program.invariants.end();
}

IdVector<AutomatonId, bool> automata_run_alone(const Program& program)
{
    IdVector<AutomatonId, bool> alone(program.automata.size(), false);
    for (ProcessId p : ids_of(program.processes))
        if (runs_alone(program, p)) alone[program.processes[p].automaton] = true;
    for (ProcessId p : ids_of(program.processes))
        if (!runs_alone(program, p)) alone[program.processes[p].automaton] = false;
    return alone;
}

}  // namespace lockstep::symmetry
