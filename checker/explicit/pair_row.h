// The pairs of a table in order of their numbers, in as few bytes as their page needs.
//
// The values in a pair are mostly numbers of other pairs, which take few bits while these are few. So each page of
// 65,536 pairs has a format of its own, made when the page is begun: so many bits for the left value and for the right
// as the largest values so far have, and some more; together a whole number of bytes, from 4 to 8. The few pairs that
// do not fit are kept beside the row; in their place stands `all bits set`, which therefore does not fit either.
//
//     bits                 meaning
//     0 .. r-1             the right value
//     r .. 8*bytes-1       the left value
//
// Threads write different pairs, and read only what they have learnt of from the writer.
#pragma once

#include "explicit/big_array.h"
#include "explicit/prefetch.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

namespace lockstep::explicit_engine {

class PairRow {
public:
    static constexpr unsigned page_bits = 16;
    static constexpr std::uint32_t page_size = 1U << page_bits;

    PairRow() : directory(std::size_t{1} << (31 - page_bits)) {}

    /// One thread at a time: makes sure that there is a page for this pair.
    void make_room_for(std::uint32_t number)
    {
        if (directory[number >> page_bits].data.load(std::memory_order_relaxed) != nullptr) return;
        const std::uint32_t page = number >> page_bits;
        const auto bits_for = [&](const std::atomic<std::uint32_t>& largest) {
            if (page == 0) return 32U;  // nothing is known yet
            // While this page is filled, numbers may grow as the row does; later a little will do.
            const std::uint64_t known = largest.load(std::memory_order_relaxed);
            return std::clamp(static_cast<unsigned>(std::bit_width(known + known / std::min(page, 12U) + 1)), 4U, 32U);
        };
        const unsigned left = bits_for(largest_left), right = bits_for(largest_right);
        const unsigned bytes = std::max((left + right + 7) / 8, 4U);
        add_page(number, bytes, std::min(right + (8 * bytes - left - right) / 2, 32U));
    }

    /// Of the first `count` pairs, as they stand here.
    template <typename Writer>
    void save(Writer& out, std::uint32_t count) const
    {
        out(largest_left.load(std::memory_order_relaxed));
        out(largest_right.load(std::memory_order_relaxed));
        for (std::uint32_t first = 0; first < count; first += page_size) {
            const Page& page = directory[first >> page_bits];
            out(page.bytes);
            out(page.right_bits);
            out.bytes(page.data.load(std::memory_order_relaxed),
                      std::size_t{std::min(page_size, count - first)} * page.bytes);
        }
        out(std::uint64_t{beside.size()});
        for (const auto& [number, pair] : beside) {
            out(number);
            out(pair);
        }
    }
    /// Into a row that has no page yet.
    template <typename Reader>
    void restore(Reader& in, std::uint32_t count)
    {
        std::uint32_t left = 0, right = 0;
        in(left);
        in(right);
        largest_left = left;
        largest_right = right;
        for (std::uint32_t first = 0; first < count; first += page_size) {
            std::uint32_t bytes = 0, right_bits = 0;
            in(bytes);
            in(right_bits);
            add_page(first, bytes, right_bits);
            in.bytes(directory[first >> page_bits].data.load(std::memory_order_relaxed),
                     std::size_t{std::min(page_size, count - first)} * bytes);
        }
        std::uint64_t beside_count = 0;
        in(beside_count);
        for (; beside_count != 0; --beside_count) {
            std::uint32_t number = 0;
            std::uint64_t pair = 0;
            in(number);
            in(pair);
            beside[number] = pair;
        }
    }

    void write(std::uint32_t number, std::uint64_t pair)
    {
        const Page& page = directory[number >> page_bits];
        note_largest(largest_left, static_cast<std::uint32_t>(pair >> 32));
        note_largest(largest_right, static_cast<std::uint32_t>(pair));
        std::uint64_t code = encode(page, pair);
        if (code == everything) {
            const std::lock_guard lock(mutex);
            beside[number] = pair;
        }
        std::byte* place = place_of(page, number);
        std::memcpy(place, &code, 4);
        code >>= 32;
        copy_high(page.bytes, place + 4, &code);
        prefetch_to_write(place + 2 * cache_line);  // where this thread's next pairs will be
    }

    [[nodiscard]] std::uint64_t operator[](std::uint32_t number) const
    {
        const Page& page = directory[number >> page_bits];
        const std::uint64_t code = read(page, place_of(page, number));
        if (code == all_ones(page)) return read_beside(number, code);
        return (code >> page.right_bits) << 32 | (code & ((std::uint64_t{1} << page.right_bits) - 1));
    }

    void prefetch(std::uint32_t number) const
    {
        const Page& page = directory[number >> page_bits];
        __builtin_prefetch(place_of(page, number));
    }

