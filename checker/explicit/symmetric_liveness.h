// Who is stuck for ever, where states are canonical ones.
//
// A terminal component of canonical states stands for terminal components of concrete ones. But along its steps CPUs
// are renamed, so that it does not show whether it is always the same CPU that gets on (E. Emerson, A. Sistla:
// Utilizing Symmetry when Model Checking under Fairness Assumptions, 1997). So one CPU after the other is told from all
// others, and the component is explored once more, from one of its states, up to the permutations of the others: there
// that CPU keeps its name, and whether its processes get on can be seen. This has at most N times as many states for
// each of N CPUs; and CPUs that are alike in the state at which it begins are stuck together or not at all.
#pragma once

#include "explicit/explore.h"
#include "explicit/liveness.h"
#include "explicit/state_space.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace lockstep::explicit_engine {

class SymmetricLiveness {
public:
    /// The stepper outlives it.
    SymmetricLiveness(const Stepper& the_stepper, const Options& the_options)
        : stepper(the_stepper), program(stepper.program), options(the_options)
    {
    }

    struct Judgement {
        std::optional<Violation> violation;
        bool is_undecided = false;  // a limit was reached
    };

    /// Of the component that a concrete state lies in; as canonical states it has `size` of them. `alike` is
    /// CanonicalStates::alike of it.
    Judgement judge(const std::vector<std::int64_t>& cells, const std::vector<std::uint32_t>& alike, std::size_t size);

private:
    const Stepper& stepper;
    const Program& program;
    const Options& options;
    struct Tracked {
        symmetry::CpuSymmetry symmetry;
        std::unique_ptr<StateSpace> space;
    };
    std::map<std::uint32_t, Tracked> tracked;  // by CPU

    StateSpace& space_of(std::uint32_t cpu);
    std::optional<std::vector<std::uint32_t>> component_of(StateSpace& space, const std::vector<std::int64_t>& cells,
                                                           std::size_t most);
};

}  // namespace lockstep::explicit_engine
