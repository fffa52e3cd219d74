#include "explicit/pair_table.h"

#include <algorithm>
#include <array>
#include <bit>
#include <functional>
#include <new>
#include <tuple>
#include <utility>

namespace lockstep::explicit_engine {

namespace {

constexpr std::uint64_t first_lines = 64;

using Range = std::pair<std::uint32_t, std::uint32_t>;

}  // namespace

PairTable::PairTable(Rendezvous* the_rendezvous) : index(first_lines), rendezvous(the_rendezvous) {}

PairTable::Writer::Writer(PairTable& the_table) : table(the_table)
{
    const std::lock_guard lock(table.mutex);
    table.writers.push_back(this);
}

PairTable::Writer::~Writer()
{
    const std::lock_guard lock(table.mutex);
    std::erase(table.writers, this);
    if (next != end) table.gaps.emplace_back(next, end);
}

std::pair<std::uint32_t, bool> PairTable::insert(Writer& writer, std::uint64_t pair, std::uint64_t hash)
{
    const unsigned first = first_in_line(hash);
    const std::uint32_t tag = tag_of(hash), mask = index.number_mask;
    for (std::size_t line = line_of(hash);;) {
        const IndexLine found = IndexLine::look(&index.entries[line], first, tag, mask);
        for (std::uint32_t matches = found.matches & ~found.empties; matches != 0; matches &= matches - 1) {
            const std::atomic<std::uint32_t>& place = index.entries[line + place_in_line(first, matches)];
            const std::uint32_t number = (place.load(std::memory_order_acquire) & mask) - 1;
            if (row[number] == pair) return {number, false};
        }
        if (found.empties == 0) {
            line = next_line(line);
            continue;
        }
        if (writer.next == writer.end && !take_block(writer)) return insert(writer, pair, hash);
        row.write(writer.next, pair);
        std::uint32_t empty = 0;
        std::atomic<std::uint32_t>& place = index.entries[line + place_in_line(first, found.empties)];
        if (place.compare_exchange_strong(empty, tag | (writer.next + 1), std::memory_order_acq_rel,
                                          std::memory_order_relaxed))
            return {writer.next++, true};
        // Another thread was quicker, maybe with this pair: the line is looked at again.
    }
}

/// Returns false where the index may have been made anew.
bool PairTable::take_block(Writer& writer)
{
    {
        const std::lock_guard lock(mutex);
        const std::uint32_t first = allocated.load(std::memory_order_relaxed);
        if (first + block_size <= index.capacity) {
            row.make_room_for(first);
            writer.next = first;
            writer.end = first + block_size;
            allocated.store(writer.end, std::memory_order_relaxed);
            return true;
        }
    }
    const auto grow_if_needed = [&] {
        if (allocated + block_size > index.capacity) grow();
    };
    if (rendezvous != nullptr) {
        rendezvous->alone(grow_if_needed);
    } else {
        grow_if_needed();
    }
    return false;
}

// ---- The index -----------------------------------------------------------------------------------------------------

PairTable::Index::Index(std::uint64_t line_count)
    : memory(line_count * cache_line + cache_line),
      lines(line_count),
      capacity(static_cast<std::uint32_t>(lines * line_size / 10 * 9)),
      bits(static_cast<unsigned>(std::bit_width(std::uint64_t{capacity}))),
      number_mask(static_cast<std::uint32_t>((std::uint64_t{1} << bits) - 1))
{
    static_assert(sizeof(std::atomic<std::uint32_t>) * line_size == cache_line);
    const auto address = reinterpret_cast<std::uintptr_t>(memory.data());
    std::byte* aligned = memory.data() + (cache_line - address % cache_line) % cache_line;
    entries = reinterpret_cast<std::atomic<std::uint32_t>*>(aligned);
}

/// Where there is no memory for it nothing has changed: other threads may still be at work.
void PairTable::grow()
{
    constexpr std::uint64_t most_lines = (std::uint64_t{1} << 31) / line_size;
    if (index.lines == most_lines) throw std::bad_alloc();  // is_full() was not heeded
    Index longer(std::min(index.lines + index.lines / 4, most_lines));
    Index before = std::exchange(index, std::move(longer));
    constexpr std::uint64_t piece = BigArray<std::byte>::huge_page / cache_line;
    const std::uint64_t pieces = (before.lines + piece - 1) / piece;
    const bool is_alone = rendezvous == nullptr || !rendezvous->has_company() || pieces < 4;
    const auto move = [&](std::size_t i) {
        move_lines(before, i * piece, std::min((i + 1) * piece, before.lines), is_alone);
    };
    if (is_alone) {
        for (std::uint64_t i = 0; i < pieces; ++i) move(i);
    } else {
        rendezvous->divide(pieces, move);
    }
}

/// Enters a pair that is not in the index.
void PairTable::enter(std::uint64_t hash, std::uint32_t number, bool is_alone)
{
    const std::uint32_t wanted = tag_of(hash) | (number + 1);
    const unsigned first = first_in_line(hash);
    for (std::size_t line = line_of(hash);;) {
        const std::uint32_t empties = IndexLine::look(&index.entries[line], first, 0, 0).empties;
        if (empties == 0) {
            line = next_line(line);
            continue;
        }
        std::atomic<std::uint32_t>& place = index.entries[line + place_in_line(first, empties)];
        std::uint32_t empty = 0;
        if (is_alone) return place.store(wanted, std::memory_order_relaxed);
        if (place.compare_exchange_strong(empty, wanted, std::memory_order_relaxed)) return;
    }
}

/// Enters what these lines of the index before hold, and gives their memory back.
void PairTable::move_lines(Index& before, std::uint64_t first, std::uint64_t end, bool is_alone)
{
    constexpr std::size_t batch = 4;  // of lines, whose pairs are asked for together
    std::array<std::uint32_t, batch * line_size> numbers;
    for (std::uint64_t line = first; line < end; line += batch) {
        std::size_t count = 0;
        for (std::size_t i = line * line_size; i < std::min(line + batch, end) * line_size; ++i) {
            const std::uint32_t entry = before.entries[i].load(std::memory_order_relaxed);
            if (entry == 0) continue;
            numbers[count] = (entry & before.number_mask) - 1;
            row.prefetch(numbers[count++]);
        }
        for (std::size_t i = 0; i < count; ++i) enter(mix(row[numbers[i]]), numbers[i], is_alone);
    }
    before.memory.give_back(reinterpret_cast<std::byte*>(&before.entries[first * line_size]),
                            (end - first) * cache_line);
}

void PairTable::clear(Writer& only)
{
    only.next = only.end = 0;
    only.recent.clear();
    gaps.clear();
    allocated = 0;
    index = Index(first_lines);
}

// ---- Checkpoints ----------------------------------------------------------------------------------------------------

void PairTable::save(CheckpointWriter& out) const
{
    out(end());
    out(index.lines);
    std::vector<std::uint32_t> bounds;
    for (const auto& [first, last] : all_gaps()) bounds.insert(bounds.end(), {first, last});
    out(bounds);
    row.save(out, end());
}

void PairTable::restore(CheckpointReader& in, Writer& only)
{
    std::uint32_t count = 0;
    std::uint64_t line_count = 0;
    in(count);
    in(line_count);
    std::vector<std::uint32_t> bounds;
    in(bounds);
    for (std::size_t i = 0; i + 1 < bounds.size(); i += 2) gaps.emplace_back(bounds[i], bounds[i + 1]);
    row.restore(in, count);
    allocated = count;
    only.next = only.end = 0;
    only.recent.clear();
    // One writer goes on in its block; what others had begun stays empty.
    const auto block = std::ranges::find(gaps, count, &Range::second);
    if (block != gaps.end()) {
        std::tie(only.next, only.end) = *block;
        gaps.erase(block);
    }
    index = Index(line_count);
    std::vector<Range> left_out = all_gaps();
    std::ranges::sort(left_out, std::ranges::greater());
    for (std::uint32_t number = 0; number < count; ++number) {
        if (!left_out.empty() && left_out.back().first == number) {
            number = left_out.back().second - 1;
            left_out.pop_back();
            continue;
        }
        enter(mix(row[number]), number, true);
    }
}

// ---- Gaps ----------------------------------------------------------------------------------------------------------

std::vector<Range> PairTable::all_gaps() const
{
    std::vector<Range> result = gaps;
    for (const Writer* writer : writers)
        if (writer->next != writer->end) result.emplace_back(writer->next, writer->end);
    return result;
}

std::uint32_t PairTable::size() const
{
    std::uint32_t count = end();
    for (const auto& [first, last] : all_gaps()) count -= last - first;
    return count;
}

}  // namespace lockstep::explicit_engine
