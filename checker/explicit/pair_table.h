// Numbers pairs of 32-bit values: the same pair always gets the same number, counted from 0.
//
// The pairs stand in a row in order of their numbers. A hash index with linear probing finds them; each of its 32-bit
// entries is
//
//     bits          meaning
//     0 .. k-1      number + 1 (0: empty), where 2^k is the size of the index
//     k .. 31       the hash's upper bits, so that a probe rarely has to look at a pair that is not the one
//
// The index is at most 3/4 full, so that number + 1 always fits. It doubles (and is filled anew from the row) when
// it would be fuller: per pair 8 bytes, and 5.3 to 10.7 bytes of index.
//
// A look-up in a big table waits twice for memory, for the entry and for the pair. Who knows early what will be looked
// up can ask for both in time (prefetch_index, prefetch_pair). And the pairs at the bottom of the store's tree are few
// and come again and again: the last 4096 of them are kept with their numbers, one for each hash value, in a table
// small enough for the cache (insert_recent).
#pragma once

#include "explicit/paged_vector.h"

#include <cstdint>
#include <utility>
#include <vector>

namespace lockstep::explicit_engine {

class PairTable {
public:
    explicit PairTable(unsigned index_bits = 10) : bits(index_bits), index(std::size_t{1} << index_bits, 0) {}

    /// The pair's number, and whether it is new.
    std::pair<std::uint32_t, bool> insert(std::uint32_t left, std::uint32_t right)
    {
        const std::uint64_t pair = std::uint64_t{left} << 32 | right;
        return insert(pair, mix(pair));
    }

    /// Memory takes long to answer: asks for what insert() of this pair will look at, first the index, and when that
    /// has come, the pair that it leads to.
    void prefetch_index(std::uint32_t left, std::uint32_t right) const
    {
        __builtin_prefetch(&index[mix(std::uint64_t{left} << 32 | right) & (index.size() - 1)]);
    }
    void prefetch_pair(std::uint32_t left, std::uint32_t right) const
    {
        const std::uint64_t hash = mix(std::uint64_t{left} << 32 | right);
        const auto mask = static_cast<std::uint32_t>(index.size() - 1);
        const std::uint32_t entry = index[hash & mask];
        if (entry != 0 && (entry & ~mask) == tag_of(hash)) __builtin_prefetch(&pairs[(entry & mask) - 1]);
    }

    /// The number of a pair, as insert(); quicker for pairs that come again and again.
    std::uint32_t insert_recent(std::uint32_t left, std::uint32_t right)
    {
        const std::uint64_t pair = std::uint64_t{left} << 32 | right;
        const std::uint64_t hash = mix(pair);
        if (recent.empty()) recent.resize(std::size_t{1} << recent_bits);
        Recent& entry = recent[hash >> (64 - recent_bits)];
        if (entry.pair != pair || entry.number_plus_one == 0) entry = {pair, insert(pair, hash).first + 1};
        return entry.number_plus_one - 1;
    }

    [[nodiscard]] std::pair<std::uint32_t, std::uint32_t> operator[](std::uint32_t number) const
    {
        const std::uint64_t pair = pairs[number];
        return {static_cast<std::uint32_t>(pair >> 32), static_cast<std::uint32_t>(pair)};
    }

    [[nodiscard]] std::size_t size() const { return pairs.size(); }
    [[nodiscard]] std::size_t bytes() const { return pairs.bytes() + index.capacity() * sizeof(index[0]); }
    /// What the next doubling of the index would add at its peak.
    [[nodiscard]] std::size_t bytes_to_grow() const { return index.size() * 2 * sizeof(index[0]); }
    /// Numbers are 31 bits long.
    [[nodiscard]] bool is_full() const { return pairs.size() >= (std::size_t{3} << 29) - 1; }

private:
    unsigned bits;
    PagedVector<std::uint64_t> pairs;
    std::vector<std::uint32_t> index;
    static constexpr unsigned recent_bits = 12;
    struct Recent {
        std::uint64_t pair = 0;
        std::uint32_t number_plus_one = 0;
    };
    std::vector<Recent> recent;  // by the hash's upper bits; empty until it is first used

    std::pair<std::uint32_t, bool> insert(std::uint64_t pair, std::uint64_t hash)
    {
        const std::uint32_t mask = static_cast<std::uint32_t>(index.size() - 1);
        const std::uint32_t tag = tag_of(hash);
        for (std::uint32_t slot = static_cast<std::uint32_t>(hash) & mask;; slot = (slot + 1) & mask) {
            const std::uint32_t entry = index[slot];
            if (entry == 0) {
                const auto number = static_cast<std::uint32_t>(pairs.size());
                index[slot] = tag | (number + 1);
                pairs.push_back(pair);
                if (pairs.size() * 4 > index.size() * 3) grow();
                return {number, true};
            }
            if ((entry & ~mask) != tag) continue;
            const std::uint32_t number = (entry & mask) - 1;
            if (pairs[number] == pair) return {number, false};
        }
    }

    [[nodiscard]] std::uint32_t tag_of(std::uint64_t hash) const
    {
        return bits == 32 ? 0 : static_cast<std::uint32_t>(hash >> 32) << bits;
    }

    static std::uint64_t mix(std::uint64_t x)
    {
        x ^= x >> 32;
        x *= 0x9e3779b97f4a7c15U;
        x ^= x >> 29;
        x *= 0xbf58476d1ce4e5b9U;
        return x ^ x >> 32;
    }

    void grow()
    {
        ++bits;
        index.assign(std::size_t{1} << bits, 0);
        index.shrink_to_fit();
        const std::uint32_t mask = static_cast<std::uint32_t>(index.size() - 1);
        for (std::uint32_t number = 0; number < pairs.size(); ++number) {
            const std::uint64_t hash = mix(pairs[number]);
            std::uint32_t slot = static_cast<std::uint32_t>(hash) & mask;
            while (index[slot] != 0) slot = (slot + 1) & mask;
            index[slot] = tag_of(hash) | (number + 1);
        }
    }
};

}  // namespace lockstep::explicit_engine
