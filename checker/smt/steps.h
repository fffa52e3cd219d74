// Whole steps of a process as formulas.
//
// A step is one transition and all that follow at pass-through locations (semantics/stepper.h). From a state of terms
// every way of going is followed at once, location by location in the order in which control flows forwards: what
// arrives at a location on several ways is joined there into one state whose cells are if-then-else, so that a step
// costs as much as the code that it may run through, not as much as there are ways through it. Loops are followed round
// and round; as their counters are constants in nearly all cases, the condition of one round too many is false.
//
// Where the Program leaves a choice (two guards may be true, a Choice), the ways are kept apart: each has an end of its
// own. So nothing has to be said for all choices in a formula: "the process is blocked" is that no end's condition
// holds.
#pragma once

#include "smt/effects.h"

#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace lockstep::smt {

/// It cannot be said in a formula of bearable size.
class NotEncoded : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// One outcome of a step, for one way through its choices.
struct StepEnd {
    enum class Kind : std::uint8_t { moved, stopped, trapped } kind = Kind::moved;
    Term condition;       // over the state before it
    SymbolicState state;  // after it; only where it moved
    std::vector<std::pair<const Report*, Term>> reports = {};
    Term made_progress = {};
};

struct Steps {
    std::vector<StepEnd> ends;
    Term left_out;   // under which condition an ls_assume leaves out a way
    Term possible;   // some end's condition holds
    Term uncertain;  // whether they are possible is not known, see successors.h; false for all but the clock
};

class StepEncoder {
public:
    StepEncoder(Expressions& the_expressions);

    /// Every step of a process that runs. Of the clock: as if everybody were settled.
    Steps steps(const SymbolicState& state, ProcessId p);

    /// The same without asking whether it is running: an invariant's automaton.
    Steps run(const SymbolicState& state, ProcessId p, Term condition);

    /// Whether a condition can hold at all, as far as whoever asks for steps knows; asked where a loop is gone round
    /// more often than `rounds_unasked` times, for which there is no bound but in what the state is like (a list's
    /// end).
    std::function<bool(Term)> is_possible = [](Term) { return true; };
    static constexpr unsigned rounds_unasked = 2;
    /// Called while a step is encoded, which may take long; may throw NotEncoded.
    std::function<void()> keep_going = [] {};

    /// What cannot be encoded ends in NotEncoded: more ends, or more transitions in one step, than this.
    static constexpr std::size_t most_ends = 2000, most_transitions = 200000;
    /// Rounds of a loop within one step whose condition is no constant.
    static constexpr unsigned most_rounds = 70;

    Expressions& expressions;
    Effects effects;
    StateTerms& states;
    Terms& terms;

private:
    const Program& program;
    const Layout& layout;
    IdVector<AutomatonId, IdVector<LocationId, std::uint32_t>> order;  // reverse postorder

    /// What has come to a location by one way through the choices.
    struct Arrival {
        Term condition;
        SymbolicState state;
        std::vector<std::pair<const Report*, Term>> reports;
        Term made_progress;
    };
    /// By the location's place in the order, so that the next one is the first; then by the choices made.
    using Key = std::pair<std::uint32_t, std::uint32_t>;
    struct Walk {
        ProcessId process;
        Steps found;
        std::map<Key, Arrival> arrivals;
        std::map<Key, unsigned> rounds;
        std::uint32_t choices = 1;
        std::size_t transitions = 0;
    };

    void leave(Walk& walk, LocationId at, std::uint32_t choice, const Arrival& from);
    void take(Walk& walk, const Transition& transition, std::uint32_t choice, const Arrival& from,
              std::optional<std::int64_t> chosen);
    void arrive(Walk& walk, LocationId at, std::uint32_t choice, Arrival&& arrival);
    void end(Walk& walk, StepEnd&& end);
    void finish(Walk& walk);
    [[nodiscard]] const Automaton& automaton(ProcessId p) const
    {
        return program.automata[program.processes[p].automaton];
    }
    [[noreturn]] void give_up(ProcessId p, LocationId at, const std::string& why) const;
    void add_order(const Automaton& automaton);
};

}  // namespace lockstep::smt
