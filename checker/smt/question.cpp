#include "smt/question.h"

#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace lockstep::smt {

std::string Limits::reason() const
{
    if (interrupted != nullptr && *interrupted) return "interrupted";
    if (deadline && std::chrono::steady_clock::now() > *deadline) return "out of time";
    return "";
}

// Z3's own time limit would end questions, too; but a solver that has been stopped on the way may have lost what it was
// given, so that it is stopped only where it is not asked again.
Solver::Answer ask(Solver& solver, std::span<const Term> assumptions, const Limits& limits)
{
    if (!limits.reason().empty()) return Solver::Answer::unknown;
    std::mutex mutex;
    std::condition_variable answered;
    bool is_answered = false;
    const auto watch = [&] {
        constexpr std::chrono::milliseconds interval(20);
        std::unique_lock lock(mutex);
        while (!answered.wait_for(lock, interval, [&] { return is_answered; }))
            if (!limits.reason().empty()) solver.interrupt();
    };
    std::optional<std::jthread> watcher;
    if (limits.deadline || limits.interrupted != nullptr) watcher.emplace(watch);
    const auto end_watch = [&] {
        const std::lock_guard lock(mutex);
        is_answered = true;
        answered.notify_all();
    };
    Solver::Answer answer = Solver::Answer::unknown;
    try {
        answer = solver.check(assumptions);
    } catch (...) {
        end_watch();
        throw;
    }
    end_watch();
    if (answer == Solver::Answer::unknown && limits.reason().empty())
        throw std::logic_error("Z3 gives up: " + solver.reason());
    return answer;
}

double seconds_since(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Assignment read_model(const Terms& terms, Solver& solver)
{
    Assignment model(terms);
    for (const Term variable : terms.variables()) model.set(variable, solver.value(variable));
    return model;
}

}  // namespace lockstep::smt
