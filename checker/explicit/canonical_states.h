// States up to a renaming of interchangeable CPUs: of all states that a permutation of CPUs within their classes makes
// of one another, one is stored, its *canonical* state. (C. Ip, D. Dill: Better Verification Through Symmetry, 1996; E.
// Clarke, R. Enders, T. Filkorn, S. Jha: Exploiting Symmetry in Temporal Logic Model Checking, 1996.)
//
// A canonical state is stored as its shared words and, for each slot, the number of what is in the block there
// (block_layout.h, block_table.h). The blocks of a class are in the order of their contents. So a step that changes one
// block changes few words: the block's number goes from one run of equal numbers to another, and each run between the
// two gives one place to its neighbour. Evaluator, stepper and native code know nothing of this: they work on the
// concrete state in which slot s has the s-th block.
//
// Where something shared names slots (block_layout.h), these come in the order of what names them, after the order of
// their contents, and the names are changed to fit. Where blocks name others, what a block holds depends on where the
// others are; then each slot gets a colour, and the order is that of the colours (colour_refinement.h).
//
// Sound: every state is stored as one that a permutation makes of it, whatever the order that was chosen; where
// the choice depended on an arbitrary one, or hashes were equal by chance, states remain two that could be one. What
// holds of a state holds of all its renamings, since permutations within the classes are automorphisms of the Program.
// But who does something is renamed on the way: a graph of canonical states does not say of one CPU whether it gets on.
// See symmetric_liveness.h for that, and findings.cpp for paths.
//
// CPUs whose blocks are equal, and named by the same, make the same steps up to renaming: those of the first of them
// are enough (`movers`). Stubborn sets may be used as well: what a permutation makes of a stubborn set of a state is
// one of the state that it makes of that. (E. Emerson, S. Jha, D. Peled: Combining Partial Order and Symmetry
// Reductions, TACAS 1997.)
//
// Tests: engine/canonical_states_test.cpp, against orbits found by trying all permutations.
#pragma once

#include "explicit/block_layout.h"
#include "explicit/block_table.h"
#include "explicit/state_store.h"
#include "semantics/stepper.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace lockstep::explicit_engine {

class CanonicalStates {
public:
    CanonicalStates(const Stepper& stepper, const Layout& layout, const symmetry::CpuSymmetry& symmetry,
                    Rendezvous* rendezvous);
    /// The same for another thread, at the same state.
    CanonicalStates(const CanonicalStates& other) = default;
    CanonicalStates& operator=(const CanonicalStates&) = delete;

    /// Of a stored state.
    [[nodiscard]] std::uint32_t words() const { return blocks->shared.words + blocks->slots(); }
    /// Of each word; a slot's is a number.
    [[nodiscard]] std::vector<std::uint8_t> bits_in_use() const
    {
        std::vector<std::uint8_t> bits = lockstep::bits_in_use(blocks->shared);
        bits.resize(words(), 32);
        return bits;
    }

    /// What is stored of a concrete state. The present state stays.
    std::span<const std::uint32_t> words_of(std::vector<std::int64_t>& cells);

    /// By slot: the first one whose CPU is like its own in a concrete state, so that they can change places.
    std::vector<std::uint32_t> alike(const std::vector<std::int64_t>& cells);

    /// A stored state becomes the present one: `changed` are the words in which it differs from the one before.
    void load(std::span<const std::uint32_t> changed, const std::uint32_t* words, std::vector<std::int64_t>& cells);

    /// The words in which what is stored of a step's successor differs from the present state's; cells and writes are
    /// the evaluator's during the visit.
    std::span<const StateCursor::Change> changes(Evaluator& evaluator, std::size_t first_write);

    /// The processes whose steps are enough in the present state, clocks last.
    std::span<const ProcessId> movers();

