// A question to the solver that ends when it should: at a deadline, or when somebody interrupts.
#pragma once

#include "smt/assignment.h"
#include "smt/solver.h"

#include <atomic>
#include <chrono>
#include <optional>
#include <span>
#include <string>

namespace lockstep::smt {

struct Limits {
    std::optional<std::chrono::steady_clock::time_point> deadline;
    const std::atomic<bool>* interrupted = nullptr;

    /// Why to end now; empty: no reason.
    [[nodiscard]] std::string reason() const;
};

/// Unknown only for a reason that `limits` has; the solver is then of no use any more.
Solver::Answer ask(Solver& solver, std::span<const Term> assumptions, const Limits& limits);

double seconds_since(std::chrono::steady_clock::time_point start);

/// The model's values of all variables.
Assignment read_model(const Terms& terms, Solver& solver);

}  // namespace lockstep::smt
