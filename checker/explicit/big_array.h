// A plain array of zeros, straight from the operating system where it is big: no page of it takes memory before it is
// touched, and all of it goes back when it is no longer needed. Random access to a big table costs as much for finding
// the page's address as for the memory itself, so that huge pages are asked for.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <type_traits>
#include <utility>

namespace lockstep::explicit_engine {

template <typename Value>
class BigArray {
    static_assert(std::is_trivially_destructible_v<Value>);

public:
    BigArray() = default;
    explicit BigArray(std::size_t the_count) : count(the_count)
    {
        if (count * sizeof(Value) < mapped_bytes) {
            values = static_cast<Value*>(std::calloc(count, sizeof(Value)));
            if (values == nullptr && count != 0) throw std::bad_alloc();
            return;
        }
        values = static_cast<Value*>(count * sizeof(Value) < huge_page ? map(bytes()) : map_huge(bytes()));
    }
    BigArray(BigArray&& other) noexcept
        : values(std::exchange(other.values, nullptr)), count(std::exchange(other.count, 0))
    {
    }
    BigArray& operator=(BigArray&& other) noexcept
    {
        std::swap(values, other.values);
        std::swap(count, other.count);
        return *this;
    }
    ~BigArray()
    {
        if (count * sizeof(Value) < mapped_bytes) {
            std::free(values);
        } else {
            munmap(values, count * sizeof(Value));
        }
    }

    Value& operator[](std::size_t i) { return values[i]; }
    const Value& operator[](std::size_t i) const { return values[i]; }
    Value* data() { return values; }
    [[nodiscard]] const Value* data() const { return values; }
    [[nodiscard]] std::size_t size() const { return count; }
    [[nodiscard]] std::size_t bytes() const { return count * sizeof(Value); }

    static constexpr std::size_t huge_page = std::size_t{1} << 21;

private:
    static constexpr std::size_t mapped_bytes = std::size_t{1} << 16, page = std::size_t{1} << 12;
    Value* values = nullptr;
    std::size_t count = 0;

    static void* map(std::size_t size)
    {
        void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) throw std::bad_alloc();
        return memory;
    }
    /// From a huge page's border on.
    static void* map_huge(std::size_t size)
    {
        auto* memory = static_cast<std::byte*>(map(size + huge_page));
        const std::size_t before = (huge_page - reinterpret_cast<std::uintptr_t>(memory) % huge_page) % huge_page;
        if (before != 0) munmap(memory, before);
        std::byte* first = memory + before;
        const std::size_t used = (size + page - 1) / page * page;
        if (before + used < size + huge_page) munmap(first + used, size + huge_page - before - used);
        madvise(first, size, MADV_HUGEPAGE);
        return first;
    }
};

}  // namespace lockstep::explicit_engine