    [[nodiscard]] std::size_t bytes() const;
    [[nodiscard]] std::size_t bytes_to_grow() const;
    [[nodiscard]] bool is_full() const;
    /// See StateCursor::shape().
    void shape();
    /// The blocks that are numbered; a checkpoint's are restored before any state is looked at.
    void save(CheckpointWriter& out) const;
    void restore(CheckpointReader& in);

private:
    /// What is in a slot. Blocks of a class are ordered by `key`, and by number where keys are equal by chance.
    struct Entry {
        std::uint64_t key = 0;
        std::uint32_t number = UINT32_MAX;
        bool names_others = false;
        friend bool operator==(const Entry& a, const Entry& b) { return a.number == b.number; }
        friend bool operator<(const Entry& a, const Entry& b)
        {
            return a.key != b.key ? a.key < b.key : a.number < b.number;
        }
    };
    /// What names slots from outside the blocks.
    struct Names {
        std::vector<std::pair<std::uint32_t, CellKind>> cells;
        std::vector<std::uint64_t> signature;  // by slot: a hash of what names it, in order; 0: nothing
        std::vector<std::uint32_t> named;      // slots whose signature is not 0
    };
    std::shared_ptr<const BlockLayout> blocks;
    std::vector<BlockTable> tables;              // by class
    std::vector<std::vector<ProcessId>> moving;  // by slot
    std::vector<ProcessId> shared_movers, clocks;
    std::vector<bool> word_matters_to_names;  // by shared word

    // The present state.
    std::vector<std::uint32_t> present;  // its words
    std::vector<Entry> row;              // by slot
    std::uint32_t naming_blocks = 0;     // slots whose block names others
    Names names;

    // For a successor.
    Names next_names;
    std::vector<Entry> next;                          // by slot: its block after the step, before it moves
    std::vector<std::uint32_t> dirty;                 // slots with a cell that has changed
    std::vector<std::vector<std::uint32_t>> changed;  // by slot: indices of these cells
    std::vector<std::uint32_t> changed_shared;        // words
    std::vector<StateCursor::Change> result;
    std::vector<Entry> ordered;           // `row`, but while a successor's is made
    std::vector<std::uint32_t> touched;   // where it differs
    std::vector<std::uint32_t> moves_to;  // by slot
    std::vector<std::int64_t> values;
    std::vector<std::uint32_t> changed_indices;
    std::vector<std::uint32_t> cell_epoch, word_epoch;
    std::uint32_t epoch = 0;
    std::vector<std::uint32_t> stored;
    std::vector<ProcessId> chosen;
    std::vector<bool> is_named_by_block;

    [[nodiscard]] BlockTable& table_of(std::uint32_t slot) { return tables[blocks->class_of[slot]]; }
    Entry entry(std::uint32_t slot, std::uint32_t number);
    void place(std::uint32_t slot, std::uint32_t number, std::vector<std::int64_t>& cells);
    std::vector<bool> named_by_blocks(const std::vector<Entry>& entries, const std::vector<std::int64_t>& cells);
    void read_all(const std::vector<std::int64_t>& cells);
    void find_names(const std::vector<std::int64_t>& cells, Names& found) const;
    void note_shared_word(std::uint32_t word);
    bool note_changes(const Evaluator& evaluator, std::size_t first_write);
    std::uint32_t changed_block(std::uint32_t slot, const std::vector<std::int64_t>& cells);
    template <typename Rename>
    void read_block(std::uint32_t slot, const std::vector<std::int64_t>& cells, Rename rename);
    void replace(std::uint32_t slot);
    void order(const std::vector<std::int64_t>& cells, const Names& by_shared, bool blocks_name_others);
    std::vector<std::uint64_t> colours(const std::vector<std::int64_t>& cells, const Names& by_shared);
    std::uint32_t number_moved(std::uint32_t slot, const std::vector<std::int64_t>& cells);
    template <typename Use>
    void with_renamed_shared(std::vector<std::int64_t>& cells, const Names& by_shared, Use use);
};

}  // namespace lockstep::explicit_engine
