// Before a counterexample is shown it is executed again, by the reference interpreter, and written down for people.
#pragma once

#include "result/interpreter.h"
#include "result/result.h"

namespace lockstep::result {

/// Executes the violation's path on the interpreter, fills in its trace, stack and number of ticks, and confirms that
/// what it ends in is what the violation says. Throws std::logic_error where it is not: then lockstep has a bug.
/// A "walk" claims nothing of its end; that its path can be gone is confirmed all the same.
/// Who waits for whom (waits_for) is added where the violation leaves somebody stuck.
void replay_and_describe(const Program& program, Violation& violation);

/// The state in which a path ends; throws std::logic_error where a move is not possible.
Interpreter::State state_after(Interpreter& interpreter, const Path& path);

}  // namespace lockstep::result
