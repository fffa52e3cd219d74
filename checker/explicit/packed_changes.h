// Which words of a packed state a step changes, found from the cells that it wrote: only these cells' bits are packed,
// the rest of a word is taken from the state before.
#pragma once

#include "explicit/state_store.h"
#include "semantics/evaluator.h"
#include "semantics/layout.h"

#include <cstdint>
#include <span>
#include <vector>

namespace lockstep::explicit_engine {

class PackedChanges {
public:
    explicit PackedChanges(const Layout& the_layout)
        : layout(the_layout), values(the_layout.words), noted_in(the_layout.words, 0)
    {
    }

    /// Before a step from a state of these words, which stay as they are until changes() has been called.
    void begin(const std::uint32_t* the_words)
    {
        words = the_words;
        ++epoch;
        noted.clear();
    }

    /// The step writes this cell, and this is its value in the end.
    void write(std::uint32_t cell, std::int64_t value)
    {
        put_cell(layout.cells[cell], value, [&](std::uint32_t word) -> std::uint32_t& {
            if (noted_in[word] != epoch) {
                noted_in[word] = epoch;
                values[word] = words[word];
                noted.push_back(word);
            }
            return values[word];
        });
    }

    /// All that a step has written.
    void write(const Evaluator& evaluator, std::size_t first_write)
    {
        for (std::size_t i = first_write; i < evaluator.writes.size(); ++i)
            write(evaluator.writes[i].cell, evaluator.cells[evaluator.writes[i].cell]);
    }

    /// The words that are not what they were, with their new values.
    std::span<const StateCursor::Change> changes()
    {
        result.clear();
        for (const std::uint32_t word : noted)
            if (values[word] != words[word]) result.push_back({word, values[word]});
        return result;
    }

private:
    const Layout& layout;
    const std::uint32_t* words = nullptr;
    std::vector<std::uint32_t> values;    // by word, where it is noted
    std::vector<std::uint64_t> noted_in;  // by word: in which epoch
    std::vector<std::uint32_t> noted;
    std::vector<StateCursor::Change> result;
    std::uint64_t epoch = 0;
};

}  // namespace lockstep::explicit_engine
