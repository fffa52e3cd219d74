// Invariants of a counting system, proved for every number of CPUs.
//
// For each control state the visited members propose what their counters have in common: every linear equation that all
// of their vectors (the counts, the numbers, N) satisfy, which linear algebra finds, and bounds. Where one CPU at a
// time does something for all (the last to acknowledge, who hands over), what holds depends on where that one is: so
// the same is proposed for each way in which local states that never hold more than one CPU are occupied. Those that
// every rule preserves are kept (as in induction.h), and the properties are asked for of whatever satisfies them. Z3
// decides each question over unbounded integers, so that the answer is one for every N.
#pragma once

#include "smt/counting_system.h"
#include "smt/question.h"
#include "smt/refuted.h"

#include <string>
#include <vector>

namespace lockstep::smt {

/// A sum of multiples of the counts, the numbers, N and 1, in some control state: it is 0, or (not `is_equation`) at
/// least 0.
struct LinearFact {
    std::size_t control = 0;
    /// While each of the first has a CPU and none of the second has (see Miner): otherwise it says nothing.
    std::vector<std::size_t> occupied, empty;
    bool is_equation = true;
    std::vector<std::int64_t> counts, numbers;
    std::int64_t cpus = 0, constant = 0;
};

std::vector<LinearFact> mine_linear_facts(const CountingSystem& system);
std::string to_text(const LinearFact& fact, const CountingSystem& system);

struct CountingProof {
    std::vector<LinearFact> facts;  // preserved by every rule
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

CountingProof prove_counting(CountingSystem& system, const Limits& limits);

/// N is assumed to be at most this.
constexpr std::int64_t most_counted_cpus = std::int64_t{1} << 30;

}  // namespace lockstep::smt
