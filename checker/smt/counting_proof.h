// Invariants of a counting system, proved for every number of CPUs.
//
// For each control state the visited members propose what their counters have in common (linear_facts.h), and what
// holds of CPUs' own numbers (own_facts.h). Those facts that every rule preserves are kept (as in induction.h), and the
// properties are asked for of whatever satisfies them. Z3 decides each question over unbounded integers, so that the
// answer is one for every N.
#pragma once

#include "smt/counting_system.h"
#include "smt/linear_facts.h"
#include "smt/own_facts.h"
#include "smt/question.h"
#include "smt/refuted.h"

#include <functional>
#include <string>
#include <vector>

namespace lockstep::smt {

struct CountingProof {
    std::vector<LinearFact> facts;  // preserved by every rule
    std::vector<OwnFact> own_facts;
    std::size_t candidates = 0;
    bool is_complete = false;  // false: time ran out
    struct Answer {
        std::string property;
        bool is_proved = false;
        std::string where;  // in which control state it is not
        double seconds = 0;
    };
    std::vector<Answer> answers;
    std::vector<Refuted> obligations;
    double seconds = 0;
};

/// `progress` is told what is being done.
CountingProof prove_counting(CountingSystem& system, const Limits& limits,
                             const std::function<void(const std::string&)>& progress = {});

/// N is assumed to be at most this.
constexpr std::int64_t most_counted_cpus = std::int64_t{1} << 30;

}  // namespace lockstep::smt
