// Steps and moves as people read them.
#pragma once

#include "result/interpreter.h"
#include "result/result.h"

namespace lockstep::result {

class Describer {
public:
    explicit Describer(Interpreter& the_interpreter)
        : interpreter(the_interpreter), program(the_interpreter.program), layout(the_interpreter.layout)
    {
    }

    /// Who makes a step of p in this state; without its moves.
    TraceStep step(const Interpreter::State& state, ProcessId p);

    [[nodiscard]] TraceMove move(const Move& move) const;

    /// Adds what one transition has changed.
    void changes(const Interpreter::State& before, const Interpreter::State& after, ProcessId p, const Transition& t,
                 TraceMove& description) const;

private:
    Interpreter& interpreter;
    const Program& program;
    const Layout& layout;
};

}  // namespace lockstep::result
