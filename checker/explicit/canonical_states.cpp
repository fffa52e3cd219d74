#include "explicit/canonical_states.h"

#include "explicit/colour_refinement.h"
#include "explicit/mixing.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace lockstep::explicit_engine {

namespace {

/// Stands for a value that names another slot.
constexpr std::int64_t names_another = -2;

}  // namespace

CanonicalStates::CanonicalStates(const Stepper& stepper, const Layout& layout, const symmetry::CpuSymmetry& symmetry,
                                 Rendezvous* rendezvous)
    : blocks(std::make_shared<BlockLayout>(stepper.program, layout, symmetry)),
      moving(blocks->slots()),
      word_matters_to_names(blocks->shared.words, false),
      present(words(), 0),
      row(blocks->slots()),
      next(row),
      changed(row.size()),
      ordered(row),
      moves_to(row.size()),
      cell_epoch(layout.cells.size(), 0),
      word_epoch(words(), 0),
      is_named_by_block(row.size(), false)
{
    tables.reserve(blocks->classes.size());
    for (const BlockLayout::Class& c : blocks->classes) tables.emplace_back(*blocks, c, rendezvous);
    std::vector<std::uint32_t> slot_of(stepper.program.processes.size(), BlockLayout::no_slot);
    for (std::uint32_t slot = 0; slot < blocks->slots(); ++slot)
        for (ProcessId p : blocks->processes[slot]) slot_of[p.index] = slot;
    for (ProcessId p : stepper.processes()) {
        const bool is_clock = stepper.program.processes[p].kind == ProcessKind::clock;
        const std::uint32_t slot = slot_of[p.index];
        (is_clock ? clocks : slot == BlockLayout::no_slot ? shared_movers : moving[slot]).push_back(p);
    }
    for (std::uint32_t cell = 0; cell < layout.cells.size(); ++cell)
        if (blocks->may_matter_to_names[cell])
            blocks->shared.cells[cell].for_each_word([&](std::uint32_t w) { word_matters_to_names[w] = true; });
    names.signature.assign(row.size(), 0);
    next_names = names;
}

// ---- The present state ---------------------------------------------------------------------------------------------

CanonicalStates::Entry CanonicalStates::entry(std::uint32_t slot, std::uint32_t number)
{
    const BlockTable::Contents& contents = table_of(slot)[number];
    return {contents.key, number, contents.names_others};
}

void CanonicalStates::load(std::span<const std::uint32_t> changed_words, const std::uint32_t* words,
                           std::vector<std::int64_t>& cells)
{
    const std::uint32_t shared_words = blocks->shared.words;
    const bool had_naming_blocks = naming_blocks != 0;
    bool names_change = false;
    for (std::uint32_t word : changed_words) {
        if (word >= present.size()) continue;
        present[word] = words[word];
        if (word < shared_words) {
            unpack_word(blocks->shared, word, words, cells.data());
            names_change = names_change || word_matters_to_names[word];
        } else {
            place(word - shared_words, words[word], cells);
        }
    }
    if (names_change) find_names(cells, names);
    if (had_naming_blocks || naming_blocks != 0) is_named_by_block = named_by_blocks(row, cells);
}

std::vector<bool> CanonicalStates::named_by_blocks(const std::vector<Entry>& entries,
                                                   const std::vector<std::int64_t>& cells)
{
    std::vector<bool> is_named(entries.size(), false);
    for (std::uint32_t slot = 0; slot < entries.size(); ++slot) {
        if (!entries[slot].names_others) continue;
        for (const auto& [index, kind] : table_of(slot)[entries[slot].number].names)
            blocks->for_each_name(kind, cells[blocks->cells[slot][index]],
                                  [&](std::uint32_t named, std::uint32_t) { is_named[named] = true; });
    }
    return is_named;
}

