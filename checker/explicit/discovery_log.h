// From where each state was found, in a byte for each state: what the ways to violations are made of where the states
// themselves are not kept.
//
// A breadth-first search numbers the states in the order in which it finds them, and expands them in that order. So it
// is enough to write down, for each state that is expanded, which of its steps led to new states: these have the next
// numbers. The rest follows by counting, as in a tree whose nodes' degrees are listed level by level (G. Jacobson:
// Space-efficient Static Trees and Graphs, FOCS 1989). A way is found by reading the log once from its end, and then
// executed from the initial state.
//
// The log is a row of half bytes. For each state: for each step that led to a new state how far it lies behind the one
// before (1: the next); 15 stands for 14, and more to come; 0 ends a state, and stands for nothing else, so that the
// log can be read backwards.
#pragma once

#include "explicit/paged_vector.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace lockstep::explicit_engine {

class DiscoveryLog {
public:
    /// Before the first state is expanded. Returns the state's number.
    std::uint64_t add_initial()
    {
        ++initial;
        return states++;
    }

    /// Step number `step` (from 0, ascending) of the state being expanded led to a new state; returns its number.
    std::uint64_t add(std::uint32_t step)
    {
        std::uint32_t distance = step + 1 - previous;
        previous = step + 1;
        for (; distance > 14; distance -= 14) put(15);
        put(static_cast<std::uint8_t>(distance));
        return states++;
    }
    /// The next one to be expanded is the next in order.
    void end_state()
    {
        put(0);
        previous = 0;
        ++expanded;
    }

    [[nodiscard]] std::uint64_t size() const { return states; }
    [[nodiscard]] std::size_t bytes() const { return halves.bytes(); }

    struct Way {
        std::uint64_t initial;
        std::vector<std::uint32_t> steps;
    };
    /// While no state is being expanded.
    [[nodiscard]] Way way_to(std::uint64_t state) const
    {
        Way way;
        std::uint64_t at = expanded, found = states;  // those before are still to be read
        std::vector<std::uint8_t> list;
        for (std::uint64_t position = half_count; position != 0 && state >= initial;) {
            --position;  // the 0
            list.clear();
            while (position != 0 && half(position - 1) != 0) list.push_back(half(--position));
            --at;
            const auto children =
                static_cast<std::uint64_t>(std::ranges::count_if(list, [](std::uint8_t value) { return value != 15; }));
            found -= children;
            if (state < found) continue;
            way.steps.push_back(step_of(list, state - found));
            state = at;
        }
        std::ranges::reverse(way.steps);
        way.initial = state;
        return way;
    }

private:
    PagedVector<std::uint8_t, 20> halves;  // two in a byte, the lower one first
    std::uint64_t half_count = 0, states = 0, initial = 0, expanded = 0;
    std::uint32_t previous = 0;

    void put(std::uint8_t value)
    {
        if (half_count % 2 == 0) {
            halves.push_back(value);
        } else {
            halves[half_count / 2] |= static_cast<std::uint8_t>(value << 4);
        }
        ++half_count;
    }
    [[nodiscard]] std::uint8_t half(std::uint64_t i) const
    {
        return static_cast<std::uint8_t>(i % 2 == 0 ? halves[i / 2] & 15U : halves[i / 2] >> 4);
    }
    /// Of the new state that has this place among those of one state, whose list is given backwards.
    static std::uint32_t step_of(const std::vector<std::uint8_t>& list, std::uint64_t place)
    {
        std::uint32_t behind = 0;
        for (auto value = list.rbegin();; ++value) {
            behind += *value == 15 ? 14U : *value;
            if (*value != 15 && place-- == 0) return behind - 1;
        }
    }
};

}  // namespace lockstep::explicit_engine
