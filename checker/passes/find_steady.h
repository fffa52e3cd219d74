// Finds what never changes once boot is over.
#pragma once

#include "passes/places.h"
#include "program/program.h"

namespace lockstep {

/// Sets Variable::steady for every slot that no transition outside boot may write.
void find_steady(Program& program);

/// Asks of an address whether every slot that it may denote is steady.
class SteadySlots {
public:
    explicit SteadySlots(const Program& program);
    [[nodiscard]] bool contains(ExpressionId address) const;

private:
    Places places;
    std::vector<bool> steady;  // by slot number of `places`
};

}  // namespace lockstep