void CanonicalStates::place(std::uint32_t slot, std::uint32_t number, std::vector<std::int64_t>& cells)
{
    const BlockTable::Contents& contents = table_of(slot)[number];
    const std::vector<std::uint32_t>& cell = blocks->cells[slot];
    for (std::uint32_t index : blocks->class_at(slot).stored) cells[cell[index]] = contents.values[index];
    for (const auto& [index, kind] : contents.names)
        cells[cell[index]] = blocks->relative(kind, contents.values[index], slot);
    naming_blocks = naming_blocks - (row[slot].names_others ? 1 : 0) + (contents.names_others ? 1 : 0);
    row[slot] = next[slot] = ordered[slot] = {contents.key, number, contents.names_others};
}

void CanonicalStates::find_names(const std::vector<std::int64_t>& cells, Names& found) const
{
    found.cells.clear();
    for (std::uint32_t slot : found.named) found.signature[slot] = 0;
    found.named.clear();
    const auto look_at = [&](std::uint32_t cell, CellKind kind) {
        bool names_any = false;
        blocks->for_each_name(kind, cells[cell], [&](std::uint32_t slot, std::uint32_t index) {
            if (found.signature[slot] == 0) found.named.push_back(slot);
            found.signature[slot] = mixed(mixed(found.signature[slot], cell + 1), index) | 1;
            names_any = true;
        });
        if (names_any) found.cells.emplace_back(cell, kind);
    };
    for (const auto& [cell, kind] : blocks->shared_names) look_at(cell, kind);
    for (const BlockLayout::Holder& holder : blocks->shared_holders)
        for (const auto& [cell, kind] : holder.held[static_cast<std::size_t>(cells[holder.location])])
            look_at(cell, kind);
}

std::span<const ProcessId> CanonicalStates::movers()
{
    const auto steps_like_the_one_before = [&](std::uint32_t slot) {
        return row[slot] == row[slot - 1] && names.signature[slot] == names.signature[slot - 1] &&
               !row[slot].names_others && !is_named_by_block[slot] && !is_named_by_block[slot - 1];
    };
    chosen.assign(shared_movers.begin(), shared_movers.end());
    for (const BlockLayout::Class& c : blocks->classes)
        for (std::uint32_t slot = c.first; slot < c.end; ++slot)
            if (slot == c.first || !steps_like_the_one_before(slot))
                chosen.insert(chosen.end(), moving[slot].begin(), moving[slot].end());
    chosen.insert(chosen.end(), clocks.begin(), clocks.end());
    return chosen;
}

// ---- Blocks --------------------------------------------------------------------------------------------------------

/// `values` become a block's, each name as `rename` makes it.
template <typename Rename>
void CanonicalStates::read_block(std::uint32_t slot, const std::vector<std::int64_t>& cells, Rename rename)
{
    const BlockLayout::Class& c = blocks->class_at(slot);
    const std::vector<std::uint32_t>& cell = blocks->cells[slot];
    values.assign(c.packing.cells.size(), 0);
    for (std::uint32_t index : c.stored) values[index] = cells[cell[index]];
    for (std::uint32_t index : c.named) values[index] = rename(c.kinds[index], values[index]);
    for (const BlockLayout::Holder& holder : c.holders)
        for (const auto& [index, kind] : holder.held[static_cast<std::size_t>(values[holder.location])])
            values[index] = rename(kind, values[index]);
}

/// The number of a block after some of its cells have changed.
std::uint32_t CanonicalStates::changed_block(std::uint32_t slot, const std::vector<std::int64_t>& cells)
{
    const BlockLayout::Class& c = blocks->class_at(slot);
    const std::vector<std::uint32_t>& cell = blocks->cells[slot];
    const std::uint32_t number = row[slot].number;
    values = table_of(slot)[number].values;
    std::vector<std::uint32_t>& indices = changed[slot];
    bool is_held = false;
    for (std::uint32_t index : indices) {
        const std::int64_t value = cells[cell[index]];
        values[index] = c.kinds[index].is_plain() ? value : blocks->relative(c.kinds[index], value, slot);
        is_held = is_held || c.is_held[index];
    }
    if (is_held) {
        for (const BlockLayout::Holder& holder : c.holders) {
            for (std::uint32_t index : holder.registers) values[index] = cells[cell[index]];
            for (const auto& [index, kind] : holder.held[static_cast<std::size_t>(values[holder.location])])
                values[index] = blocks->relative(kind, values[index], slot);
            indices.insert(indices.end(), holder.registers.begin(), holder.registers.end());
        }
    }
    return table_of(slot).successor(number, indices, values);
}

