#include "smt/encoding_bounds.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

namespace lockstep::smt {

EncodingBounds::EncodingBounds(StepEncoder& the_encoder, Solver& the_solver, const std::vector<Term>& the_required,
                               const Limits& the_limits, std::string the_name, std::vector<Refuted>& the_obligations)
    : encoder(the_encoder),
      solver(the_solver),
      required(the_required),
      limits(the_limits),
      name(std::move(the_name)),
      obligations(the_obligations)
{
    encoder.is_possible = [this](Term condition) { return is_possible(condition); };
    encoder.keep_going = [this] {
        const std::string reason = limits.reason();
        if (!reason.empty()) throw NotEncoded(reason);
    };
}

EncodingBounds::~EncodingBounds()
{
    encoder.is_possible = [](Term) { return true; };
    encoder.keep_going = [] {};
}

bool EncodingBounds::is_possible(Term condition)
{
    const std::vector<Term> wanted{condition};
    const auto start = std::chrono::steady_clock::now();
    if (ask(solver, wanted, limits) != Solver::Answer::unsatisfiable) return true;
    Refuted obligation{fmt::format("{}-loop-{}", name, ++found), "a loop within one step has no further round",
                       required, seconds_since(start)};
    obligation.asserted.push_back(condition);
    obligations.push_back(std::move(obligation));
    return false;
}

}  // namespace lockstep::smt
