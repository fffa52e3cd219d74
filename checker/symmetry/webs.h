// Registers taken apart: what one is used for here need not be what it is used for there.
#pragma once

#include "program/program.h"

#include <vector>

namespace lockstep::symmetry {

/// A register at a location, if some way there has set it.
struct Held {
    VariableId variable;
    std::uint32_t web = 0;
    bool may_be_unset = false;  // on another way: it holds 0 then
};

struct Webs {
    std::vector<std::vector<Held>> held;  // by location, ascending by variable
    std::uint32_t count = 0;
    [[nodiscard]] const Held* find(LocationId l, VariableId v) const;
};

Webs find_webs(const Program& program, AutomatonId automaton);

/// Whether a transition's effect is the end of the run.
bool ends_run(const Transition& transition);

}  // namespace lockstep::symmetry