// ---- A successor
// -----------------------------------------------------------------------------------------------------

void CanonicalStates::note_shared_word(std::uint32_t word)
{
    if (word_epoch[word] == epoch) return;
    word_epoch[word] = epoch;
    changed_shared.push_back(word);
}

/// Which cells have another value; returns whether names in the shared part may be others.
bool CanonicalStates::note_changes(const Evaluator& evaluator, std::size_t first_write)
{
    ++epoch;
    changed_shared.clear();
    dirty.clear();
    bool names_change = false;
    const auto& writes = evaluator.writes;
    for (std::size_t i = first_write; i < writes.size(); ++i) {
        const std::uint32_t cell = writes[i].cell;
        if (cell_epoch[cell] == epoch) continue;
        cell_epoch[cell] = epoch;
        if (evaluator.cells[cell] == writes[i].before) continue;
        const BlockLayout::Place place = blocks->place[cell];
        if (place.slot != BlockLayout::no_slot) {
            if (changed[place.slot].empty()) dirty.push_back(place.slot);
            changed[place.slot].push_back(place.index);
            continue;
        }
        names_change = names_change || blocks->may_matter_to_names[cell];
        const Layout::Cell& packed = blocks->shared.cells[cell];
        if (packed.word == Layout::no_word) continue;
        note_shared_word(packed.word);
        if (packed.mark_word != Layout::no_word) note_shared_word(packed.mark_word);
        if (is_wide(packed, writes[i].before) || is_wide(packed, evaluator.cells[cell]))
            packed.for_each_wide_word([&](std::uint32_t word) { note_shared_word(word); });
    }
    return names_change;
}

std::span<const StateCursor::Change> CanonicalStates::changes(Evaluator& evaluator, std::size_t first_write)
{
    std::vector<std::int64_t>& cells = evaluator.cells;
    const bool names_change = note_changes(evaluator, first_write);
    result.clear();
    std::uint32_t naming = naming_blocks;
    for (std::uint32_t slot : dirty) {
        const std::uint32_t number = changed_block(slot, cells);
        if (number != row[slot].number) next[slot] = entry(slot, number);
        naming = naming - (row[slot].names_others ? 1 : 0) + (next[slot].names_others ? 1 : 0);
    }
    if (names_change) find_names(cells, next_names);
    const Names& by_shared = names_change ? next_names : names;
    const std::uint32_t shared_words = blocks->shared.words;
    const auto pack_shared = [&] {
        for (std::uint32_t word : changed_shared) {
            const std::uint32_t value = pack_word(blocks->shared, word, cells.data());
            if (value != present[word]) result.push_back({word, value});
        }
    };
    if (naming == 0 && naming_blocks == 0 && by_shared.cells.empty()) {
        touched.clear();
        for (std::uint32_t slot : dirty) replace(slot);
        for (std::uint32_t slot : touched) {
            if (ordered[slot] == row[slot]) continue;
            result.push_back({shared_words + slot, ordered[slot].number});
            ordered[slot] = row[slot];
        }
        pack_shared();
    } else {
        order(cells, by_shared, naming != 0);
        for (std::uint32_t slot = 0; slot < row.size(); ++slot) {
            const std::uint32_t number = number_moved(slot, cells);
            if (number != row[moves_to[slot]].number) result.push_back({shared_words + moves_to[slot], number});
        }
        for (const auto& [cell, kind] : by_shared.cells)
            blocks->shared.cells[cell].for_each_word([&](std::uint32_t word) { note_shared_word(word); });
        with_renamed_shared(cells, by_shared, pack_shared);
    }
    for (std::uint32_t slot : dirty) {
        next[slot] = row[slot];
        changed[slot].clear();
    }
    return result;
}

