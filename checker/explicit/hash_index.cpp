#include "explicit/hash_index.h"

#include "explicit/mixing.h"
#include "explicit/pair_row.h"
#include "explicit/rendezvous.h"

#include <algorithm>
#include <cmath>

namespace lockstep::explicit_engine {

namespace {

constexpr std::size_t cache_line = 64;
/// Of the segments in the beginning: from 16 lines on, each some 9 % longer than the one before.
constexpr std::array<std::uint32_t, 8> first_lengths = {16, 17, 19, 21, 23, 25, 27, 29};

/// How many of a segment's entries are taken before it grows: 9/10, but as long as it is short, fewer, since chance has
/// some segments hold more than an eighth of all elements (by eight standard deviations at most).
std::uint64_t most_taken(std::uint64_t entries)
{
    const auto chance = static_cast<std::uint64_t>(8 * std::sqrt(static_cast<double>(entries)));
    return std::min(entries / 10 * 9, entries - std::min(chance, entries / 2));
}

}  // namespace

HashIndex::HashIndex()
{
    static_assert(segment_count == first_lengths.size());
    for (std::size_t i = 0; i < segment_count; ++i) set_up(i, first_lengths[i]);
}

void HashIndex::set_up(std::size_t number, std::uint32_t lines)
{
    static_assert(sizeof(std::atomic<std::uint32_t>) * index_line_size == cache_line);
    constexpr std::uint32_t lines_of_page = BigArray<std::byte>::huge_page / cache_line;
    if (lines > lines_of_page) lines = (lines + lines_of_page - 1) / lines_of_page * lines_of_page;
    BigArray<std::byte> place(std::size_t{lines} * cache_line + (lines > lines_of_page ? 0 : cache_line));
    const auto address = reinterpret_cast<std::uintptr_t>(place.data());
    std::byte* aligned = place.data() + (cache_line - address % cache_line) % cache_line;
    Segment& segment = segments[number];
    segment.entries = reinterpret_cast<std::atomic<std::uint32_t>*>(aligned);
    segment.lines = lines;
    segment.capacity = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(segment_count * most_taken(std::uint64_t{lines} * index_line_size), most_elements));
    segment.bits = static_cast<unsigned>(std::bit_width(std::uint64_t{segment.capacity}));
    segment.number_mask = static_cast<std::uint32_t>((std::uint64_t{1} << segment.bits) - 1);
    memory[number] = std::move(place);
}

const HashIndex::Segment& HashIndex::shortest() const
{
    return *std::ranges::min_element(segments, {}, &Segment::lines);
}

std::size_t HashIndex::bytes() const
{
    std::size_t sum = 0;
    for (const BigArray<std::byte>& part : memory) sum += part.bytes();
    return sum;
}

std::size_t HashIndex::bytes_to_grow() const { return 2 * std::size_t{shortest().lines} * cache_line; }

// ---- Growth --------------------------------------------------------------------------------------------------------

void HashIndex::grow(const PairRow& elements, Rendezvous* rendezvous)
{
    const auto number = static_cast<std::size_t>(&shortest() - segments.data());
    const Segment from = segments[number];
    BigArray<std::byte> before = std::move(memory[number]);
    try {
        set_up(number, 2 * from.lines);
    } catch (...) {
        memory[number] = std::move(before);
        throw;
    }
    constexpr std::uint64_t piece = 128;  // lines
    const std::uint64_t pieces = (from.lines + piece - 1) / piece;
    const auto move = [&](std::size_t i) {
        move_lines(elements, from, i * piece, std::min<std::uint64_t>((i + 1) * piece, from.lines));
    };
    if (rendezvous == nullptr || !rendezvous->has_company() || pieces < 4) {
        for (std::uint64_t i = 0; i < pieces; ++i) move(i);
    } else {
        rendezvous->divide(pieces, move);
    }
}

/// Enters what these lines held.
void HashIndex::move_lines(const PairRow& elements, const Segment& from, std::uint64_t first, std::uint64_t end)
{
    constexpr std::size_t batch = 4;  // of lines, whose elements are asked for together
    std::array<std::uint32_t, batch * index_line_size> numbers;
    for (std::uint64_t line = first; line < end; line += batch) {
        std::size_t count = 0;
        for (std::size_t i = line * index_line_size; i < std::min(line + batch, end) * index_line_size; ++i) {
            const std::uint32_t entry = from.entries[i].load(std::memory_order_relaxed);
            if (entry == 0) continue;
            numbers[count] = (entry & from.number_mask) - 1;
            elements.prefetch(numbers[count++]);
        }
        for (std::size_t i = 0; i < count; ++i) enter(hash_of_pair(elements[numbers[i]]), numbers[i]);
    }
}

void HashIndex::enter(std::uint64_t hash, std::uint32_t number)
{
    for (Probe probe(*this, hash);;) {
        const std::uint32_t empties = probe.look().empties;
        if (empties == 0) {
            probe.go_on();
        } else if (probe.enter(empties, number)) {
            return;
        }
    }
}

}  // namespace lockstep::explicit_engine
