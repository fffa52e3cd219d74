// Bitstate hashing: a state visited is three bits of one large array, and nothing else.
//
// A state counts as visited when all its bits are set, which others may have done, each some: then it is omitted, with
// all that is reached only through it. That is no error but a chance: of a full search in a memory that is far too
// small for it nearly all is seen. (G. J. Holzmann: An Analysis of Bitstate Hashing, FMSD 13(3), 1998. Three bits are
// what Spin takes, too. Where they are follows from two hashes by enhanced double hashing: P. Dillinger, P. Manolios:
// Bloom Filters in Probabilistic Verification, FMCAD 2004.)
//
// The estimate: when a share f of the bits is set, a state not yet visited is taken for one with probability p = f^3.
// Of those who are tried, 1 - p pass and are counted; so one that passed stands for 1 / (1 - p) that were tried, and
// for p / (1 - p) that were omitted. The sum over all that passed is the expected number of states that were met and
// omitted; what could have been reached only through them is not in it, and that is why it is too low where much is
// omitted.
#pragma once

#include "explicit/big_array.h"
#include "explicit/state_hash.h"

#include <cstddef>
#include <cstdint>

namespace lockstep::explicit_engine {

class Bitstate {
public:
    static constexpr unsigned bits_per_state = 3;

    explicit Bitstate(std::size_t bytes) : array(bytes < 64 ? 8 : bytes / 8) {}

    /// Whether the state is taken for a new one, which is noted.
    bool insert(const StateHash& hash)
    {
        const double share = static_cast<double>(set) / static_cast<double>(bit_count());
        std::uint64_t place = hash.first, step = hash.second | 1;
        bool is_new = false;
        for (unsigned i = 0; i < bits_per_state; ++i) {
            const std::uint64_t bit = scaled(place, bit_count());
            std::uint64_t& word = array[bit / 64];
            const std::uint64_t mask = std::uint64_t{1} << (bit % 64);
            if ((word & mask) == 0) {
                word |= mask;
                ++set;
                is_new = true;
            }
            place += step;
            step += i + 1;
        }
        if (is_new) {
            const double taken = share * share * share;
            omitted += taken / (1 - taken);
        }
        return is_new;
    }

    [[nodiscard]] double expected_omissions() const { return omitted; }
    [[nodiscard]] std::size_t bytes() const { return array.bytes(); }
    [[nodiscard]] bool is_full() const { return set >= bit_count() - bit_count() / 64; }

private:
    BigArray<std::uint64_t> array;
    std::uint64_t set = 0;  // bits
    double omitted = 0;

    [[nodiscard]] std::uint64_t bit_count() const { return std::uint64_t{array.size()} * 64; }
};

}  // namespace lockstep::explicit_engine
