// The set of states found so far: exact, compressed, each state with a number.
//
// A packed state (a row of 32-bit words) is the bottom row of a binary tree. Each inner node is the number of the
// pair of its two children in one table that all inner nodes share; the root's pair stands in a table of its own, whose
// numbers are the states'. States that differ in few words share nearly all nodes, so that a state costs little more
// than its root: two short numbers and its share of the index.
// (A. Laarman, J. van de Pol, M. Weber: Parallel Recursive State Compression for Free, SPIN 2011. We number roots
// densely instead of using table positions, which makes edges and components plain arrays.)
//
// A node whose children together have few enough bits needs no number: both stand in it, side by side. Below the root
// they have to be fewer, since numbers are shorter where not all values occur, and the root's pairs are the many ones.
//
// A new state costs one look-up for each numbered node above a word that changed, so that words that change often
// should lie near the root. Which do is known after the first few thousand states: then (at the next load) the tree is
// made anew, words that never changed on one side, the rest divided again and again where the changes counted so far
// balance (R. Fano: The Transmission of Information, 1949), and the states are inserted again, in their order. Until
// then one cursor alone may use the store.
//
// A thread uses the store through a cursor: the tree of the state that it loaded last. A successor is inserted by
// telling which words differ; loading another state visits only the nodes in which it differs from the cursor.
// All of a cursor's inserts are safe points of the rendezvous (rendezvous.h).
#pragma once

#include "explicit/pair_table.h"

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace lockstep::explicit_engine {

class StateStore {
public:
    /// For states of words of which so many bits, from the lowest on, are in use. No rendezvous: for one thread.
    explicit StateStore(std::vector<std::uint8_t> bits_in_use, Rendezvous* rendezvous = nullptr);

    /// How many states there are; exact while no thread inserts.
    [[nodiscard]] std::uint32_t size() const { return roots.size(); }
    /// All states' numbers are below. Where several threads insert there may be gaps.
    [[nodiscard]] std::uint32_t end() const { return roots.end(); }
    [[nodiscard]] std::size_t bytes() const { return roots.bytes() + inner.bytes(); }
    [[nodiscard]] std::size_t bytes_to_grow() const { return roots.bytes_to_grow() + inner.bytes_to_grow(); }
    /// While no thread inserts. StateCursor::restore() is the other direction.
    void save(CheckpointWriter& out) const;
    [[nodiscard]] bool is_full() const { return roots.is_full() || inner.is_full(); }

private:
    friend class StateCursor;
    static constexpr std::uint32_t states_before_shaping = 4096;
    static constexpr unsigned most_bits = 32, most_bits_below_root = 20, number_bits = 31;

    struct Node {
        std::uint32_t left, right;
        bool is_numbered;
        std::uint8_t left_bits;  // where the right child stands, if not

        [[nodiscard]] std::uint32_t joined(std::uint64_t left_value, std::uint64_t right_value) const
        {
            return static_cast<std::uint32_t>(left_value | right_value << left_bits);
        }
        [[nodiscard]] std::pair<std::uint32_t, std::uint32_t> divided(std::uint64_t value) const
        {
            return {static_cast<std::uint32_t>(value & ((std::uint64_t{1} << left_bits) - 1)),
                    static_cast<std::uint32_t>(value >> left_bits)};
        }
    };
    std::vector<std::uint8_t> word_bits;
    std::uint32_t word_count;
    std::vector<Node> inner_nodes;            // node number word_count + i; children before parents, the root last
    std::vector<std::uint32_t> parent;        // by node number; words are the first ones
    std::vector<std::uint64_t> change_count;  // by word, until the tree has its final shape
    bool shaped = false;
    PairTable inner, roots;

    [[nodiscard]] std::uint32_t root() const { return static_cast<std::uint32_t>(parent.size() - 1); }
    [[nodiscard]] const Node& children(std::uint32_t node) const { return inner_nodes[node - word_count]; }
    struct Row {
        std::vector<std::uint32_t> words;  // from left to right
        std::vector<std::uint64_t> sums;   // of the changes in the words before
    };
    struct Part {
        std::uint32_t node;
        unsigned bits;
    };
    Part divide(const Row& row, std::uint32_t first, std::uint32_t end, unsigned limit);
    void make_tree();
};

class StateCursor {
public:
    /// The first one has to insert a state before all else.
    explicit StateCursor(StateStore& store);
    /// Another one, at the same state.
    StateCursor(const StateCursor& other);
    StateCursor& operator=(const StateCursor&) = delete;

    struct Inserted {
        std::uint32_t state;
        bool is_new;
    };

    /// The words of the state under the cursor.
    [[nodiscard]] const std::uint32_t* words() const { return values.data(); }

    /// Makes `words` the state under the cursor and inserts it.
    Inserted insert(std::span<const std::uint32_t> words);

    /// Inserts the state that differs from the one under the cursor in these words (each once); the cursor stays.
    struct Change {
        std::uint32_t word;
        std::uint32_t value;
    };
    Inserted insert_successor(std::span<const Change> changes) { return insert(prepare_successor(changes)); }

    /// The same in two steps: the root is what memory has to be waited for. Prepare many, call fetch(), then insert
    /// them. In between states may be loaded only if keeps_roots().
    using Root = PairTable::Wanted;
    Root prepare_successor(std::span<const Change> changes);
    void fetch(std::span<Root> wanted) const { store.roots.fetch(wanted); }
    [[nodiscard]] bool keeps_roots() const { return store.shaped; }
    Inserted insert(const Root& root)
    {
        const auto [state, is_new] = store.roots.insert(roots, root);
        return {state, is_new};
    }

    /// Moves the cursor to a state; `changed` receives the words in which it differs from where the cursor was.
    void load(std::uint32_t state, std::vector<std::uint32_t>& changed);

    /// Gives the tree its final shape now, if it has not got it; for the only cursor. The cursor stays.
    void shape();

    /// Fills a store that has no state yet; for the only cursor, which then has to insert a state before all else.
    void restore(CheckpointReader& in);

    /// How many states there are; while other threads insert, at most some hundred for each of them too many.
    [[nodiscard]] std::uint32_t store_size() const { return store.roots.size(roots); }

private:
    StateStore& store;
    PairTable::Writer inner, roots;
    std::vector<std::uint32_t> values;  // by node number: the word, or the pair's number in `inner`; the root's unused
    std::vector<std::uint64_t> dirty;   // a bit for each node: its value has to be found again
    struct Undo {
        std::uint32_t node;
        std::uint32_t value;
    };
    std::vector<Undo> undo;

    Root prepare_successor(Change change);
    std::uint32_t value_of(const StateStore::Node& node)
    {
        return value_of(node, values[node.left], values[node.right]);
    }
    std::uint32_t value_of(const StateStore::Node& node, std::uint32_t left, std::uint32_t right)
    {
        return node.is_numbered ? store.inner.insert_recent(inner, left, right) : node.joined(left, right);
    }
    [[nodiscard]] Root present_root() const;
    void mark(std::uint32_t node) { dirty[node / 64] |= std::uint64_t{1} << (node % 64); }
    void descend(std::uint32_t node, std::uint32_t value, std::vector<std::uint32_t>& changed);
};

}  // namespace lockstep::explicit_engine
