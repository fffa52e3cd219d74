// An array that grows page by page while several threads use it: no element ever moves, a page takes no memory before
// it is touched, and growing never needs twice the memory. Who may read which element is for the user to order: a
// reader has to have learnt of the element from whoever wrote it (in PairTable through the index, elsewhere at the end
// of a level). What one thread alone appends to is a PagedVector.
#pragma once

#include "explicit/big_array.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace lockstep::explicit_engine {

/// Elements begin as zeros. Indices are below 2^31.
template <typename Value, unsigned page_bits = 16>
class Pages {
public:
    static constexpr std::size_t page_size = std::size_t{1} << page_bits;

    /// Makes sure that there is a page for this element; any thread may.
    void make_room_for(std::size_t i)
    {
        std::atomic<Value*>& page = directory[i >> page_bits];
        if (page.load(std::memory_order_acquire) != nullptr) return;
        const std::lock_guard lock(mutex);
        if (page.load(std::memory_order_relaxed) != nullptr) return;
        pages.emplace_back(page_size);
        page.store(pages.back().data(), std::memory_order_release);
    }
    [[nodiscard]] bool has_room_for(std::size_t i) const
    {
        return directory[i >> page_bits].load(std::memory_order_acquire) != nullptr;
    }
    Value& operator[](std::size_t i)
    {
        return directory[i >> page_bits].load(std::memory_order_acquire)[i & (page_size - 1)];
    }
    const Value& operator[](std::size_t i) const
    {
        return directory[i >> page_bits].load(std::memory_order_acquire)[i & (page_size - 1)];
    }

private:
    BigArray<std::atomic<Value*>> directory{std::size_t{1} << (31 - page_bits)};
    std::mutex mutex;
    std::vector<BigArray<Value>> pages;
};

}  // namespace lockstep::explicit_engine
