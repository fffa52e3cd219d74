// Numbers what the blocks of a class hold, in relative form (block_layout.h): the same contents get the same number,
// whichever slot they are in. The contents are kept in a store of states of their own.
//
// Each thread has a cursor of its own, which keeps the contents that it met lately unpacked.
#pragma once

#include "explicit/block_layout.h"
#include "explicit/packed_changes.h"
#include "explicit/state_store.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace lockstep::explicit_engine {

class BlockTable {
public:
    BlockTable(const BlockLayout& all_blocks, const BlockLayout::Class& the_class, Rendezvous* rendezvous)
        : store(std::make_shared<StateStore>(bits_in_use(the_class.packing), rendezvous)),
          cursor(*store),
          blocks(all_blocks),
          layout(the_class),
          packed_changes(the_class.packing)
    {
    }
    /// The same for another thread.
    BlockTable(const BlockTable& other)
        : store(other.store),
          cursor(other.cursor),
          blocks(other.blocks),
          layout(other.layout),
          packed_changes(layout.packing)
    {
    }
    BlockTable& operator=(const BlockTable&) = delete;

    struct Contents {
        std::uint32_t number = UINT32_MAX;
        std::uint64_t key = 0;             // a hash: tells contents apart in an order that depends on them alone
        bool names_others = false;         // slots of any class, but the own
        std::vector<std::int64_t> values;  // by index
        std::vector<std::uint32_t> words;
        std::vector<std::pair<std::uint32_t, CellKind>> names;  // cells whose values name somebody
    };

    /// Valid until the next call.
    const Contents& operator[](std::uint32_t number)
    {
        Contents& kept = recent[number % recent.size()];
        if (kept.number != number) unpack(number, kept);
        return kept;
    }

    /// The number of what differs from the contents `from` in these cells, whose values are in `values` (complete).
    std::uint32_t successor(std::uint32_t from, std::span<const std::uint32_t> changed,
                            const std::vector<std::int64_t>& values);

    /// The number of contents that are given as a whole.
    std::uint32_t number_of(const std::vector<std::int64_t>& values);

    [[nodiscard]] std::size_t bytes() const { return store->bytes(); }
    [[nodiscard]] std::size_t bytes_to_grow() const { return store->bytes_to_grow(); }
    [[nodiscard]] bool is_full() const { return store->is_full(); }
    void shape() { cursor.shape(); }
    void save(CheckpointWriter& out) const { store->save(out); }
    /// Fills a table that is empty.
    void restore(CheckpointReader& in) { cursor.restore(in); }

private:
    std::shared_ptr<StateStore> store;
    StateCursor cursor;
    const BlockLayout& blocks;
    const BlockLayout::Class& layout;
    static constexpr std::size_t kept_contents = 1024;
    std::vector<Contents> recent{kept_contents};
    std::uint32_t under_cursor = UINT32_MAX;
    std::vector<std::uint32_t> changed_words;
    PackedChanges packed_changes;

    void go_to(std::uint32_t number);
    void unpack(std::uint32_t number, Contents& contents);
};

}  // namespace lockstep::explicit_engine
