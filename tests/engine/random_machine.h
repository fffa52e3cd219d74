// Random small Programs on the machine: tasks, handlers, an NMI, the exit hook, per-CPU variables and time, put
// together from the same transitions as a C model's (machine/machine.h).
//
// Most have 100 to 20,000 states. Nothing in them traps.
#pragma once

#include "passes/passes.h"
#include "program/program.h"

#include <cstdint>

namespace lockstep::testing {

/// What a machine has besides what is drawn.
struct MachineShape {
    std::uint32_t cpus = 0;   // 0: one or two
    bool meets = false;       // the CPUs' tasks count down together, wait for it, and take a lock
    PassOptions passes = {};  // for those that come before the machine
};

/// The passes that come before the machine have been run on it, and boot; those that come after it have not.
Program random_machine(std::uint64_t seed, const MachineShape& shape = {});

}  // namespace lockstep::testing
