// A Program, a stepper and a store joined together: states by number, and the steps between them. Each thread has a
// space of its own; those that share a store see the same states.
#pragma once

#include "explicit/outcome_cache.h"
#include "explicit/state_store.h"
#include "semantics/layout.h"
#include "semantics/stepper.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace lockstep::explicit_engine {

class StateSpace {
public:
    /// With a store of its own.
    explicit StateSpace(const Program& program, Rendezvous* rendezvous = nullptr);
    /// With the same store as `other`, at the same state, for another thread.
    explicit StateSpace(const StateSpace& other);
    StateSpace& operator=(const StateSpace&) = delete;

private:
    std::shared_ptr<const Layout> shared_layout;
    std::shared_ptr<StateStore> shared_store;

public:
    const Layout& layout;
    StateStore& store;
    Stepper stepper;
    StateCursor cursor;
    OutcomeCache outcomes;  // for the steps of the present state

    /// Inserts a state that is given as a whole.
    StateCursor::Inserted insert(std::span<const std::int64_t> cells);

    /// Makes a state the present one: the stepper's cells, and the cursor.
    void load(std::uint32_t state);

    /// Inserts the state that a step has led to (during its visit). The present state stays.
    StateCursor::Inserted insert_successor(const StepView& step);

    /// The same in two steps (see StateCursor); nothing if the step leads back to the present state.
    std::optional<StateCursor::Root> prepare_successor(const StepView& step);

    /// The moves of a step from one state to another.
    Step find_step(std::uint32_t from, std::uint32_t to);

private:
    std::uint32_t present = 0;
    std::vector<std::uint32_t> changed_words;
    std::vector<StateCursor::Change> changes;
    std::vector<std::uint32_t> word_epoch;
    std::uint32_t epoch = 0;

    void note_word(std::uint32_t word);
};

}  // namespace lockstep::explicit_engine
