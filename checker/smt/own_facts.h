// Facts about numbers that CPUs have of their own, their tickets: of each CPU in a local state, or of any two CPUs.
//
// Whoever waits has a ticket between `owner` and `next`; while somebody else is inside, it is greater than `owner`; no
// two have the same. Each such fact compares one CPU's number with a shared one, with N, with a constant or with
// another CPU's. Members of the family propose them. That a step preserves one is a question about three CPUs at most:
// those two and the one that makes the step. So it is decided for every N.
//
// Numbers that all differ and lie between two bounds are no more than the bounds allow. Counting them is what shows
// that somebody's turn has come (pigeonhole()).
#pragma once

#include "smt/counting_system.h"

#include <optional>
#include <string>
#include <vector>

namespace lockstep::smt {

struct OwnFact {
    std::size_t control = 0, local = 0;
    std::optional<std::size_t> other;  // some CPU besides is in this local state; none: whoever else is where
    std::size_t number = 0;            // of the CPU in `local`
    enum class Against : std::uint8_t { constant, cpus, shared, others } against = Against::constant;
    std::size_t index = 0;  // the shared number, or the other CPU's own
    enum class Relation : std::uint8_t { at_least, at_most, differs } relation = Relation::at_least;
    std::int64_t offset = 0;  // is added to what it is compared with
};

std::vector<OwnFact> mine_own_facts(const CountingSystem& system);
std::string to_text(const OwnFact& fact, const CountingSystem& system);

/// What the fact says where the CPU has the numbers `own` and the other one `others`.
Term to_term(const OwnFact& fact, CountingSystem& system, const std::vector<Term>& own, const std::vector<Term>& others,
             const std::vector<Term>& numbers);

/// What follows from counting: numbers that all differ and lie between two bounds are no more than the bounds allow. Of
/// states in which nobody goes on; `own_moves` says by local state whether a CPU there that has the mover's numbers
/// does. The facts are all those that hold in the control state.
std::vector<Term> pigeonhole(CountingSystem& system, const std::vector<OwnFact>& facts,
                             const std::vector<Term>& own_moves);

}  // namespace lockstep::smt
