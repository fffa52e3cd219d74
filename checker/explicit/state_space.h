// A Program, a stepper and a store joined together: states by number, and the steps between them.
#pragma once

#include "explicit/outcome_cache.h"
#include "explicit/state_store.h"
#include "semantics/layout.h"
#include "semantics/stepper.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace lockstep::explicit_engine {

class StateSpace {
public:
    explicit StateSpace(const Program& program);

    Layout layout;
    Stepper stepper;
    StateStore store;
    OutcomeCache outcomes;  // for the steps of the present state

    /// Inserts a state that is given as a whole.
    StateStore::Inserted insert(std::span<const std::int64_t> cells);

    /// Makes a state the present one: the stepper's cells, and the store's cursor.
    void load(std::uint32_t state);

    /// Inserts the state that a step has led to (during its visit). The present state stays.
    StateStore::Inserted insert_successor(const StepView& step);

    /// The same in two steps (see StateStore); nothing if the step leads back to the present state.
    std::optional<StateStore::Root> prepare_successor(const StepView& step);

    /// The moves of a step from one state to another.
    Step find_step(std::uint32_t from, std::uint32_t to);

private:
    std::uint32_t present = 0;
    std::vector<std::uint32_t> changed_words;
    std::vector<StateStore::Change> changes;
    std::vector<std::uint32_t> word_epoch;
    std::uint32_t epoch = 0;

    void note_word(std::uint32_t word);
};

}  // namespace lockstep::explicit_engine
