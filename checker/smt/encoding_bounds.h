// What bounds a formula while it is being built: what its maker knows already, and time.
//
// A loop within one step ends where its condition can no longer hold. Where that is no constant, the solver says so,
// from what has been required of the states so far (types, lemmas, the steps before). The formula is then right only
// for states of which that holds, which is why each such answer is an obligation of the proof.
#pragma once

#include "smt/question.h"
#include "smt/refuted.h"
#include "smt/steps.h"

#include <string>
#include <vector>

namespace lockstep::smt {

/// For as long as it is there, `encoder` asks `solver`, and gives up (NotEncoded) when `limits` say so.
class EncodingBounds {
public:
    /// `required`: everything that the solver has been given, now and later. `name`: what obligations' names begin
    /// with.
    EncodingBounds(StepEncoder& the_encoder, Solver& the_solver, const std::vector<Term>& the_required,
                   const Limits& the_limits, std::string the_name, std::vector<Refuted>& the_obligations);
    ~EncodingBounds();
    EncodingBounds(const EncodingBounds&) = delete;
    EncodingBounds& operator=(const EncodingBounds&) = delete;

private:
    StepEncoder& encoder;
    Solver& solver;
    const std::vector<Term>& required;
    const Limits& limits;
    std::string name;
    std::vector<Refuted>& obligations;
    unsigned found = 0;

    bool is_possible(Term condition);
};

}  // namespace lockstep::smt