/// In `ordered` the block of `row[slot]` becomes that of `next[slot]`: of each run of equal blocks in between, the one
/// at its one end goes to its other end.
void CanonicalStates::replace(std::uint32_t slot)
{
    const Entry& before = row[slot];
    const Entry& after = next[slot];
    if (before == after) return;
    const BlockLayout::Class& c = blocks->class_at(slot);
    const auto begin = ordered.begin() + c.first, end = ordered.begin() + c.end;
    const auto set = [&](auto at, const Entry& value) {
        *at = value;
        touched.push_back(static_cast<std::uint32_t>(at - ordered.begin()));
    };
    if (before < after) {
        auto free = std::upper_bound(begin, end, before) - 1;
        while (free + 1 != end && *(free + 1) < after) {
            const Entry run = *(free + 1);
            const auto last = std::upper_bound(free + 1, end, run) - 1;
            set(free, run);
            free = last;
        }
        set(free, after);
    } else {
        auto free = std::lower_bound(begin, end, before);
        while (free != begin && after < *(free - 1)) {
            const Entry run = *(free - 1);
            const auto first = std::lower_bound(begin, free, run);
            set(free, run);
            free = first;
        }
        set(free, after);
    }
}

// ---- Any state -----------------------------------------------------------------------------------------------------

void CanonicalStates::read_all(const std::vector<std::int64_t>& cells)
{
    for (std::uint32_t slot = 0; slot < row.size(); ++slot) {
        read_block(slot, cells, [&](CellKind kind, std::int64_t value) { return blocks->relative(kind, value, slot); });
        next[slot] = entry(slot, table_of(slot).number_of(values));
    }
    find_names(cells, next_names);
}

std::span<const std::uint32_t> CanonicalStates::words_of(std::vector<std::int64_t>& cells)
{
    const std::uint32_t shared_words = blocks->shared.words;
    read_all(cells);
    order(cells, next_names, std::ranges::any_of(next, &Entry::names_others));
    stored.resize(words());
    for (std::uint32_t slot = 0; slot < row.size(); ++slot)
        stored[shared_words + moves_to[slot]] = number_moved(slot, cells);
    with_renamed_shared(cells, next_names, [&] {
        for (std::uint32_t word = 0; word < shared_words; ++word)
            stored[word] = pack_word(blocks->shared, word, cells.data());
    });
    next = row;
    return stored;
}

std::vector<std::uint32_t> CanonicalStates::alike(const std::vector<std::int64_t>& cells)
{
    read_all(cells);
    const std::vector<bool> is_named = named_by_blocks(next, cells);
    const auto are_alike = [&](std::uint32_t a, std::uint32_t b) {
        return next[a] == next[b] && next_names.signature[a] == next_names.signature[b] && !next[a].names_others &&
               !is_named[a] && !is_named[b];
    };
    std::vector<std::uint32_t> first_alike;
    for (std::uint32_t slot = 0; slot < row.size(); ++slot) {
        std::uint32_t first = blocks->class_at(slot).first;
        while (first < slot && !are_alike(first, slot)) ++first;
        first_alike.push_back(first);
    }
    next = row;
    return first_alike;
}

/// The number of the block that is in `slot` when all have moved.
std::uint32_t CanonicalStates::number_moved(std::uint32_t slot, const std::vector<std::int64_t>& cells)
{
    if (!next[slot].names_others) return next[slot].number;
    read_block(slot, cells, [&](CellKind kind, std::int64_t value) {
        const std::int64_t moved = blocks->renamed(kind, value, [&](std::uint32_t s) { return moves_to[s]; });
        return blocks->relative(kind, moved, moves_to[slot]);
    });
    return table_of(slot).number_of(values);
}

