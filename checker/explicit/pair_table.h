// Numbers pairs of 32-bit values: the same pair always gets the same number. Several threads insert at once.
//
// The pairs stand in a row by their numbers (pair_row.h). A hash index finds them; each of its 32-bit entries is
//
//     bits          meaning
//     0 .. k-1      number + 1 (0: empty), where all numbers so far and the next ones are below 2^k - 1
//     k .. 31       bits of the hash, so that a probe rarely has to look at a pair that is not the one
//
// The index is a row of lines of 16 entries, as long as a cache line. A look-up begins at a place in a line, goes round
// that line (index_line.h, all of it at once), and only then on to the next: although the index is up to 9/10 full,
// nearly all look-ups end in the line in which they began. (A. Laarman, J. van de Pol, M. Weber: Boosting Multi-core
// Reachability Performance with Shared Hash Tables, FMCAD 2010, walk the line in this way.)
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
// When the index would be fuller, it grows by a quarter: all threads stop (rendezvous.h), and all together move the
// entries into a new one. A pair's line is where its hash lies between 0 and the largest hash, whatever the index's
// length, so that both indices are gone through from their beginnings to their ends, the old one's memory is given back
// on the way, and there is never more than one in memory. It is between 72 and 90 % full: 4.4 to 5.6 bytes a pair.
// (Growing without stopping would need an index whose entries can move one by one, which costs every look-up something;
// this stop costs some 80 nanoseconds for each new pair.)
//
// A look-up in a big table waits twice for memory, for the entry and for the pair. Who has many look-ups asks for all
// entries first and then for all pairs (prefetch_index, prefetch_pair), in loops that do nothing else: so the processor
// looks for many addresses at once, which takes most of the time. And the pairs at the bottom of the store's tree are
// few and come again and again: each thread keeps the last 16,384 of them with their numbers, one for each hash value,
// in a table small enough for the processor's second cache (insert_recent).
#pragma once

#include "explicit/big_array.h"
#include "explicit/checkpoint_file.h"
#include "explicit/index_line.h"
#include "explicit/pair_row.h"
#include "explicit/rendezvous.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

namespace lockstep::explicit_engine {

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
        static constexpr unsigned recent_bits = 14;
        struct Recent {
            std::uint64_t pair = 0;
            std::uint32_t number_plus_one = 0;
        };
        std::vector<Recent> recent;  // by the hash's upper bits; empty until it is first used
    };

    /// The pair's number, and whether it is new. A safe point (rendezvous.h).
    std::pair<std::uint32_t, bool> insert(Writer& writer, std::uint32_t left, std::uint32_t right)
    {
        const std::uint64_t pair = std::uint64_t{left} << 32 | right;
        return insert(writer, pair, mix(pair));
    }

    /// Memory takes long to answer: asks for what insert() of this pair will look at, first the index, and when that
    /// has come, the pair that it leads to.
    void prefetch_index(std::uint64_t hash) const { __builtin_prefetch(&index.entries[line_of(hash)]); }
    void prefetch_pair(std::uint64_t hash) const
    {
        const std::atomic<std::uint32_t>* line = &index.entries[line_of(hash)];
        const unsigned first = first_in_line(hash);
        const IndexLine found = IndexLine::look(line, first, tag_of(hash), index.number_mask);
        const std::uint32_t matches = found.matches & ~found.empties;
        if (matches == 0) return;
        const std::uint32_t entry = line[place_in_line(first, matches)].load(std::memory_order_acquire);
        row.prefetch((entry & index.number_mask) - 1);
    }
    static std::uint64_t hash_of(std::uint32_t left, std::uint32_t right)
    {
        return mix(std::uint64_t{left} << 32 | right);
    }
    /// insert() of a pair whose hash is known.
    std::pair<std::uint32_t, bool> insert(Writer& writer, std::uint32_t left, std::uint32_t right, std::uint64_t hash)
    {
        return insert(writer, std::uint64_t{left} << 32 | right, hash);
    }

    /// The number of a pair, as insert(); quicker for pairs that come again and again.
    std::uint32_t insert_recent(Writer& writer, std::uint32_t left, std::uint32_t right)
    {
        const std::uint64_t pair = std::uint64_t{left} << 32 | right;
        const std::uint64_t hash = mix(pair);
        if (writer.recent.empty()) writer.recent.resize(std::size_t{1} << Writer::recent_bits);
        Writer::Recent& entry = writer.recent[hash >> (64 - Writer::recent_bits)];
        if (entry.pair != pair || entry.number_plus_one == 0) entry = {pair, insert(writer, pair, hash).first + 1};
        return entry.number_plus_one - 1;
    }

    [[nodiscard]] std::pair<std::uint32_t, std::uint32_t> operator[](std::uint32_t number) const
    {
        const std::uint64_t pair = row[number];
        return {static_cast<std::uint32_t>(pair >> 32), static_cast<std::uint32_t>(pair)};
    }
    void prefetch_number(std::uint32_t number) const { row.prefetch(number); }

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
        return row.bytes(end()) + index.memory.bytes();
    }
    /// What the next growth of the index adds.
    [[nodiscard]] std::size_t bytes_to_grow() const { return index.memory.bytes() / 4; }
    /// There is still room for what a few states more bring.
    [[nodiscard]] bool is_full() const { return end() >= most_numbers - most_numbers / 32; }

    /// Numbers are 31 bits long, and the index has at most 2^31 entries.
    static constexpr std::uint32_t most_numbers = (std::uint32_t{1} << 31) / 10 * 9;

