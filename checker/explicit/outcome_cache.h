// The steps of the present state, without making again those that come out as they did before.
//
// What a process can do depends on the few words of the state that it looks at: whether it runs, where it stands, its
// own variables, what it waits for. So each process's outcomes (what its steps write) are kept together with the words
// that were read to find them, and hold good wherever these have the same values. States that the search expands one
// after the other differ in few words: the outcome used last holds good until a state is loaded in which one of its
// words differs, and then one of those kept from before often fits. Steps that trap or report are always made anew.
//
// Where a process's outcome is seldom found, looking for it costs more than native code that makes its steps: such a
// process is left alone.
//
// An invariant is kept the same way: a step that writes none of the words that it reads leaves it as it was.
#pragma once

#include "semantics/layout.h"
#include "semantics/stepper.h"

#include <cstdint>
#include <span>
#include <vector>

namespace lockstep::explicit_engine {

class OutcomeCache {
public:
    /// `words` are always those of the state that has been loaded.
    OutcomeCache(Stepper& stepper, const Layout& layout, const std::uint32_t* words);

    /// A state has been loaded in which this word differs.
    void word_changed(std::uint32_t word);
    /// A state has been loaded that has nothing to do with the one before.
    void all_changed();

    /// As Stepper::steps_of for each of these processes, on the state that has been loaded.
    bool steps_of(std::span<const ProcessId> processes, const Stepper::Visitor& visit);

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
    struct Read {
        std::uint32_t word;
        std::uint32_t value;
    };
    struct Outcome {
        std::vector<Read> reads;  // none: nothing is kept here
        std::vector<Way> ways;
        std::vector<Write> writes;  // of all ways, one after the other
    };
    /// Outcomes that were found before: some for each place, which goes by where the process stands.
    static constexpr std::size_t places_log = 4, outcomes_per_place = 4;
    static constexpr std::size_t kept_outcomes = outcomes_per_place << places_log;
    static constexpr std::size_t most_ways = 16;
    /// A process whose outcome is found too rarely is left alone for some time. What is made again costs some three
    /// times as much in the interpreter as in native code.
    struct Usage {
        std::int32_t states_left = tried_states;
        std::uint32_t found = 0;
        bool is_bypassed = false;
    };
    static constexpr std::int32_t tried_states = 1 << 12, bypassed_states = 1 << 17;
    static constexpr std::uint32_t paying = 50, paying_native = 90;  // percent

    Stepper& stepper;
    const Layout& layout;
    const std::uint32_t* words;
    // A number stands for a process, or, behind those of all processes, for an invariant.
    std::size_t first_invariant, count;
    std::vector<Outcome> outcomes;               // by number and place
    std::vector<Outcome*> current;               // by number: what holds good in the present state; none: not known
    std::vector<Usage> usage;                    // by number
    std::size_t blocks;                          // of 64 numbers
    std::vector<std::uint64_t> readers;          // by word and block: whose current outcome depends on it
    std::vector<std::uint64_t> seen, word_seen;  // by cell, for keep(), and by word, for end_reading(): in which epoch
    std::uint64_t epoch = 0;
    std::uint32_t next_replaced = 0;

    bool is_bypassed(std::size_t number);
    void forget(std::size_t number);
    void use(std::size_t number, Outcome& outcome);
    std::span<Outcome> place_of(std::size_t number);
    Outcome& replace(std::size_t number);
    Outcome* find(std::size_t number);
    void begin_reading(Outcome& outcome);
    void end_reading(Outcome& outcome);
    bool repeat(ProcessId p, const Outcome& outcome, const Stepper::Visitor& visit);
    bool learn(ProcessId p, const Stepper::Visitor& visit);
    void learn_invariant(std::size_t i);
    void keep(Outcome& outcome, const StepView& view);
    void drop_idle_writes(std::size_t number, Outcome& outcome);
    [[nodiscard]] bool depends_on(std::size_t number, std::uint32_t word) const;
};

}  // namespace lockstep::explicit_engine
