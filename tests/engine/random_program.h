// Random small Programs, well formed and with marked locations, for holding engines and reductions against each other.
//
// The same seed gives the same Program (from the same compiler). A seed first draws what the Program is made of
// (arrays, pointers, time, interrupts ...) and how dangerous it lives, then the parts; most have 10 to 20,000 states.
// What the passes demand of whoever writes a Program is kept: a location at which registers alone may block is marked
// as an await, and who switches itself off does so in front of one.
#pragma once

#include "program/program.h"

#include <cstdint>

namespace lockstep::testing {

/// No passes have been run on it.
Program random_program(std::uint64_t seed);

/// A generator of numbers that is the same everywhere.
class Random {
public:
    explicit Random(std::uint64_t seed) : state(seed * 0x9e3779b97f4a7c15U + 1) {}
    std::uint64_t next()
    {
        state += 0x9e3779b97f4a7c15U;
        std::uint64_t x = state;
        x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9U;
        x = (x ^ x >> 27) * 0x94d049bb133111ebU;
        return x ^ x >> 31;
    }
    std::size_t below(std::size_t count) { return static_cast<std::size_t>(next() % count); }
    bool chance(unsigned percent) { return below(100) < percent; }
    template <typename List>
    auto pick(const List& list)
    {
        return *(list.begin() + static_cast<std::ptrdiff_t>(below(list.size())));
    }

private:
    std::uint64_t state;
};

}  // namespace lockstep::testing
