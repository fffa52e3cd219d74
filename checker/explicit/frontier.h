// The states of a level, in pieces for the threads to take. Each takes first what it has found itself, since what that
// consists of lies in its own cache: with two threads on two cores, that saves a tenth of the time.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace lockstep::explicit_engine {

/// States with consecutive numbers.
struct Range {
    std::uint32_t first, end;
};

class Frontier {
public:
    /// What each of the threads has found, cut into pieces of no more than so many states. Nothing is taken yet.
    void assign(std::span<const std::vector<Range>> found, std::uint32_t most_in_piece)
    {
        pieces.clear();
        std::vector<std::size_t> ends;
        for (const std::vector<Range>& of_one : found) {
            for (Range range : of_one) {
                for (; range.end - range.first > most_in_piece; range.first += most_in_piece)
                    pieces.push_back({range.first, range.first + most_in_piece});
                pieces.push_back(range);
            }
            ends.push_back(pieces.size());
        }
        shares = std::vector<Share>(ends.size());
        for (std::size_t i = 0; i < ends.size(); ++i) shares[i].end = ends[i];
        put_back();
    }

    /// All pieces can be taken again.
    void put_back()
    {
        for (std::size_t i = 0; i < shares.size(); ++i) shares[i].next = i == 0 ? 0 : shares[i - 1].end;
    }

    /// For this thread, while others do the same; nothing: there are no more.
    std::optional<Range> take(std::size_t thread)
    {
        for (std::size_t i = 0; i < shares.size(); ++i) {
            Share& share = shares[(thread + i) % shares.size()];
            if (share.next.load(std::memory_order_relaxed) >= share.end) continue;
            if (const std::size_t piece = share.next++; piece < share.end) return pieces[piece];
        }
        return std::nullopt;
    }

    [[nodiscard]] bool empty() const { return pieces.empty(); }
    [[nodiscard]] std::uint64_t width() const
    {
        std::uint64_t sum = 0;
        for (const Range& piece : pieces) sum += piece.end - piece.first;
        return sum;
    }
    [[nodiscard]] const std::vector<Range>& all() const { return pieces; }
    [[nodiscard]] std::uint64_t bytes() const { return pieces.capacity() * sizeof(Range); }

private:
    struct Share {
        std::atomic<std::size_t> next = 0;
        std::size_t end = 0;
    };
    std::vector<Range> pieces;  // one thread's after the other's
    std::vector<Share> shares;  // by thread
};

}  // namespace lockstep::explicit_engine
