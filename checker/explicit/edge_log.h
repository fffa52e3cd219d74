// The steps between the states found, kept for what follows the search (components, paths): for each state the numbers
// of its successors, as differences in a variable-length code (most lie near, and take two or three bytes). Each thread
// writes a log of its own; where a state's successors stand in it is known by the state's number. Reading begins when
// nobody writes.
#pragma once

#include "explicit/checkpoint_file.h"
#include "explicit/paged_vector.h"
#include "explicit/pages.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <span>

namespace lockstep::explicit_engine {

class EdgeLog {
public:
    using Bytes = PagedVector<std::uint8_t, 21>;

    /// One thread's log, in cache lines of its own. Its bytes are at `position`s from 1 on.
    class alignas(64) Writer {
    public:
        /// What was there of this state before is forgotten.
        void begin_state(std::uint32_t state, bool is_partial = false)
        {
            log.starts.make_room_for(state);
            log.starts[state] = (is_partial ? partial : 0) | std::uint64_t{number} << number_shift | (bytes.size() + 1);
            present = previous = state;
            has_successor = false;
        }
        void add(std::uint32_t target)
        {
            has_successor |= target != present;
            // 0 ends a list, so that differences are kept plus one; zigzag makes small negative ones small.
            const std::int64_t difference = std::int64_t{target} - previous;
            std::uint64_t code =
                (static_cast<std::uint64_t>(difference) << 1 ^ static_cast<std::uint64_t>(difference >> 63)) + 1;
            for (; code >= 0x80; code >>= 7) bytes.push_back(static_cast<std::uint8_t>(code | 0x80));
            bytes.push_back(static_cast<std::uint8_t>(code));
            previous = target;
        }
        void end_state()
        {
            bytes.push_back(0);
            has_dead_end |= !has_successor;
            ++states;
            used.store(bytes.bytes() + states * sizeof(std::uint64_t), std::memory_order_relaxed);
        }

        Writer(EdgeLog& the_log, std::uint32_t the_number) : log(the_log), number(the_number) {}

    private:
        friend class EdgeLog;
        EdgeLog& log;
        std::uint32_t number;
        Bytes bytes;
        std::uint32_t present = 0, previous = 0;
        bool has_successor = false, has_dead_end = false;
        std::uint64_t states = 0;
        std::atomic<std::size_t> used = 0;
    };

    /// For one thread; stays until the log goes.
    Writer& add_writer()
    {
        const std::lock_guard lock(mutex);
        return writers.emplace_back(*this, static_cast<std::uint32_t>(writers.size()));
    }

    [[nodiscard]] bool is_expanded(std::uint32_t state) const { return start(state) != 0; }
    /// Not all of its steps have been made.
    [[nodiscard]] bool is_partial(std::uint32_t state) const { return (start(state) & partial) != 0; }

    /// Some state may have no successor but itself; while nobody writes.
    [[nodiscard]] bool has_dead_end() const { return std::ranges::any_of(writers, &Writer::has_dead_end); }

    /// Reads the successors of one state, one after the other.
    class Reader {
    public:
        Reader() = default;
        Reader(const EdgeLog& log, std::uint32_t state) : target(state)
        {
            const std::uint64_t start = log.start(state);
            if (start == 0) return;
            bytes = &log.writers[(start & ~partial) >> number_shift].bytes;
            position = (start & ((std::uint64_t{1} << number_shift) - 1)) - 1;
            enter_page();
            advance();
        }
        [[nodiscard]] bool at_end() const { return next == nullptr; }
        [[nodiscard]] std::uint32_t operator*() const { return target; }
        Reader& operator++()
        {
            advance();
            return *this;
        }
        bool operator==(const Reader& other) const { return next == other.next; }

    private:
        const Bytes* bytes = nullptr;
        const std::uint8_t* next = nullptr;  // behind the present code; none: at the end
        const std::uint8_t* end = nullptr;   // of its page
        std::uint64_t position = 0;          // of the page's end in the log
        std::uint32_t target = 0;

        void enter_page()
        {
            const std::span<const std::uint8_t> page = bytes->rest_of_page(position);
            next = page.data();
            end = next + page.size();
            position += page.size();
        }

        void advance()
        {
            if (next == nullptr) return;
            std::uint64_t code = 0;
            for (unsigned shift = 0;; shift += 7) {
                if (next == end) enter_page();
                const std::uint8_t byte = *next++;
                code |= std::uint64_t{byte & 0x7fU} << shift;
                if (byte < 0x80) break;
            }
            if (code == 0) {
                next = nullptr;
                return;
            }
            --code;
            const auto difference = static_cast<std::int64_t>(code >> 1) ^ -static_cast<std::int64_t>(code & 1);
            target = static_cast<std::uint32_t>(target + difference);
        }
    };

    /// The lists of all states below `end`, one after the other, each with how much it holds in front; nothing that
    /// was forgotten. While nobody writes.
    void save(CheckpointWriter& out, std::uint32_t end) const
    {
        for (std::uint32_t state = 0; state < end; ++state) {
            const std::uint64_t at = start(state);
            out.byte(at == 0 ? 0 : (at & partial) == 0 ? 1 : 2);
            if (at == 0) continue;
            const auto& bytes = writers[(at & ~partial) >> number_shift].bytes;
            std::uint64_t position = (at & ((std::uint64_t{1} << number_shift) - 1)) - 1;
            do out.byte(bytes[position]);
            while (bytes[position++] != 0);
        }
    }
    /// All into the log of one writer, which is empty.
    static void restore(CheckpointReader& in, std::uint32_t end, Writer& writer)
    {
        for (std::uint32_t state = 0; state < end; ++state) {
            const std::uint8_t held = in.byte();
            if (held == 0) continue;
            writer.begin_state(state, held == 2);
            for (std::uint8_t byte = in.byte(); byte != 0; byte = in.byte()) writer.bytes.push_back(byte);
            writer.end_state();
        }
        writer.has_dead_end = true;  // maybe
    }

    [[nodiscard]] std::size_t bytes() const
    {
        std::size_t sum = 0;
        for (const Writer& writer : writers) sum += writer.used.load(std::memory_order_relaxed);
        return sum;
    }

private:
    static constexpr unsigned number_shift = 48;
    static constexpr std::uint64_t partial = std::uint64_t{1} << 63;
    Pages<std::uint64_t, 18> starts;  // by state: partial, the writer's number, the position; 0: not expanded
    std::mutex mutex;                 // for adding writers
    std::deque<Writer> writers;

    [[nodiscard]] std::uint64_t start(std::uint32_t state) const
    {
        return starts.has_room_for(state) ? starts[state] : 0;
    }
};

}  // namespace lockstep::explicit_engine
