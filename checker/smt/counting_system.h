// A family of Programs, one for each number of CPUs N, as one system of counters with N as a parameter.
//
// It is put together from members of the family (counting_instance.h) that have all been explored: for each control and
// local state the rules have to be the same in every member in which the pair was met, and each constant in them the
// same or an affine function of N. So rules are terms over integers: N, the number of CPUs in each local state, the
// shared numbers, and those that the CPU has which makes the step. That the members that were not explored follow the
// same rules is assumed; check/family_code.h looks whether they are the same code.
//
// What bit-vectors do and integers do not, wrap around, is excluded by side conditions, to be proved with the rest.
#pragma once

#include "smt/counting_instance.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace lockstep::smt {

struct CountingSystem {
    Terms terms;  // of integers
    Term cpus;    // N
    std::vector<Signature> controls, locals;
    std::vector<std::string> numbers, own_numbers;
    std::vector<Term> counts;                // by local state
    std::vector<Term> number_values;         // by number
    std::vector<Term> mover_values;          // by own number: of the CPU that makes the step
    std::vector<std::vector<bool>> has_own;  // by local state and own number: whether a CPU there has one
    std::vector<std::vector<bool>> is_in;    // by local state and set of CPUs: whether a CPU there is in it
    Term counted;                            // N less the distinguished CPUs: the sum of the counts

    struct Rule {
        std::size_t control = 0;
        std::optional<std::size_t> local;  // none: of a distinguished CPU
        Term condition;                    // besides that the CPU is in the local state
        Term sides;                        // nothing wraps around
        bool fails = false;
        std::optional<std::size_t> to_control, to_local;  // none: a state that was never met
        std::vector<Term> to_numbers;
        std::vector<Term> to_own;  // invalid: the CPU has no such number then
        std::string place;
    };
    std::vector<Rule> rules;
    std::vector<std::vector<bool>> is_met;    // by control and local state
    std::vector<std::vector<bool>> has_duty;  // the same
    std::vector<bool> control_has_duty;       // a distinguished CPU has
    struct Broken {
        std::size_t control = 0, invariant = 0;
        std::optional<std::size_t> local;  // some CPU is in it
        Term condition;
        Term sides;
    };
    std::vector<Broken> broken;
    std::vector<std::string> invariants;

    /// Where every member begins: all counted CPUs in one local state.
    struct Start {
        std::size_t control = 0, local = 0;
        std::vector<Term> numbers;
        std::vector<Term> own;  // the same for all counted CPUs; invalid: they have none
    };
    std::vector<Start> starts;

    /// What was visited, for mining.
    struct Visited {
        std::size_t control = 0;
        std::int64_t cpus = 0;
        std::vector<std::int64_t> counts, numbers;
        /// By CPU, where they have numbers of their own: its local state and these; in rising order.
        std::vector<std::pair<std::size_t, std::vector<std::int64_t>>> own;
        auto operator<=>(const Visited&) const = default;
    };
    std::vector<Visited> visited;
    std::vector<std::uint32_t> sizes;  // the members' numbers of CPUs

    [[nodiscard]] std::string control_text(std::size_t control) const;
    [[nodiscard]] std::string local_text(std::size_t local) const;
};

/// `programs` are at least three members, with rising numbers of CPUs, each with two interchangeable CPUs or more.
/// `progress` is told what is being done, and may throw to end it.
std::unique_ptr<CountingSystem> make_counting_system(const std::vector<const Program*>& programs,
                                                     std::size_t most_states,
                                                     const std::function<void(const std::string&)>& progress = {});

}  // namespace lockstep::smt
