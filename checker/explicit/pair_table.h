// Numbers pairs of 32-bit values: the same pair always gets the same number. Several threads insert at once.
//
// The pairs stand in a row by their numbers (pair_row.h); a hash index finds them (hash_index.h).
//
// Inserting takes no lock. Entries are never taken out, and a pair goes to the first empty entry: whoever saw it empty
// and wants to insert the same pair finds that entry, or one before it that was empty at the time, taken
// (compare-and-swap), looks again, and finds the pair. A pair is written to the row before its entry is published
// (release), and read after its entry has been seen (acquire).
//
// Numbers are handed out to the threads in blocks, since one counter would be fought over at each new pair. What a
// thread has not used of its block it uses later; until then it is a gap among the numbers. With one thread there is
// none.
//
// When the index is full, all threads stop (rendezvous.h), and all together move its entries. (Growing without stopping
// would need an index whose entries can move one by one, which costs every look-up something; this stop costs some 50
// nanoseconds for each new pair.)
//
// A look-up in a big table waits twice for memory, for the entry and for the pair. Who has many look-ups asks for all
// entries first and then for all pairs (fetch), in loops that do nothing else: so the processor looks for many
// addresses at once, which takes most of the time; and what is found on the way is the first that insert() tries. And
// the pairs at the bottom of the store's tree are few and come again and again: each thread keeps those that it met
// lately (insert_recent).
#pragma once

#include "explicit/big_array.h"
#include "explicit/checkpoint_file.h"
#include "explicit/hash_index.h"
#include "explicit/mixing.h"
#include "explicit/pair_row.h"
#include "explicit/recent_pairs.h"
#include "explicit/rendezvous.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

namespace lockstep::explicit_engine {

// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): what threads write lies apart from what all read
class PairTable {
public:
    /// No rendezvous: one thread only.
    explicit PairTable(Rendezvous* the_rendezvous = nullptr);

    /// What a thread needs to insert pairs; it must not outlive the table.
    class Writer {
    public:
        explicit Writer(PairTable& the_table);
        ~Writer();
        Writer(const Writer&) = delete;
        Writer& operator=(const Writer&) = delete;

    private:
        friend class PairTable;
        PairTable& table;
        std::uint32_t next = 0, end = 0;  // of its block, the numbers not yet used
        RecentPairs recent;
    };

    /// The pair's number, and whether it is new. A safe point (rendezvous.h).
    std::pair<std::uint32_t, bool> insert(Writer& writer, std::uint32_t left, std::uint32_t right)
    {
        return insert(writer, Wanted(left, right));
    }

    static constexpr std::uint32_t no_number = RecentPairs::nothing;

    /// A pair that will be inserted.
    struct Wanted {
        Wanted(std::uint32_t the_left, std::uint32_t the_right)
            : pair(std::uint64_t{the_left} << 32 | the_right), hash(hash_of_pair(pair))
        {
        }
        std::uint64_t pair;
        std::uint64_t hash;
        std::uint32_t likely_number = no_number;
    };

    /// Asks for the memory that insert() of these pairs will look at, first in the index, and when that has come, where
    /// the pairs are that it leads to.
    void fetch(std::span<Wanted> all) const
    {
        for (const Wanted& wanted : all) index.prefetch(wanted.hash);
        for (Wanted& wanted : all) wanted.likely_number = fetch_pair(wanted.hash);
    }
    std::pair<std::uint32_t, bool> insert(Writer& writer, const Wanted& wanted)
    {
        if (wanted.likely_number != no_number && row[wanted.likely_number] == wanted.pair)
            return {wanted.likely_number, false};
        return insert(writer, wanted.pair, wanted.hash);
    }

    /// The number of a pair, as insert(); quicker for pairs that come again and again.
    std::uint32_t insert_recent(Writer& writer, std::uint32_t left, std::uint32_t right)
    {
        const std::uint64_t pair = std::uint64_t{left} << 32 | right;
        const std::uint64_t quick_hash = (left * 0x9e3779b97f4a7c15U + right) * 0xbf58476d1ce4e5b9U;
        std::uint32_t number = writer.recent.find(pair, quick_hash);
        if (number != no_number) return number;
        number = insert(writer, pair, hash_of_pair(pair)).first;
        writer.recent.add(pair, quick_hash, number);
        return number;
    }

    [[nodiscard]] std::pair<std::uint32_t, std::uint32_t> operator[](std::uint32_t number) const
    {
        const std::uint64_t pair = row[number];
        return {static_cast<std::uint32_t>(pair >> 32), static_cast<std::uint32_t>(pair)};
    }

    /// All numbers are below; gaps are among them.
    [[nodiscard]] std::uint32_t end() const { return allocated.load(std::memory_order_relaxed); }
    /// How many pairs there are. While other threads insert it counts their gaps, too.
    [[nodiscard]] std::uint32_t size(const Writer& own) const { return end() - (own.end - own.next); }
    /// The same without any gap: while no thread inserts.
    [[nodiscard]] std::uint32_t size() const;

    /// Takes all pairs out; for the only writer.
    void clear(Writer& only);

    /// All pairs, by their numbers; while no thread inserts.
    void save(CheckpointWriter& out) const;
    /// Into a table that has no pair yet; for the only writer.
    void restore(CheckpointReader& in, Writer& only);

    [[nodiscard]] std::size_t bytes() const
    {
        const std::lock_guard lock(mutex);
        return row.bytes(end()) + index.bytes();
    }
    /// What the next growth of the index needs.
    [[nodiscard]] std::size_t bytes_to_grow() const { return index.bytes_to_grow(); }
    /// There is still room for what a few states more bring.
    [[nodiscard]] bool is_full() const { return end() >= most_numbers - most_numbers / 32; }

    static constexpr std::uint32_t most_numbers = HashIndex::most_elements;

private:
    static constexpr std::uint32_t block_size = 256;
    static constexpr std::size_t cache_line = 64;

    PairRow row;
    HashIndex index;  // changes only while all threads stand at a safe point

    Rendezvous* rendezvous;
    alignas(cache_line) mutable std::mutex mutex;  // for handing out blocks
    std::atomic<std::uint32_t> allocated = 0;
    std::vector<Writer*> writers;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> gaps;  // left behind by writers that are no more

    /// Returns the number that the pair has if it has one and nothing unlikely is the case; `no_number` else.
    [[nodiscard]] std::uint32_t fetch_pair(std::uint64_t hash) const
    {
        HashIndex::Probe probe(index, hash);
        const IndexLine found = probe.look();
        if (found.matches != 0) {
            const std::uint32_t number = probe.number(found.matches);
            row.prefetch(number);
            return number;
        }
        if (found.empties != 0) {
            probe.prefetch_to_enter();
        } else if (probe.go_on()) {
            probe.prefetch();
        }
        return no_number;
    }
    std::pair<std::uint32_t, bool> insert(Writer& writer, std::uint64_t pair, std::uint64_t hash);
    bool take_block(Writer& writer);
    void grow_if(const std::function<bool()>& is_needed);
    [[nodiscard]] std::vector<std::pair<std::uint32_t, std::uint32_t>> all_gaps() const;
};

}  // namespace lockstep::explicit_engine
