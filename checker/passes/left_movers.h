// Finds the transitions that access memory, but none that anybody else can reach at that moment.
#pragma once

#include "passes/accesses.h"
#include "passes/find_steady.h"
#include "passes/interrupts_off.h"
#include "program/program.h"

#include <vector>

namespace lockstep {

class LeftMovers {
public:
    /// Of a Program with its processes.
    explicit LeftMovers(const Program& program);

    struct Found {
        std::vector<bool> transitions;  // by TransitionId: may join the step before it
        std::vector<bool> stops;        // by LocationId: whoever comes there may have handed the CPU on
    };
    /// `accesses_memory` says of each transition whether it is a step of its own otherwise.
    [[nodiscard]] Found of(AutomatonId automaton, const std::vector<bool>& accesses_memory) const;

private:
    const Program& program;
    Accesses accesses;
    SteadySlots steady;
    std::optional<MachineVariables> machine;
    IdVector<AutomatonId, Kinds> kinds;            // of the processes
    IdVector<AutomatonId, std::size_t> processes;  // how many
    bool has_exit_hook = false;
    bool handlers_switch = false;

    struct Place;
    [[nodiscard]] bool is_machine_sound() const;
    [[nodiscard]] Place place_of(AutomatonId automaton, ProcessKind kind, const Standing& standing) const;
    [[nodiscard]] bool is_left_mover(const Transition& transition, const Place& place) const;
    [[nodiscard]] bool is_private(const Access& access, const Place& place) const;
    [[nodiscard]] bool is_private(const SlotUse& use, const Access& access, const Place& place) const;
};

}  // namespace lockstep
