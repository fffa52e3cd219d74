// Two hashes of a packed state: the exclusive or of a hash of each of its words, at its place. So when a word changes,
// the hashes follow without looking at the others. (A. L. Zobrist: A New Hashing Method with Application for Game
// Playing, 1970; the table of random numbers is a mixing function here.)
#pragma once

#include <cstdint>

namespace lockstep::explicit_engine {

struct StateHash {
    std::uint64_t first = 0, second = 0;

    /// What a word with this value adds, or takes away.
    void toggle(std::uint32_t word, std::uint32_t value)
    {
        const std::uint64_t one = mix((std::uint64_t{word} << 32 | value) + 0x9e3779b97f4a7c15U);
        first ^= one;
        second ^= mix(one + 0x9e3779b97f4a7c15U);
    }
    bool operator==(const StateHash&) const = default;

private:
    static std::uint64_t mix(std::uint64_t x)
    {
        x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9U;
        x = (x ^ x >> 27) * 0x94d049bb133111ebU;
        return x ^ x >> 31;
    }
};

/// A hash brought into the numbers below `count`.
inline std::uint64_t scaled(std::uint64_t hash, std::uint64_t count)
{
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>(static_cast<Wide>(hash) * count >> 64);
}

}  // namespace lockstep::explicit_engine
