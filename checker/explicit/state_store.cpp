#include "explicit/state_store.h"

#include <algorithm>

namespace lockstep::explicit_engine {

StateStore::StateStore(std::uint32_t word_count)
{
    std::uint32_t start = 0;
    for (std::uint32_t size = std::max(word_count, 2U);; size = (size + 1) / 2) {
        level_start.push_back(start);
        level_size.push_back(size);
        start += size;
        if (size == 2) break;
    }
    nodes.assign(start, 0);
}

StateStore::Inserted StateStore::insert_root()
{
    const std::uint32_t top = level_start.back();
    const auto [state, is_new] = roots.insert(nodes[top], nodes[top + 1]);
    return {state, is_new};
}

StateStore::Inserted StateStore::insert(std::span<const std::uint32_t> words)
{
    std::ranges::copy(words, nodes.begin());
    for (std::size_t level = 1; level < level_start.size(); ++level) {
        const std::uint32_t* below = &nodes[level_start[level - 1]];
        for (std::uint32_t i = 0; i < level_size[level]; ++i) {
            const bool is_pair = 2 * i + 1 < level_size[level - 1];
            nodes[level_start[level] + i] = is_pair ? inner.insert(below[2 * i], below[2 * i + 1]).first : below[2 * i];
        }
    }
    return insert_root();
}

StateStore::Inserted StateStore::insert_successor(std::span<const Change> changes)
{
    undo.clear();
    dirty.clear();
    for (const Change& change : changes) {
        undo.push_back({change.word, nodes[change.word]});
        nodes[change.word] = change.value;
        if (dirty.empty() || dirty.back() != change.word / 2) dirty.push_back(change.word / 2);
    }
    for (std::size_t level = 1; level < level_start.size(); ++level) {
        const std::uint32_t* below = &nodes[level_start[level - 1]];
        const std::uint32_t start = level_start[level];
        std::size_t kept = 0;
        for (std::uint32_t position : dirty) {
            const bool is_pair = 2 * position + 1 < level_size[level - 1];
            const std::uint32_t value =
                is_pair ? inner.insert(below[2 * position], below[2 * position + 1]).first : below[2 * position];
            undo.push_back({start + position, nodes[start + position]});
            nodes[start + position] = value;
            if (kept == 0 || dirty[kept - 1] != position / 2) dirty[kept++] = position / 2;
        }
        dirty.resize(kept);
    }
    const Inserted inserted = insert_root();
    for (auto u = undo.rbegin(); u != undo.rend(); ++u) nodes[u->node] = u->value;
    return inserted;
}

void StateStore::load(std::uint32_t state, std::vector<std::uint32_t>& changed)
{
    changed.clear();
    const auto [left, right] = roots[state];
    descend(level_start.size() - 1, 0, left, changed);
    descend(level_start.size() - 1, 1, right, changed);
}

void StateStore::descend(std::size_t level, std::uint32_t position, std::uint32_t value,
                         std::vector<std::uint32_t>& changed)
{
    std::uint32_t& node = nodes[level_start[level] + position];
    if (node == value) return;
    node = value;
    if (level == 0) {
        changed.push_back(position);
        return;
    }
    if (2 * position + 1 >= level_size[level - 1]) return descend(level - 1, 2 * position, value, changed);
    const auto [left, right] = inner[value];
    descend(level - 1, 2 * position, left, changed);
    descend(level - 1, 2 * position + 1, right, changed);
}

}  // namespace lockstep::explicit_engine
