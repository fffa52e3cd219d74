// Strong ids and the vectors they index.
//
// Parts of a Program refer to each other by index, never by pointer, and each kind of index is a type of its
// own, so that a location cannot be passed where a transition is meant.
#pragma once

#include <cassert>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

namespace lockstep {

template <typename Tag>
struct Id {
    static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
    std::uint32_t index = none;

    constexpr Id() = default;
    constexpr explicit Id(std::size_t value) : index(static_cast<std::uint32_t>(value)) {}

    [[nodiscard]] constexpr bool valid() const { return index != none; }
    constexpr auto operator<=>(const Id&) const = default;
};

/// A vector indexed by one kind of id only.
template <typename IdType, typename Value>
class IdVector {
public:
    IdVector() = default;
    explicit IdVector(std::size_t count, const Value& value = Value()) : items(count, value) {}

    IdType add(Value value)
    {
        items.push_back(std::move(value));
        return IdType(items.size() - 1);
    }
    decltype(auto) operator[](IdType id)
    {
        assert(id.index < items.size());
        return items[id.index];
    }
    decltype(auto) operator[](IdType id) const
    {
        assert(id.index < items.size());
        return items[id.index];
    }
    [[nodiscard]] bool contains(IdType id) const { return id.index < items.size(); }
    [[nodiscard]] std::size_t size() const { return items.size(); }
    [[nodiscard]] bool empty() const { return items.empty(); }
    [[nodiscard]] IdType next_id() const { return IdType(items.size()); }
    void resize(std::size_t count, const Value& value = Value()) { items.resize(count, value); }

    auto begin() { return items.begin(); }
    auto end() { return items.end(); }
    auto begin() const { return items.begin(); }
    auto end() const { return items.end(); }

private:
    std::vector<Value> items;
};

/// All ids below `count`, for range-for loops that need the id rather than the value.
template <typename IdType>
class IdRange {
public:
    explicit IdRange(std::size_t count) : count(static_cast<std::uint32_t>(count)) {}
    struct Iterator {
        std::uint32_t value;
        IdType operator*() const { return IdType(value); }
        Iterator& operator++()
        {
            ++value;
            return *this;
        }
        bool operator!=(const Iterator& other) const { return value != other.value; }
    };
    [[nodiscard]] Iterator begin() const { return {0}; }
    [[nodiscard]] Iterator end() const { return {count}; }

private:
    std::uint32_t count;
};

template <typename IdType, typename Value>
IdRange<IdType> ids_of(const IdVector<IdType, Value>& vector)
{
    return IdRange<IdType>(vector.size());
}

}  // namespace lockstep

template <typename Tag>
struct std::hash<lockstep::Id<Tag>> {
    std::size_t operator()(lockstep::Id<Tag> id) const noexcept { return id.index; }
};
