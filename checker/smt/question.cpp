#include "smt/question.h"

#include <algorithm>

namespace lockstep::smt {

std::string Limits::reason() const
{
    if (interrupted != nullptr && *interrupted) return "interrupted";
    if (deadline && std::chrono::steady_clock::now() > *deadline) return "out of time";
    return "";
}

Solver::Answer ask(Solver& solver, std::span<const Term> assumptions, const Limits& limits)
{
    constexpr double first_seconds = 0.5, least_seconds = 0.001;
    for (double seconds = first_seconds;; seconds *= 2) {
        if (!limits.reason().empty()) return Solver::Answer::unknown;
        double limit = seconds;
        if (limits.deadline) {
            const std::chrono::duration<double> left = *limits.deadline - std::chrono::steady_clock::now();
            limit = std::clamp(left.count(), least_seconds, seconds);
        }
        solver.set_timeout(limit);
        const Solver::Answer answer = solver.check(assumptions);
        if (answer != Solver::Answer::unknown) return answer;
    }
}

Assignment read_model(const Terms& terms, Solver& solver)
{
    Assignment model(terms);
    for (const Term variable : terms.variables()) model.set(variable, solver.value(variable));
    return model;
}

}  // namespace lockstep::smt
