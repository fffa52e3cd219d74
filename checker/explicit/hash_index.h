// The index of a table whose elements have numbers (pair_table.h): leads from an element's hash to its number.
//
// Each of its 32-bit entries is
//
//     bits          meaning
//     0 .. k-1      number + 1 (0: empty), where all numbers so far and the next ones are below 2^k - 1
//     k .. 31       bits of the hash, so that a look-up rarely has to look at an element that is not the one
//
// The entries stand in lines of 16, as long as a cache line. A look-up begins at a place in a line, goes round that
// line (index_line.h, all of it at once), and only then on to the next: although nearly all entries are taken before an
// index grows, nearly all look-ups end in the line in which they began. (A. Laarman, J. van de Pol, M. Weber: Boosting
// Multi-core Reachability Performance with Shared Hash Tables, FMCAD 2010, walk the line in this way.)
//
// The lines are divided into 8 segments by the hash. All fill at the same pace, but their lengths are those of a scale
// from one to twice, so that they are full one after the other; the shortest then doubles and is the longest. So an
// entry is moved once for each doubling of the whole, the index is 6.1 to 6.7 bytes an element at any size, and a step
// of its growth, for which all threads have to stop, moves an eighth of it and never needs memory for more than that.
// (One length that grows by a quarter is 4.4 to 5.6 bytes, but moves each entry three times.)
#pragma once

#include "explicit/big_array.h"
#include "explicit/index_line.h"
#include "explicit/prefetch.h"

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace lockstep::explicit_engine {

class PairRow;
class Rendezvous;

class HashIndex {
private:
    struct Segment {
        std::atomic<std::uint32_t>* entries = nullptr;  // from a cache line's border on
        std::uint32_t lines = 0;
        unsigned bits = 0;  // k
        std::uint32_t number_mask = 0;
        std::uint32_t capacity = 0;  // how many elements the whole index may have until this segment has to grow

        /// The first entry of the line in which a look-up begins.
        [[nodiscard]] std::size_t line_of(std::uint64_t hash) const
        {
            const auto place = static_cast<std::uint32_t>(hash << segment_bits);
            return std::uint64_t{place} * lines >> 32 << index_line_bits;
        }
        [[nodiscard]] std::uint32_t tag_of(std::uint64_t hash) const
        {
            return static_cast<std::uint32_t>(hash >> 32) << bits;
        }
    };

public:
    HashIndex();

    /// The way of a look-up; it must not outlive a growth.
    class Probe {
    public:
        Probe(const HashIndex& index, std::uint64_t hash)
            : segment(index.segments[segment_of(hash)]),
              first(first_in_line(hash)),
              tag(segment.tag_of(hash)),
              line(segment.line_of(hash)),
              lines_left(segment.lines)
        {
        }

        /// Entries of the present line that may be of this hash, and empty ones.
        [[nodiscard]] IndexLine look() const
        {
            const IndexLine found = IndexLine::look(&segment.entries[line], first, tag, segment.number_mask);
            return {found.matches & ~found.empties, found.empties};
        }
        /// The number in the first of these entries, of which there is one.
        [[nodiscard]] std::uint32_t number(std::uint32_t entries) const
        {
            return (entry(entries).load(std::memory_order_acquire) & segment.number_mask) - 1;
        }
        /// Enters a number into the first of these, unless it is not empty any more.
        bool enter(std::uint32_t entries, std::uint32_t number)
        {
            std::uint32_t empty = 0;
            return entry(entries).compare_exchange_strong(empty, tag | (number + 1), std::memory_order_acq_rel,
                                                          std::memory_order_relaxed);
        }
        void prefetch() const { __builtin_prefetch(&segment.entries[line]); }
        void prefetch_to_enter() const { prefetch_to_write(&segment.entries[line]); }
        /// Goes on to the next line; false if there is none any more.
        bool go_on()
        {
            line += index_line_size;
            if (line == std::size_t{segment.lines} * index_line_size) line = 0;
            return --lines_left != 0;
        }

    private:
        const Segment& segment;
        unsigned first;
        std::uint32_t tag;
        std::size_t line;
        std::uint32_t lines_left;

        [[nodiscard]] std::atomic<std::uint32_t>& entry(std::uint32_t entries) const
        {
            return segment.entries[line + (first + static_cast<unsigned>(std::countr_zero(entries))) % index_line_size];
        }
    };

    void prefetch(std::uint64_t hash) const
    {
        const Segment& segment = segments[segment_of(hash)];
        __builtin_prefetch(&segment.entries[segment.line_of(hash)]);
    }

    /// With so many elements it has to grow before there is another.
    [[nodiscard]] std::uint32_t capacity() const { return shortest().capacity; }

    /// One step of growth. No thread looks up anything; those at the rendezvous, if there is one, help. Where there is
    /// no memory nothing has changed. Precondition: capacity() < most_elements.
    void grow(const PairRow& elements, Rendezvous* rendezvous);

    /// An element that is not in it, where no other thread enters the same.
    void enter(std::uint64_t hash, std::uint32_t number);

    [[nodiscard]] std::size_t bytes() const;
    /// What a step of growth needs.
    [[nodiscard]] std::size_t bytes_to_grow() const;

    /// Numbers are 31 bits long.
    static constexpr std::uint32_t most_elements = (std::uint32_t{1} << 31) / 10 * 9;

private:
    static constexpr unsigned segment_bits = 3, segment_count = 1U << segment_bits;

    alignas(64) std::array<Segment, segment_count> segments;  // change only while all threads stand still
    std::array<BigArray<std::byte>, segment_count> memory;

    [[nodiscard]] const Segment& shortest() const;
    void set_up(std::size_t number, std::uint32_t lines);
    void move_lines(const PairRow& elements, const Segment& from, std::uint64_t first, std::uint64_t end);

    static unsigned segment_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash) >> (32 - segment_bits); }
    static unsigned first_in_line(std::uint64_t hash) { return static_cast<unsigned>(hash >> (64 - index_line_bits)); }
};

}  // namespace lockstep::explicit_engine
