// Which of the machine's own variables are written after boot.
//
// They are reached by name only, so that it suffices to look where their names stand: an address that stands anywhere
// but in a Load is taken for written to. (The model's own variables are reached through pointers as well; of those
// passes/find_steady decides.)
#pragma once

#include "program/program.h"

#include <vector>

namespace lockstep {

class HardwareWrites {
public:
    explicit HardwareWrites(const Program& program);

    /// While boot is still to run, everything is.
    [[nodiscard]] bool is_written(VariableId v) const { return written[v.index]; }

private:
    const Program& program;
    std::vector<bool> written;

    enum class Use : bool { loaded, any };
    void note(ExpressionId e, Use use);
};

}  // namespace lockstep
