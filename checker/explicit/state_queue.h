// States that wait to be expanded: first in, first out, kept only until then.
//
// What comes out is read in the order in which it went in, so that each state need only be told by the words in which
// it differs from the one before it, which are few: both are successors of one state, or of two neighbours. It takes
// some ten bytes instead of some hundred. (The queue of a breadth-first search is usually put on disk instead: U.
// Stern, D. L. Dill: Using Magnetic Disk instead of Main Memory in the Murphi Verifier, CAV 1998.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

namespace lockstep::explicit_engine {

class StateQueue {
public:
    /// The first state is told by how it differs from this row.
    explicit StateQueue(std::vector<std::uint32_t> base) : last(std::move(base)) {}

    void push(std::span<const std::uint32_t> words)
    {
        differing.clear();
        for (std::uint32_t word = 0; word < last.size(); ++word)
            if (words[word] != last[word]) differing.push_back(word);
        put(differing.size());
        std::uint32_t next = 0;
        for (const std::uint32_t word : differing) {
            put(word - next);
            put(words[word] ^ last[word]);
            last[word] = words[word];
            next = word + 1;
        }
        ++count;
    }

    /// `words` is what came out last, or the base, and becomes what comes out; `changed` receives where it does, and
    /// `visit` each such word with what was there before. Precondition: there is one.
    template <typename Visit>
    void pop(std::span<std::uint32_t> words, std::vector<std::uint32_t>& changed, Visit visit)
    {
        changed.clear();
        std::uint32_t next = 0;
        for (std::uint64_t left = get(); left != 0; --left) {
            const auto word = static_cast<std::uint32_t>(next + get());
            const std::uint32_t before = words[word];
            words[word] ^= static_cast<std::uint32_t>(get());
            visit(word, before);
            changed.push_back(word);
            next = word + 1;
        }
        --count;
    }

    [[nodiscard]] std::uint64_t size() const { return count; }
    [[nodiscard]] std::size_t bytes() const { return chunks.size() * chunk_bytes; }

private:
    static constexpr std::size_t chunk_bytes = std::size_t{1} << 16;
    std::vector<std::uint32_t> last, differing;
    std::deque<std::vector<std::uint8_t>> chunks;
    std::size_t read = 0;  // of the first chunk
    std::uint64_t count = 0;

    void put(std::uint64_t number)
    {
        for (; number >= 0x80; number >>= 7) put_byte(static_cast<std::uint8_t>(number | 0x80));
        put_byte(static_cast<std::uint8_t>(number));
    }
    void put_byte(std::uint8_t byte)
    {
        if (chunks.empty() || chunks.back().size() == chunk_bytes) chunks.emplace_back().reserve(chunk_bytes);
        chunks.back().push_back(byte);
    }
    std::uint64_t get()
    {
        std::uint64_t number = 0;
        for (unsigned shift = 0;; shift += 7) {
            if (read == chunk_bytes) {
                chunks.pop_front();
                read = 0;
            }
            const std::uint8_t byte = chunks.front()[read++];
            number |= std::uint64_t{byte & 0x7fU} << shift;
            if (byte < 0x80) return number;
        }
    }
};

}  // namespace lockstep::explicit_engine
