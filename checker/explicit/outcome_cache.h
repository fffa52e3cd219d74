// The steps of the present state, without making again those that come out as they did before.
//
// What a process can do depends on the few words of the state that it looks at: whether it runs, where it stands, its
// own variables, what it waits for. States that the search expands one after the other differ in few words. So each
// process's outcomes (what its steps write) are kept together with the words that were read to find them, and hold
// good until a state is loaded in which one of these words differs. Steps that trap or report are always made anew,
// and so are the clock's, which depend on everybody.
//
// An invariant is kept the same way: a step that writes none of the words that it reads leaves it as it was.
#pragma once

#include "semantics/stepper.h"

#include <cstdint>
#include <vector>

namespace lockstep::explicit_engine {

class OutcomeCache {
public:
    OutcomeCache(Stepper& stepper, const Layout& layout);

    /// A state has been loaded in which this word differs.
    void word_changed(std::uint32_t word);
    /// A state has been loaded that has nothing to do with the one before.
    void all_changed();

    /// As Stepper::all_steps, on the state that has been loaded.
    bool all_steps(const Stepper::Visitor& visit);

    /// Whether a step from the state that has been loaded may change what invariant number i says (during its visit).
    bool may_change_invariant(std::size_t i, const StepView& step) const;

private:
    struct Write {
        std::uint32_t cell;
        bool changes;  // in the state in which it was found
        std::int64_t value;
    };
    struct Way {
        std::size_t writes_end;
        bool made_progress;
    };
    /// Of a process, or behind those of all processes, of an invariant.
    struct Outcome {
        bool is_known = false;
        std::vector<std::uint32_t> words;  // that were read
        std::vector<Way> ways;
        std::vector<Write> writes;  // of all ways, one after the other
    };
    static constexpr std::size_t most_ways = 16;

    Stepper& stepper;
    const Layout& layout;
    std::vector<Outcome> outcomes;
    std::size_t first_invariant;
    std::size_t blocks;                  // of 64 outcomes
    std::vector<std::uint64_t> readers;  // by word and block: whose outcome depends on it
    std::vector<std::uint32_t> seen;     // by cell, for keep()
    std::uint32_t epoch = 0;

    void forget(std::size_t outcome);
    void begin_reading(Outcome& outcome);
    void end_reading(std::size_t number);
    bool repeat(ProcessId p, const Outcome& outcome, const Stepper::Visitor& visit);
    bool learn(ProcessId p, const Stepper::Visitor& visit);
    void keep(Outcome& outcome, const StepView& view);
    void drop_idle_writes(std::size_t number);
    [[nodiscard]] bool depends_on(std::size_t number, std::uint32_t word) const;
};

}  // namespace lockstep::explicit_engine
