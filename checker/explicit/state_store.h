// The set of states found so far: exact, compressed, each state numbered in the order in which it came.
//
// A packed state (a row of 32-bit words) is the bottom row of a binary tree. Each inner node is the number of the
// pair of its two children in one table that all levels share; the root's pair stands in a table of its own, whose
// numbers are the states'. States that differ in few words share nearly all nodes, so that a state costs little more
// than its root: 8 bytes and its share of the index.
// (A. Laarman, J. van de Pol, M. Weber: Parallel Recursive State Compression for Free, SPIN 2011. We number roots
// densely instead of using table positions, which makes parents, depths and components plain arrays.)
//
// The store keeps a cursor: the tree of the state that was loaded last. A successor is inserted by telling which words
// differ, and costs one look-up for each node above them; loading another state visits only the nodes in which it
// differs from the cursor.
#pragma once

#include "explicit/pair_table.h"

#include <cstdint>
#include <span>
#include <vector>

namespace lockstep::explicit_engine {

class StateStore {
public:
    explicit StateStore(std::uint32_t word_count);

    struct Inserted {
        std::uint32_t state;
        bool is_new;
    };

    /// The words of the state under the cursor.
    [[nodiscard]] const std::uint32_t* words() const { return nodes.data(); }

    /// Makes `words` the state under the cursor and inserts it.
    Inserted insert(std::span<const std::uint32_t> words);

    /// Inserts the state that differs from the one under the cursor in these words (each once, in ascending order);
    /// the cursor stays.
    struct Change {
        std::uint32_t word;
        std::uint32_t value;
    };
    Inserted insert_successor(std::span<const Change> changes);

    /// Moves the cursor to a state; `changed` receives the words in which it differs from where the cursor was.
    void load(std::uint32_t state, std::vector<std::uint32_t>& changed);

    [[nodiscard]] std::size_t size() const { return roots.size(); }
    [[nodiscard]] std::size_t bytes() const { return roots.bytes() + inner.bytes(); }
    [[nodiscard]] std::size_t bytes_to_grow() const { return std::max(roots.bytes_to_grow(), inner.bytes_to_grow()); }
    [[nodiscard]] bool is_full() const { return roots.is_full() || inner.is_full(); }

private:
    // Level 0 holds the words; each level above holds one node for every two of the level below, and an odd last one
    // is handed up as it is. The top level has two entries (the second 0 if there is but one word).
    std::vector<std::uint32_t> level_start, level_size;
    std::vector<std::uint32_t> nodes;  // all levels, one after the other
    PairTable inner, roots;
    struct Undo {
        std::uint32_t node;
        std::uint32_t value;
    };
    std::vector<Undo> undo;
    std::vector<std::uint32_t> dirty;

    Inserted insert_root();
    void descend(std::size_t level, std::uint32_t position, std::uint32_t value, std::vector<std::uint32_t>& changed);
};

}  // namespace lockstep::explicit_engine
