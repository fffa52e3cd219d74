#include "explicit/pair_table.h"

#include <algorithm>
#include <new>
#include <tuple>
#include <utility>

namespace lockstep::explicit_engine {

namespace {

using Range = std::pair<std::uint32_t, std::uint32_t>;

}  // namespace

PairTable::PairTable(Rendezvous* the_rendezvous) : rendezvous(the_rendezvous) {}

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
    for (HashIndex::Probe probe(index, hash);;) {
        const IndexLine found = probe.look();
        for (std::uint32_t matches = found.matches; matches != 0; matches &= matches - 1)
            if (const std::uint32_t number = probe.number(matches); row[number] == pair) return {number, false};
        if (found.empties == 0) {
            if (probe.go_on()) continue;
            const std::uint32_t full = index.capacity();
            grow_if([&] { return index.capacity() == full; });
            return insert(writer, pair, hash);
        }
        if (writer.next == writer.end && !take_block(writer)) return insert(writer, pair, hash);
        row.write(writer.next, pair);
        if (probe.enter(found.empties, writer.next)) return {writer.next++, true};
        // Another thread was quicker, maybe with this pair: the line is looked at again.
    }
}

/// Returns false where the index may have been made anew.
bool PairTable::take_block(Writer& writer)
{
    {
        const std::lock_guard lock(mutex);
        const std::uint32_t first = allocated.load(std::memory_order_relaxed);
        if (first + block_size <= index.capacity()) {
            row.make_room_for(first);
            writer.next = first;
            writer.end = first + block_size;
            allocated.store(writer.end, std::memory_order_relaxed);
            return true;
        }
    }
    grow_if([&] { return allocated + block_size > index.capacity(); });
    return false;
}

/// Asked while all other threads stand still. Where there is no memory for it nothing has changed.
void PairTable::grow_if(const std::function<bool()>& is_needed)
{
    const auto grow = [&] {
        while (is_needed()) {
            if (index.capacity() == most_numbers) throw std::bad_alloc();  // is_full() was not heeded
            index.grow(row, rendezvous);
        }
    };
    if (rendezvous != nullptr) {
        rendezvous->alone(grow);
    } else {
        grow();
    }
}

void PairTable::clear(Writer& only)
{
    only.next = only.end = 0;
    only.recent.clear();
    gaps.clear();
    allocated = 0;
    index = HashIndex();
}

// ---- Checkpoints ----------------------------------------------------------------------------------------------------

void PairTable::save(CheckpointWriter& out) const
{
    out(end());
    std::vector<std::uint32_t> bounds;
    for (const auto& [first, last] : all_gaps()) bounds.insert(bounds.end(), {first, last});
    out(bounds);
    row.save(out, end());
}

void PairTable::restore(CheckpointReader& in, Writer& only)
{
    std::uint32_t count = 0;
    in(count);
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
    while (index.capacity() < count) index.grow(row, nullptr);  // it has no entry yet
    std::vector<Range> left_out = all_gaps();
    std::ranges::sort(left_out, std::ranges::greater());
    for (std::uint32_t number = 0; number < count; ++number) {
        if (!left_out.empty() && left_out.back().first == number) {
            number = left_out.back().second - 1;
            left_out.pop_back();
            continue;
        }
        index.enter(hash_of_pair(row[number]), number);
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
