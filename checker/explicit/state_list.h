// Numbers of states in some order, as runs of consecutive ones: a terminal component is often the whole graph, and then
// a few runs.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace lockstep::explicit_engine {

class StateList {
public:
    StateList() = default;
    explicit StateList(std::span<const std::uint32_t> states)
    {
        for (std::uint32_t state : states) push_back(state);
    }

    void push_back(std::uint32_t state) { append(state, 1); }
    /// So many, from the first on; at least one.
    void append(std::uint32_t first, std::uint32_t length)
    {
        if (runs.empty() || runs.back().first + (count - runs.back().before) != first) runs.push_back({first, count});
        count += length;
    }

    [[nodiscard]] std::size_t size() const { return count; }
    [[nodiscard]] std::uint32_t front() const { return runs.front().first; }
    [[nodiscard]] std::uint32_t operator[](std::size_t i) const
    {
        const Run& run = *(std::ranges::upper_bound(runs, i, {}, &Run::before) - 1);
        return run.first + static_cast<std::uint32_t>(i - run.before);
    }
    [[nodiscard]] std::vector<std::uint32_t> numbers() const
    {
        std::vector<std::uint32_t> all;
        all.reserve(count);
        for (std::size_t r = 0; r < runs.size(); ++r)
            for (std::size_t i = runs[r].before; i < (r + 1 < runs.size() ? runs[r + 1].before : count); ++i)
                all.push_back(runs[r].first + static_cast<std::uint32_t>(i - runs[r].before));
        return all;
    }

private:
    struct Run {
        std::uint32_t first;
        std::size_t before;  // how many there are in the runs before
    };
    std::vector<Run> runs;
    std::size_t count = 0;
};

}  // namespace lockstep::explicit_engine
