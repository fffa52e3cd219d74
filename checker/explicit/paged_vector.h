// A vector that only grows, page by page: no element ever moves, and growing never needs twice the memory. One thread's
// own, of any length; what several threads fill at once is Pages.
#pragma once

#include "explicit/big_array.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace lockstep::explicit_engine {

template <typename Value, unsigned page_bits = 16>
class PagedVector {
public:
    static constexpr std::size_t page_size = std::size_t{1} << page_bits;

    void push_back(Value value)
    {
        if (count == pages.size() * page_size) pages.emplace_back(page_size);
        pages[count >> page_bits][count & (page_size - 1)] = value;
        ++count;
    }
    Value& operator[](std::size_t i) { return pages[i >> page_bits][i & (page_size - 1)]; }
    const Value& operator[](std::size_t i) const { return pages[i >> page_bits][i & (page_size - 1)]; }
    /// From element i on. Precondition: there is one.
    [[nodiscard]] std::span<const Value> rest_of_page(std::size_t i) const
    {
        const std::size_t first = i & (page_size - 1), left = count - (i - first);
        return {pages[i >> page_bits].data() + first, (left < page_size ? left : page_size) - first};
    }
    [[nodiscard]] std::size_t size() const { return count; }
    /// What is in use; the rest of the last page takes no memory yet, or, of huge pages, up to 2 MiB.
    [[nodiscard]] std::size_t bytes() const { return count * sizeof(Value); }

private:
    std::vector<BigArray<Value>> pages;
    std::size_t count = 0;
};

}  // namespace lockstep::explicit_engine