    /// Of the first `count` pairs.
    [[nodiscard]] std::size_t bytes(std::uint32_t count) const
    {
        std::size_t sum = 0;
        for (std::uint32_t first = 0; first < count; first += page_size)
            sum += std::size_t{std::min(page_size, count - first)} * directory[first >> page_bits].bytes;
        const std::shared_lock lock(mutex);
        return sum + beside.size() * (sizeof(std::uint64_t) + sizeof(std::uint32_t) + 3 * sizeof(void*));
    }

private:
    static constexpr std::uint64_t everything = UINT64_MAX;
    static constexpr std::size_t cache_line = 64;
    // A pair is read as eight bytes, so that its length needs no branch; what belongs to its neighbour, which another
    // thread may be writing, is masked out. (ThreadSanitizer would not know.)
    static constexpr std::size_t read_behind = 4;

    struct Page {
        std::atomic<std::byte*> data;
        std::uint32_t bytes;       // for each pair
        std::uint32_t right_bits;  // what is left is for the left value
    };
    BigArray<Page> directory;
    static constexpr std::size_t chunk_bytes = std::size_t{1} << 23;  // large enough for huge pages
    std::vector<BigArray<std::byte>> memory;                          // the first page's; then those that others share
    // What changes stands in cache lines of its own, since every look at a pair reads what is above.
    alignas(cache_line) std::size_t used = 0;  // of the last
    std::atomic<std::uint32_t> largest_left = 0, largest_right = 0;
    mutable std::shared_mutex mutex;                          // some of these pairs are read often
    std::unordered_map<std::uint32_t, std::uint64_t> beside;  // by number

    void add_page(std::uint32_t number, std::uint32_t bytes, std::uint32_t right_bits)
    {
        Page& page = directory[number >> page_bits];
        const bool is_first = number < page_size;
        page.bytes = bytes;
        page.right_bits = right_bits;
        const std::size_t needed = std::size_t{page_size} * page.bytes;
        if (is_first) {
            memory.emplace_back(needed + read_behind);
        } else if (memory.size() < 2 || used + needed + read_behind > memory.back().size()) {
            memory.emplace_back(chunk_bytes);
            used = 0;
        }
        page.data.store(memory.back().data() + (is_first ? 0 : used), std::memory_order_release);
        if (!is_first) used += needed;
    }

    /// In steps of some percent: where it changed with each new number, the threads would fight over it.
    static void note_largest(std::atomic<std::uint32_t>& largest, std::uint32_t value)
    {
        std::uint32_t known = largest.load(std::memory_order_relaxed);
        if (value <= known) return;
        const std::uint32_t next = value <= UINT32_MAX - value / 32 ? value + value / 32 : UINT32_MAX;
        while (next > known && !largest.compare_exchange_weak(known, next, std::memory_order_relaxed)) {
        }
    }

    static std::byte* place_of(const Page& page, std::uint32_t number)
    {
        return page.data.load(std::memory_order_acquire) + std::size_t{number & (page_size - 1)} * page.bytes;
    }

    static std::uint64_t all_ones(const Page& page) { return everything >> (64 - 8 * page.bytes); }

    /// `everything` where the pair does not fit.
    static std::uint64_t encode(const Page& page, std::uint64_t pair)
    {
        const std::uint64_t left = pair >> 32, right = pair & UINT32_MAX;
        const bool fits = left >> (8 * page.bytes - page.right_bits) == 0 && right >> page.right_bits == 0;
        const std::uint64_t code = left << page.right_bits | right;
        return fits && code != all_ones(page) ? code : everything;
    }

    /// What follows the first four bytes of a pair, by moves instead of a call.
    static void copy_high(std::uint32_t pair_bytes, void* to, const void* from)
    {
        switch (pair_bytes) {
            case 8:
                std::memcpy(to, from, 4);
                break;
            case 7:
                std::memcpy(to, from, 3);
                break;
            case 6:
                std::memcpy(to, from, 2);
                break;
            case 5:
                std::memcpy(to, from, 1);
                break;
            default:
                break;
        }
    }

    static std::uint64_t read(const Page& page, const std::byte* place)
    {
#if defined(__SANITIZE_THREAD__)
        std::uint32_t low = 0, high = 0;
        std::memcpy(&low, place, 4);
        copy_high(page.bytes, &high, place + 4);
        return std::uint64_t{high} << 32 | low;
#else
        std::uint64_t code = 0;
        std::memcpy(&code, place, sizeof(code));
        return code & all_ones(page);
#endif
    }

    [[nodiscard]] std::uint64_t read_beside(std::uint32_t number, std::uint64_t code) const
    {
        const std::shared_lock lock(mutex);
        const auto entry = beside.find(number);
        return entry != beside.end() ? entry->second : code;
    }
};

}  // namespace lockstep::explicit_engine
