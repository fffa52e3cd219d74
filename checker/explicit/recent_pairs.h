// The pairs that a thread met lately, with their numbers: a table of its own beside the one that it shares with others
// (pair_table.h). Its 768 KiB fit into the second cache of a processor that has 1 MiB of it. Of the inner nodes of
// Peterson's lock for five processes, 406,603 in all, it knows 24 of 25 that are asked for.
//
// Two pairs share a set, out of which the one that was not met for longer has to go. (In as many bytes, one place for
// each hash value sends a sixth more look-ups to the shared table.)
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace lockstep::explicit_engine {

class RecentPairs {
public:
    static constexpr std::uint32_t nothing = UINT32_MAX;

    /// The number of a pair with this hash, or nothing.
    std::uint32_t find(std::uint64_t pair, std::uint64_t hash)
    {
        if (sets.empty()) return nothing;
        Set& set = sets[hash >> (64 - bits)];
        if (set.pairs[0] == pair) return set.numbers[0];
        if (set.pairs[1] != pair) return nothing;
        std::swap(set.pairs[0], set.pairs[1]);
        std::swap(set.numbers[0], set.numbers[1]);
        return set.numbers[0];
    }

    /// One that was not found.
    void add(std::uint64_t pair, std::uint64_t hash, std::uint32_t number)
    {
        if (sets.empty()) sets.resize(std::size_t{1} << bits);
        Set& set = sets[hash >> (64 - bits)];
        set = {{pair, set.pairs[0]}, {number, set.numbers[0]}};
    }

    void clear() { sets.clear(); }

private:
    static constexpr unsigned bits = 15;
    struct Set {
        std::array<std::uint64_t, 2> pairs{};                    // the one that was met last is the first
        std::array<std::uint32_t, 2> numbers{nothing, nothing};  // pair 0, as long as there is none, has no number
    };
    std::vector<Set> sets;  // none before the first pair is added
};

}  // namespace lockstep::explicit_engine
