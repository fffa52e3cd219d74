// A Program, a stepper and a store joined together: states by number, and the steps between them. Each thread has a
// space of its own; those that share a store see the same states.
//
// With a symmetry of CPUs the states are canonical ones (canonical_states.h): the present state is always one, and a
// successor is inserted as what it is up to renaming.
#pragma once

#include "explicit/canonical_states.h"
#include "explicit/outcome_cache.h"
#include "explicit/packed_changes.h"
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
    /// With a store of its own. No symmetry, or one without classes: states are as they are.
    explicit StateSpace(const Program& program, Rendezvous* rendezvous = nullptr,
                        const symmetry::CpuSymmetry* symmetry = nullptr);
    /// The same for the Program of a stepper, which outlives it and whose code is used.
    explicit StateSpace(const Stepper& like, const symmetry::CpuSymmetry* symmetry);
    /// With the same store as `other`, at the same state, for another thread.
    explicit StateSpace(const StateSpace& other);
    StateSpace& operator=(const StateSpace&) = delete;

private:
    std::shared_ptr<const Layout> shared_layout;  // none: the layout is a stepper's
    std::shared_ptr<StateStore> shared_store;

public:
    const Layout& layout;
    Stepper stepper;

private:
    std::unique_ptr<CanonicalStates> canonical;

public:
    StateStore& store;
    StateCursor cursor;

    [[nodiscard]] bool is_symmetric() const { return canonical != nullptr; }

    /// Processes whose steps from the present state are enough, as far as symmetry goes; clocks last.
    std::span<const ProcessId> movers() { return canonical ? canonical->movers() : stepper.processes(); }

    /// As Stepper::steps_of for each of these processes, from the present state.
    bool steps_of(std::span<const ProcessId> processes, const Stepper::Visitor& visit);
    /// The same, also after come_to(); steps of which no more is to be told may come as plain(changed words).
    template <typename Plain>
    bool steps_of(std::span<const ProcessId> processes, Plain plain, const Stepper::Visitor& visit)
    {
        return canonical ? steps_of(processes, visit) : outcomes.steps_of(processes, plain, visit);
    }

    /// Whether a step from the present state may change what invariant number i says (during its visit).
    [[nodiscard]] bool may_change_invariant(std::size_t i, const StepView& step) const
    {
        return canonical || outcomes.may_change_invariant(i, step);
    }

    /// Inserts a state that is given as a whole, and makes it the present one.
    StateCursor::Inserted insert(std::span<const std::int64_t> cells);

    /// Makes a state the present one: the stepper's cells, and the cursor.
    void load(std::uint32_t state);
    /// The same, but the stepper's cells may not be there before bring_cells().
    void come_to(std::uint32_t state);
    void bring_cells()
    {
        if (!canonical) outcomes.bring_cells();
    }

    /// Inserts the state that a step has led to (during its visit). The present state stays.
    StateCursor::Inserted insert_successor(const StepView& step);

    /// The same in two steps (see StateCursor); nothing if the step leads back to the present state.
    std::optional<StateCursor::Root> prepare_successor(const StepView& step);

    /// The number of a concrete state, which is inserted if it is new. The present state stays.
    std::uint32_t number_of(std::vector<std::int64_t>& cells);

    /// See CanonicalStates.
    std::vector<std::uint32_t> alike(const std::vector<std::int64_t>& cells) { return canonical->alike(cells); }

    /// How much memory the store takes, and what it takes to grow.
    [[nodiscard]] std::size_t bytes() const { return store.bytes() + (canonical ? canonical->bytes() : 0); }
    [[nodiscard]] std::size_t bytes_to_grow() const
    {
        return store.bytes_to_grow() + (canonical ? canonical->bytes_to_grow() : 0);
    }
    [[nodiscard]] bool is_full() const { return store.is_full() || (canonical && canonical->is_full()); }

    /// See StateCursor::shape().
    void shape();

    /// For checkpoints: all states. They are restored into a space that has none, which then has to insert one first.
    void save(CheckpointWriter& out) const;
    void restore(CheckpointReader& in);

private:
    OutcomeCache outcomes;  // for the steps of the present state; not used with symmetry
    std::uint32_t present = 0;
    std::vector<std::uint32_t> changed_words;
    PackedChanges packed_changes;
};

}  // namespace lockstep::explicit_engine
