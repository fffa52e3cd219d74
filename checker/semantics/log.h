// A log that is appended to, read and cut back: a vector whose three pointers are where native code can reach them.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>
#include <type_traits>

namespace lockstep {

template <typename Entry>
class Log {
    static_assert(std::is_trivially_copyable_v<Entry>);

public:
    Log() = default;
    ~Log() { std::free(pointers.first); }
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(pointers.last - pointers.first); }
    [[nodiscard]] bool empty() const { return pointers.last == pointers.first; }
    [[nodiscard]] const Entry* begin() const { return pointers.first; }
    [[nodiscard]] const Entry* end() const { return pointers.last; }
    const Entry& operator[](std::size_t i) const { return pointers.first[i]; }
    [[nodiscard]] const Entry& back() const { return pointers.last[-1]; }

    void push_back(const Entry& entry)
    {
        if (pointers.last == pointers.limit) reserve(size() + 1);
        *pointers.last++ = entry;
    }
    void pop_back() { --pointers.last; }
    void clear() { pointers.last = pointers.first; }

    /// Room for so many entries in all.
    void reserve(std::size_t count)
    {
        const std::size_t capacity = static_cast<std::size_t>(pointers.limit - pointers.first);
        if (count <= capacity) return;
        const std::size_t used = size(), grown = count > 2 * capacity ? count : 2 * capacity;
        void* moved = std::realloc(static_cast<void*>(pointers.first), grown * sizeof(Entry));
        if (moved == nullptr) throw std::bad_alloc();
        pointers.first = static_cast<Entry*>(moved);
        pointers.last = pointers.first + used;
        pointers.limit = pointers.first + grown;
    }

    /// What native code sees of it: `last` is where the next entry goes, which has to be below `limit`.
    struct Pointers {
        Entry* first = nullptr;
        Entry* last = nullptr;
        Entry* limit = nullptr;
    };
    Pointers pointers;
};

}  // namespace lockstep
