// The steps between the states found, kept for the component analysis that follows the search: for each state the
// numbers of its successors, as differences in a variable-length code (most lie near, and take two or three bytes).
#pragma once

#include "explicit/paged_vector.h"

#include <cstdint>

namespace lockstep::explicit_engine {

class EdgeLog {
public:
    static constexpr std::uint64_t not_expanded = UINT64_MAX;

    void begin_state(std::uint32_t state)
    {
        while (starts.size() <= state) starts.push_back(not_expanded);
        starts[state] = bytes_used();
        previous = state;
    }
    void add(std::uint32_t target)
    {
        // 0 ends a list, so that differences are kept plus one; zigzag makes small negative ones small.
        const std::int64_t difference = std::int64_t{target} - previous;
        std::uint64_t code =
            (static_cast<std::uint64_t>(difference) << 1 ^ static_cast<std::uint64_t>(difference >> 63)) + 1;
        for (; code >= 0x80; code >>= 7) log.push_back(static_cast<std::uint8_t>(code | 0x80));
        log.push_back(static_cast<std::uint8_t>(code));
        previous = target;
        ++edges;
    }
    void end_state() { log.push_back(0); }

    /// Reads the successors of one state, one after the other.
    class Reader {
    public:
        Reader() = default;
        Reader(const EdgeLog& the_log, std::uint32_t state)
            : log(&the_log),
              position(state < the_log.starts.size() ? the_log.starts[state] : not_expanded),
              target(state)
        {
            advance();
        }
        [[nodiscard]] bool at_end() const { return position == not_expanded; }
        [[nodiscard]] std::uint32_t operator*() const { return target; }
        Reader& operator++()
        {
            advance();
            return *this;
        }
        bool operator==(const Reader& other) const { return position == other.position; }

    private:
        const EdgeLog* log = nullptr;
        std::uint64_t position = not_expanded;  // behind the present code; not_expanded: at the end
        std::uint32_t target = 0;

        void advance()
        {
            if (position == not_expanded) return;
            std::uint64_t code = 0;
            for (unsigned shift = 0;; shift += 7) {
                const std::uint8_t byte = log->log[position++];
                code |= std::uint64_t{byte & 0x7fU} << shift;
                if (byte < 0x80) break;
            }
            if (code == 0) {
                position = not_expanded;
                return;
            }
            --code;
            const auto difference = static_cast<std::int64_t>(code >> 1) ^ -static_cast<std::int64_t>(code & 1);
            target = static_cast<std::uint32_t>(target + difference);
        }
    };

    [[nodiscard]] std::uint64_t edge_count() const { return edges; }
    [[nodiscard]] std::size_t bytes() const { return log.bytes() + starts.bytes(); }

private:
    PagedVector<std::uint8_t, 20> log;
    PagedVector<std::uint64_t> starts;  // by state
    std::uint32_t previous = 0;
    std::uint64_t edges = 0;

    [[nodiscard]] std::uint64_t bytes_used() const { return log.size(); }
};

}  // namespace lockstep::explicit_engine