template <typename Use>
void CanonicalStates::with_renamed_shared(std::vector<std::int64_t>& cells, const Names& by_shared, Use use)
{
    std::vector<std::int64_t> before;
    for (const auto& [cell, kind] : by_shared.cells) {
        before.push_back(cells[cell]);
        cells[cell] = blocks->renamed(kind, cells[cell], [&](std::uint32_t s) { return moves_to[s]; });
    }
    use();
    for (std::size_t i = 0; i < before.size(); ++i) cells[by_shared.cells[i].first] = before[i];
}

/// Finds for each slot where its block (`next`) goes.
void CanonicalStates::order(const std::vector<std::int64_t>& cells, const Names& by_shared, bool blocks_name_others)
{
    std::vector<std::uint32_t> slots(row.size());
    std::iota(slots.begin(), slots.end(), 0U);
    std::vector<std::uint64_t> colour;
    if (blocks_name_others) colour = colours(cells, by_shared);
    for (const BlockLayout::Class& c : blocks->classes) {
        const std::span<std::uint32_t> members(slots.data() + c.first, c.end - c.first);
        if (blocks_name_others) {
            std::ranges::stable_sort(members, {}, [&](std::uint32_t slot) { return colour[slot]; });
        } else {
            std::ranges::stable_sort(members, [&](std::uint32_t a, std::uint32_t b) {
                if (!(next[a] == next[b])) return next[a] < next[b];
                return by_shared.signature[a] < by_shared.signature[b];
            });
        }
        for (std::uint32_t i = 0; i < members.size(); ++i) moves_to[members[i]] = c.first + i;
    }
}

/// Equal only for slots with which it does not matter which is which, as far as this is found out.
std::vector<std::uint64_t> CanonicalStates::colours(const std::vector<std::int64_t>& cells, const Names& by_shared)
{
    std::vector<std::uint64_t> colour(row.size());
    std::vector<Reference> references;
    for (std::uint32_t slot = 0; slot < row.size(); ++slot) {
        colour[slot] = mixed(by_shared.signature[slot], next[slot].key);
        if (!next[slot].names_others) continue;
        const BlockTable::Contents& contents = table_of(slot)[next[slot].number];
        std::vector<std::int64_t> own = contents.values;
        for (const auto& [index, kind] : contents.names) {
            if (!blocks->names_others(kind, own[index], blocks->class_at(slot).first)) continue;
            own[index] = names_another;
            blocks->for_each_name(kind, cells[blocks->cells[slot][index]], [&](std::uint32_t to, std::uint32_t what) {
                references.push_back({slot, to, mixed(index, what)});
            });
        }
        colour[slot] = by_shared.signature[slot];
        for (std::int64_t value : own) colour[slot] = mixed(colour[slot], static_cast<std::uint64_t>(value));
    }
    return refined_colours(std::move(colour), blocks->class_of, references);
}

// ---- The tables ----------------------------------------------------------------------------------------------------

std::size_t CanonicalStates::bytes() const
{
    std::size_t sum = 0;
    for (const BlockTable& table : tables) sum += table.bytes();
    return sum;
}

std::size_t CanonicalStates::bytes_to_grow() const
{
    std::size_t sum = 0;
    for (const BlockTable& table : tables) sum += table.bytes_to_grow();
    return sum;
}

bool CanonicalStates::is_full() const
{
    return std::ranges::any_of(tables, [](const BlockTable& table) { return table.is_full(); });
}

void CanonicalStates::shape()
{
    for (BlockTable& table : tables) table.shape();
}

void CanonicalStates::save(CheckpointWriter& out) const
{
    for (const BlockTable& table : tables) table.save(out);
}

void CanonicalStates::restore(CheckpointReader& in)
{
    for (BlockTable& table : tables) table.restore(in);
}

}  // namespace lockstep::explicit_engine
