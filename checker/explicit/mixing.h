// Hashes of small things put together.
#pragma once

#include <cstdint>

namespace lockstep::explicit_engine {

/// Of what has the hash `sum`, followed by `value`.
constexpr std::uint64_t mixed(std::uint64_t sum, std::uint64_t value)
{
    std::uint64_t x = (sum ^ value) * 0x9e3779b97f4a7c15U;
    x ^= x >> 29;
    x *= 0xbf58476d1ce4e5b9U;
    return (x ^ x >> 32) + sum;
}

/// Of two 32-bit values side by side.
constexpr std::uint64_t hash_of_pair(std::uint64_t pair)
{
    std::uint64_t x = pair ^ pair >> 32;
    x *= 0x9e3779b97f4a7c15U;
    x ^= x >> 29;
    x *= 0xbf58476d1ce4e5b9U;
    return x ^ x >> 32;
}

}  // namespace lockstep::explicit_engine