private:
    static constexpr unsigned line_bits = index_line_bits, line_size = index_line_size;
    static constexpr std::uint32_t block_size = 256;
    static constexpr std::size_t cache_line = 64;

    struct Index {
        explicit Index(std::uint64_t line_count);

        BigArray<std::byte> memory;
        std::atomic<std::uint32_t>* entries;  // in `memory`, from a cache line's border on
        std::uint64_t lines;
        std::uint32_t capacity;  // how many numbers may be handed out
        unsigned bits;           // k
        std::uint32_t number_mask;
    };

    PairRow row;
    alignas(cache_line) Index index;  // changes only while all threads stand at a safe point

    Rendezvous* rendezvous;
    alignas(cache_line) mutable std::mutex mutex;  // for handing out blocks
    std::atomic<std::uint32_t> allocated = 0;
    std::vector<Writer*> writers;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> gaps;  // left behind by writers that are no more

    std::pair<std::uint32_t, bool> insert(Writer& writer, std::uint64_t pair, std::uint64_t hash);
    bool take_block(Writer& writer);
    void grow();
    void move_lines(Index& before, std::uint64_t first, std::uint64_t end, bool is_alone);
    void enter(std::uint64_t hash, std::uint32_t number, bool is_alone);
    [[nodiscard]] std::vector<std::pair<std::uint32_t, std::uint32_t>> all_gaps() const;

    /// The first entry of the line in which a look-up begins, and where in it.
    [[nodiscard]] std::size_t line_of(std::uint64_t hash) const
    {
        return (hash & UINT32_MAX) * index.lines >> 32 << line_bits;
    }
    [[nodiscard]] std::size_t next_line(std::size_t line) const
    {
        return line + line_size == index.lines * line_size ? 0 : line + line_size;
    }
    static unsigned first_in_line(std::uint64_t hash) { return static_cast<unsigned>(hash >> (64 - line_bits)); }
    /// Of the lowest bit of an IndexLine.
    static unsigned place_in_line(unsigned first, std::uint32_t bits)
    {
        return (first + static_cast<unsigned>(std::countr_zero(bits))) % line_size;
    }
    [[nodiscard]] std::uint32_t tag_of(std::uint64_t hash) const
    {
        return static_cast<std::uint32_t>(hash >> 32) << index.bits;
    }

    static std::uint64_t mix(std::uint64_t x)
    {
        x ^= x >> 32;
        x *= 0x9e3779b97f4a7c15U;
        x ^= x >> 29;
        x *= 0xbf58476d1ce4e5b9U;
        return x ^ x >> 32;
    }
};

}  // namespace lockstep::explicit_engine
