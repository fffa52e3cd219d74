#include "explicit/state_store.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <ranges>

namespace lockstep::explicit_engine {

// ---- The store -----------------------------------------------------------------------------------------------------

StateStore::StateStore(std::vector<std::uint8_t> bits_in_use, Rendezvous* rendezvous)
    : word_bits(std::move(bits_in_use)), inner(rendezvous), roots(rendezvous)
{
    if (word_bits.size() < 2) word_bits.resize(2, 0);
    word_count = static_cast<std::uint32_t>(word_bits.size());
    change_count.assign(word_count, 0);
    make_tree();
}

void StateStore::make_tree()
{
    Row row;
    row.words.resize(word_count);
    std::iota(row.words.begin(), row.words.end(), 0U);
    std::ranges::stable_partition(row.words, [&](std::uint32_t word) { return change_count[word] != 0; });
    row.sums.push_back(0);
    for (std::uint32_t word : row.words) row.sums.push_back(row.sums.back() + 1000 * change_count[word] + 1);
    inner_nodes.clear();
    parent.assign(2 * std::size_t{word_count} - 1, 0);
    divide(row, 0, word_count, 0);
}

/// The tree over the words at these places in the row.
StateStore::Part StateStore::divide(const Row& row, std::uint32_t first, std::uint32_t end, unsigned limit)
{
    const auto& [words, sums] = row;
    if (end - first == 1) return {words[first], word_bits[words[first]]};
    const std::uint64_t half = sums[first] + (sums[end] - sums[first]) / 2;
    auto middle = static_cast<std::uint32_t>(std::ranges::upper_bound(sums, half) - sums.begin());
    if (half - sums[middle - 1] < sums[middle] - half) --middle;
    middle = std::clamp(middle, first + 1, end - 1);
    const unsigned limit_below = end - first == word_count ? most_bits_below_root : most_bits;
    const Part left = divide(row, first, middle, limit_below), right = divide(row, middle, end, limit_below);
    const bool is_numbered = left.bits + right.bits > limit && left.bits != 0 && right.bits != 0;
    const auto number = static_cast<std::uint32_t>(word_count + inner_nodes.size());
    inner_nodes.push_back({left.node, right.node, is_numbered, static_cast<std::uint8_t>(left.bits)});
    parent[left.node] = parent[right.node] = number;
    return {number, is_numbered ? number_bits : left.bits + right.bits};
}

void StateStore::save(CheckpointWriter& out) const
{
    out(change_count);
    out(shaped);
    inner.save(out);
    roots.save(out);
}

void StateCursor::restore(CheckpointReader& in)
{
    in(store.change_count);
    in(store.shaped);
    if (store.shaped) store.make_tree();
    store.inner.restore(in, inner);
    store.roots.restore(in, roots);
}

// ---- A cursor ------------------------------------------------------------------------------------------------------

StateCursor::StateCursor(StateStore& the_store)
    : store(the_store),
      inner(store.inner),
      roots(store.roots),
      values(store.parent.size(), 0),
      dirty((values.size() + 63) / 64, 0)
{
}

StateCursor::StateCursor(const StateCursor& other) : StateCursor(other.store) { values = other.values; }

void StateCursor::shape()
{
    if (store.shaped) return;
    store.shaped = true;
    const std::vector<std::uint32_t> cursor(values.begin(), values.begin() + store.word_count);
    std::vector<std::vector<std::uint32_t>> states;
    std::vector<std::uint32_t> changed;
    for (std::uint32_t state = 0; state < store.size(); ++state) {
        load(state, changed);
        states.emplace_back(values.begin(), values.begin() + store.word_count);
    }
    store.make_tree();
    store.inner.clear(inner);
    store.roots.clear(roots);
    for (const std::vector<std::uint32_t>& words : states) insert(words);
    insert(cursor);
}

StateCursor::Inserted StateCursor::insert(std::span<const std::uint32_t> words)
{
    std::ranges::copy(words, values.begin());
    for (std::uint32_t node = store.word_count; node < store.root(); ++node) {
        values[node] = value_of(store.children(node));
    }
    return insert(present_root());
}

StateCursor::Root StateCursor::present_root() const
{
    const StateStore::Node& top = store.inner_nodes.back();
    return {values[top.left], values[top.right]};
}

StateCursor::Root StateCursor::prepare_successor(std::span<const Change> changes)
{
    if (!store.shaped)
        for (const Change& change : changes) ++store.change_count[change.word];
    if (changes.size() == 1) return prepare_successor(changes.front());
    undo.clear();
    const std::uint32_t root = store.root();
    const auto set = [&](std::uint32_t node, std::uint32_t value) {
        undo.push_back({node, values[node]});
        values[node] = value;
        mark(store.parent[node]);
    };
    for (const Change& change : changes) set(change.word, change.value);
    // Children have smaller numbers than their parents, so that going through the numbers once is enough.
    for (std::size_t block = store.word_count / 64; block < dirty.size(); ++block) {
        while (dirty[block] != 0) {
            const auto node =
                static_cast<std::uint32_t>(64 * block + static_cast<unsigned>(std::countr_zero(dirty[block])));
            dirty[block] &= dirty[block] - 1;
            if (node == root) continue;
            set(node, value_of(store.children(node)));
        }
    }
    const Root result = present_root();
    for (const Undo& u : undo | std::views::reverse) values[u.node] = u.value;
    return result;
}

/// The same for a single word: only what lies on the way from it to the root is found again.
StateCursor::Root StateCursor::prepare_successor(Change change)
{
    std::uint32_t node = change.word, value = change.value;
    for (;;) {
        const std::uint32_t above = store.parent[node];
        const StateStore::Node& pair = store.children(above);
        const bool is_left = pair.left == node;
        const std::uint32_t left = is_left ? value : values[pair.left], right = is_left ? values[pair.right] : value;
        if (above == store.root()) return {left, right};
        value = value_of(pair, left, right);
        node = above;
    }
}

void StateCursor::load(std::uint32_t state, std::vector<std::uint32_t>& changed)
{
    if (!store.shaped && store_size() >= StateStore::states_before_shaping) shape();
    changed.clear();
    const auto [left, right] = store.roots[state];
    const StateStore::Node& top = store.inner_nodes.back();
    descend(top.left, left, changed);
    descend(top.right, right, changed);
}

void StateCursor::descend(std::uint32_t node, std::uint32_t value, std::vector<std::uint32_t>& changed)
{
    if (values[node] == value) return;
    values[node] = value;
    if (node < store.word_count) {
        changed.push_back(node);
        return;
    }
    const StateStore::Node& below = store.children(node);
    const auto [left, right] = below.is_numbered ? store.inner[value] : below.divided(value);
    descend(below.left, left, changed);
    descend(below.right, right, changed);
}

}  // namespace lockstep::explicit_engine
