// Hash compaction: a state visited is a signature of 40 bits in a hash table, and nothing else.
//
// Two states with the same signature, where one is looked for past the other, are taken for one, and the second is
// omitted. With signatures of 40 bits that hardly ever happens, and it is known how often. (P. Wolper, D. Leroy:
// Reliable Hashing without Collision Detection, CAV 1993; U. Stern, D. L. Dill: A New Scheme for Memory-Efficient
// Probabilistic Verification, FORTE 1996.)
//
// The table is a row of lines as long as a cache line, 12 signatures in each, which are filled from the left; when a
// line is full the next one is used. The line follows from one hash, the signature from another.
//
// The estimate (Stern and Dill's, summed over what really was compared instead of over expected probes): a new state
// that is compared with c signatures is taken for one of them with probability c / 2^40 nearly. The sum over all states
// that were new is the expected number of those that were omitted.
#pragma once

#include "explicit/big_array.h"
#include "explicit/state_hash.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace lockstep::explicit_engine {

class HashCompaction {
public:
    static constexpr unsigned signature_bits = 40;

    explicit HashCompaction(std::size_t bytes)
        : lines(std::max<std::size_t>(bytes / line_bytes, 2)), memory(lines * line_bytes)
    {
    }

    /// Whether the state is taken for a new one, which is noted. Not when it is full.
    bool insert(const StateHash& hash)
    {
        const std::uint64_t low = hash.second & mask, signature = low == 0 ? 1 : low;  // 0: empty
        std::uint64_t compared = 0;
        for (std::size_t line = scaled(hash.first, lines);; line = line + 1 == lines ? 0 : line + 1) {
            std::byte* place = memory.data() + line * line_bytes;
            for (unsigned i = 0; i < per_line; ++i, place += signature_bytes) {
                std::uint64_t present = 0;
                std::memcpy(&present, place, sizeof present);  // the line goes on for as long
                if ((present & mask) == signature) return false;
                if ((present & mask) == 0) {
                    std::memcpy(place, &signature, signature_bytes);
                    ++count;
                    comparisons += compared;
                    return true;
                }
                ++compared;
            }
        }
    }

    [[nodiscard]] double expected_omissions() const
    {
        return static_cast<double>(comparisons) / static_cast<double>(std::uint64_t{1} << signature_bits);
    }
    [[nodiscard]] std::size_t bytes() const { return memory.bytes(); }
    /// Looking for a place would take long.
    [[nodiscard]] bool is_full() const { return count >= lines * per_line / 20 * 19; }

private:
    static constexpr std::size_t line_bytes = 64, per_line = 12, signature_bytes = signature_bits / 8;
    static constexpr std::uint64_t mask = (std::uint64_t{1} << signature_bits) - 1;
    static_assert((per_line - 1) * signature_bytes + sizeof(std::uint64_t) <= line_bytes);
    std::size_t lines;
    BigArray<std::byte> memory;
    std::uint64_t count = 0, comparisons = 0;
};

}  // namespace lockstep::explicit_engine
