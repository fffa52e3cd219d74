// What the SMT engine has proved or could not prove, as plain data; the verdict is in the Result that goes with it.
#pragma once

#include "result/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lockstep {

/// One property, and what became of it.
struct ProvedProperty {
    std::string name;  // "mutual_exclusion", "no step fails"
    enum class Status : std::uint8_t { proved, not_inductive, unknown } status = Status::unknown;
    unsigned k = 0;      // how many states in a row were needed, or tried
    double seconds = 0;  // in the solver
    std::string reason;  // why unknown
};

/// A counterexample to induction: states in a row that are as they should be, and a step to one that is not. Whether
/// the first can be reached is not known.
struct NotInductive {
    std::string property;
    std::vector<std::string> start;  // "turn == 1": where the first state differs from the initial one
    std::vector<TraceStep> steps;
};

/// A question that was answered with no; a proof rests on all of its obligations, and a certificate consists of them.
struct Obligation {
    std::string name;  // "lemmas-base": of the certificate's file, too
    std::string says;  // "every step of one preserves lemmas ..."
    double seconds = 0;
};

/// What property-directed reachability has come to.
struct ReachabilityAttempt {
    bool is_proved = false;
    std::vector<std::string> invariant;  // what holds beside the lemmas, as these are written
    unsigned frames = 0;
    std::size_t questions = 0;
    double seconds = 0;
};

/// What has come to the verdict.
enum class Engine : std::uint8_t { none, induction, reachability, counting, bounded_search, exploration };

struct Proof {
    Engine engine = Engine::none;
    bool is_for_every_n = false;  // it was to be for every number of CPUs
    unsigned bound = 0;           // bounded search: there is no violation within so many steps
    std::vector<ProvedProperty> properties;
    std::vector<std::string> lemmas;          // proved, in C's syntax but for where processes stand
    std::size_t candidates = 0;               // facts that were mined
    std::size_t sampled_states = 0;           // from so many states
    std::vector<std::uint32_t> sampled_cpus;  // of so many CPUs
    unsigned lemma_rounds = 0;
    double lemma_seconds = 0, search_seconds = 0;
    std::size_t terms = 0;  // size of the formulas
    std::vector<NotInductive> not_inductive;
    std::vector<Obligation> obligations;              // those that were discharged
    std::optional<ReachabilityAttempt> reachability;  // where it was tried
    std::string solver;                               // "Z3 4.8.12"
    std::vector<std::string> not_covered;             // what was not asked
    std::string family;       // of a proof for every number of CPUs: what was learnt, and from which
    std::string certificate;  // the folder; empty: none
};

}  // namespace lockstep
