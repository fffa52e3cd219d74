#include "explicit/block_table.h"

#include "explicit/mixing.h"

#include <algorithm>

namespace lockstep::explicit_engine {

void BlockTable::go_to(std::uint32_t number)
{
    if (under_cursor != number) cursor.load(number, changed_words);
    under_cursor = number;
}

void BlockTable::unpack(std::uint32_t number, Contents& contents)
{
    go_to(number);
    contents.number = number;
    contents.words.assign(cursor.words(), cursor.words() + layout.packing.words);
    contents.values.assign(layout.packing.cells.size(), 0);
    contents.key = 0;
    for (std::uint32_t word = 0; word < layout.packing.words; ++word) {
        contents.key = mixed(contents.key, contents.words[word]);
        unpack_word(layout.packing, word, contents.words.data(), contents.values.data());
    }
    contents.names.clear();
    contents.names_others = false;
    const auto look_at = [&](std::uint32_t index, CellKind kind) {
        bool names = false;
        blocks.for_each_name(kind, contents.values[index], [&](std::uint32_t, std::uint32_t) { names = true; });
        if (!names) return;
        contents.names.emplace_back(index, kind);
        contents.names_others |= blocks.names_others(kind, contents.values[index], layout.first);
    };
    for (std::uint32_t index : layout.named) look_at(index, layout.kinds[index]);
    for (const BlockLayout::Holder& holder : layout.holders)
        for (const auto& [index, kind] : holder.held[static_cast<std::size_t>(contents.values[holder.location])])
            look_at(index, kind);
}

std::uint32_t BlockTable::successor(std::uint32_t from, std::span<const std::uint32_t> changed,
                                    const std::vector<std::int64_t>& values)
{
    go_to(from);
    packed_changes.begin(cursor.words());
    for (std::uint32_t index : changed) packed_changes.write(index, values[index]);
    const auto changes = packed_changes.changes();
    return changes.empty() ? from : cursor.insert_successor(changes).state;
}

std::uint32_t BlockTable::number_of(const std::vector<std::int64_t>& values)
{
    std::vector<std::uint32_t> words(layout.packing.words);
    pack(layout.packing, values, words.data());
    return under_cursor = cursor.insert(words).state;
}

}  // namespace lockstep::explicit_engine
