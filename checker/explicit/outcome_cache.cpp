#include "explicit/outcome_cache.h"

#include <algorithm>
#include <bit>

namespace lockstep::explicit_engine {

namespace {

template <typename Row>
std::uint32_t end_of(const Row& row)
{
    return static_cast<std::uint32_t>(row.size());
}

}  // namespace

OutcomeCache::OutcomeCache(Stepper& the_stepper, const Layout& the_layout, const std::uint32_t* the_words,
                           const Limits& the_limits)
    : stepper(the_stepper),
      layout(the_layout),
      words(the_words),
      limits(the_limits),
      first_invariant(the_stepper.program.processes.size()),
      count(first_invariant + the_stepper.program.invariants.size()),
      tree(static_cast<std::uint32_t>(count)),
      current(count, is_missing),
      last(count << places_log, none_used),
      usage(count, {.states_left = the_limits.tried_states}),
      blocks((count + 63) / 64),
      readers(std::size_t{the_layout.words} * blocks, 0),
      watched(the_layout.words, 0),
      watching(count - first_invariant, is_missing),
      is_stale(the_layout.words, false),
      cell_seen(the_layout.cells.size(), 0),
      zeros(the_layout.words, 0),
      ones(the_layout.words, UINT32_MAX)
{
}

// ---- Which outcome holds good --------------------------------------------------------------------------------------

void OutcomeCache::word_changed(std::uint32_t word)
{
    for (std::size_t block = 0; block < blocks; ++block)
        for (std::uint64_t left = readers[word * blocks + block]; left != 0; left &= left - 1)
            forget(block * 64 + static_cast<std::size_t>(std::countr_zero(left)));
    if (is_stale[word]) return;
    is_stale[word] = true;
    stale_words.push_back(word);
}

void OutcomeCache::all_changed()
{
    for (std::size_t i = 0; i < count; ++i) forget(i);
    for (const std::uint32_t word : stale_words) is_stale[word] = false;
    stale_words.clear();
}

void OutcomeCache::unpack_stale()
{
    for (const std::uint32_t word : stale_words) {
        unpack_word(layout, word, words, stepper.evaluator.cells.data());
        is_stale[word] = false;
    }
    stale_words.clear();
}

void OutcomeCache::forget(std::size_t number)
{
    if (current[number] == is_missing) return;
    const Outcome& outcome = outcomes[current[number]];
    for (std::uint32_t i = outcome.first_read; i < outcome.reads_end; ++i)
        readers[reads[i].word * blocks + number / 64] &= ~(std::uint64_t{1} << (number % 64));
    current[number] = is_missing;
}

void OutcomeCache::remember(std::size_t number, std::uint32_t found)
{
    current[number] = found;
    for (std::uint32_t i = outcomes[found].first_read; i < outcomes[found].reads_end; ++i)
        readers[reads[i].word * blocks + number / 64] |= std::uint64_t{1} << (number % 64);
}

bool OutcomeCache::depends_on(std::size_t number, std::uint32_t word) const
{
    return (readers[word * blocks + number / 64] >> (number % 64) & 1) != 0;
}

bool OutcomeCache::fits(std::uint32_t outcome) const
{
    for (std::uint32_t i = outcomes[outcome].first_read; i < outcomes[outcome].reads_end; ++i)
        if ((words[reads[i].word] & reads[i].mask) != reads[i].value) return false;
    return true;
}

OutcomeCache::Last& OutcomeCache::last_at_place(std::size_t number)
{
    std::size_t place = 0;
    if (number < first_invariant) {
        const std::uint32_t cell = layout.processes[ProcessId(number)].location_cell;
        place = words[layout.cells[cell].word] * 0x9e3779b1U >> (32 - places_log);
    }
    return last[(number << places_log) + place];
}

/// `place` is where it stands, or where it ends.
void OutcomeCache::move_to_front(Last& used, Last::iterator place, std::uint32_t outcome)
{
    if (place == used.end()) --place;
    std::copy_backward(used.begin(), place, place + 1);
    used.front() = outcome;
}

/// One that fits the present state.
std::uint32_t OutcomeCache::find(std::size_t number)
{
    Last& used = last_at_place(number);
    auto known = used.begin();
    while (known != used.end() && *known != is_missing && !fits(*known)) ++known;
    const bool is_known = known != used.end() && *known != is_missing;
    const std::uint32_t found = is_known ? *known : find_in_tree(number);
    if (found == is_missing) return found;
    move_to_front(used, known, found);
    if (usage[number].mode == Mode::remember) remember(number, found);
    return found;
}

std::uint32_t OutcomeCache::find_in_tree(std::size_t number) const
{
    const auto see = [this](const Field& field) { return Seen{words[field.word] >> field.shift & field.mask}; };
    const std::uint32_t found = tree.find(static_cast<std::uint32_t>(number), see);
    return found == Tree::nothing ? is_missing : found;
}

std::uint32_t OutcomeCache::find_or_bypass(std::size_t number)
{
    Usage& used = usage[number];
    if (used.states_left-- == 0) decide(number);
    if (used.mode == Mode::leave_alone) return is_left_alone;
    if (current[number] != is_missing) {
        ++used.remembered;
        return current[number];
    }
    const std::uint32_t found = find(number);
    used.missed += found == is_missing ? 1 : 0;
    return found;
}

void OutcomeCache::decide(std::size_t number)
{
    Usage& used = usage[number];
    const auto is_less = [&](std::uint32_t part, std::uint32_t percent) {
        return std::uint64_t{part} * 100 < static_cast<std::uint64_t>(limits.tried_states) * percent;
    };
    if (used.is_trial) {
        const Mode mode = !is_less(used.missed, most_missed)           ? Mode::leave_alone
                          : is_less(used.remembered, least_remembered) ? Mode::look_up
                                                                       : Mode::remember;
        used = {.states_left = limits.states_between, .is_trial = false, .mode = mode};
        if (mode != Mode::remember) forget(number);
    } else {
        used = {.states_left = limits.tried_states};
    }
}

// ---- Steps ---------------------------------------------------------------------------------------------------------

bool OutcomeCache::make(ProcessId p, const Stepper::Visitor& visit)
{
    bring_cells();
    return stepper.steps_of(p, visit);
}

void OutcomeCache::repeat(ProcessId p, const Way& way, const Stepper::Visitor& visit)
{
    bring_cells();
    for (std::uint32_t i = way.first_write; i < way.writes_end; ++i)
        stepper.evaluator.write(writes[i].cell, writes[i].value);
    visit({p, {}, {}, 0, {}, false, way.made_progress});
    stepper.evaluator.undo_to(0);
}

bool OutcomeCache::learn(ProcessId p, const Stepper::Visitor& visit)
{
    Evaluator& evaluator = stepper.evaluator;
    begin_learning();
    bool is_kept = true;
    const bool any = stepper.steps_of(p, [&](const StepView& view) {
        is_kept = is_kept && view.trap.kind == nullptr && !view.stopped && view.reports.empty();
        if (is_kept) keep(view);
        evaluator.records_reads = false;
        visit(view);
        evaluator.records_reads = true;
    });
    end_learning(p.index, is_kept);
    return any;
}

/// The rows get a new outcome at their ends.
void OutcomeCache::begin_learning()
{
    bring_cells();
    outcomes.push_back({end_of(ways), end_of(ways), end_of(reads), end_of(reads)});
    stepper.evaluator.forget_reads();
    stepper.evaluator.records_reads = true;
}

void OutcomeCache::end_learning(std::size_t number, bool is_kept)
{
    stepper.evaluator.records_reads = false;
    Outcome& outcome = outcomes.back();
    if (!is_kept) {
        if (ways.size() != outcome.first_way) {
            changes.resize(ways[outcome.first_way].first_change);
            writes.resize(ways[outcome.first_way].first_write);
            ways.resize(outcome.first_way);
        }
        outcomes.pop_back();
        return;
    }
    looks.clear();
    const auto look = [&](std::uint32_t word, std::uint32_t mask, std::uint8_t shift) {
        looks.push_back({{word, mask, shift}, {words[word] >> shift & mask}});
        const auto read = std::find_if(reads.begin() + outcome.first_read, reads.end(),
                                       [&](const Bits& bits) { return bits.word == word; });
        if (read == reads.end())
            reads.push_back({word, mask << shift, words[word] & mask << shift});
        else
            *read = {word, read->mask | mask << shift, read->value | (words[word] & mask << shift)};
    };
    for (const std::uint32_t read : stepper.evaluator.reads) {
        const Layout::Cell& cell = layout.cells[read];
        if (cell.word == Layout::no_word) continue;
        const unsigned bits = cell.code_bits != 0 ? cell.code_bits : cell.bits;
        look(cell.word, UINT32_MAX >> (32 - bits), cell.shift);
        if (cell.mark_word != Layout::no_word) look(cell.mark_word, 3, cell.mark_shift);
        if (cell.code_bits != 0 && is_wide(cell, stepper.evaluator.cells[read]))
            cell.for_each_wide_word([&](std::uint32_t word) { look(word, UINT32_MAX, 0); });
    }
    outcome.ways_end = end_of(ways);
    outcome.reads_end = end_of(reads);
    const auto result = static_cast<std::uint32_t>(outcomes.size() - 1);
    tree.insert(static_cast<std::uint32_t>(number), looks, result);
    Last& used = last_at_place(number);
    move_to_front(used, used.end(), result);
    if (usage[number].mode == Mode::remember) remember(number, result);
}

/// What the step has written, each cell once.
void OutcomeCache::keep(const StepView& view)
{
    const Evaluator& evaluator = stepper.evaluator;
    Way way{end_of(changes), 0, end_of(writes), 0, view.made_progress};
    ++epoch;
    for (std::size_t i = view.first_write; i < evaluator.writes.size(); ++i) {
        const std::uint32_t cell = evaluator.writes[i].cell;
        if (cell_seen[cell] == epoch) continue;
        cell_seen[cell] = epoch;
        writes.push_back({cell, evaluator.cells[cell]});
    }
    make_changes(way.first_write);
    way.changes_end = end_of(changes);
    way.writes_end = end_of(writes);
    ways.push_back(way);
}

/// What the writes from this one on do to packed words. A bit is written if it comes out the same whatever it was.
void OutcomeCache::make_changes(std::size_t first_write)
{
    const std::size_t first = changes.size();
    for (std::size_t i = first_write; i < writes.size(); ++i) {
        const auto [cell, value] = writes[i];
        put_cell(layout.cells[cell], value, [&](std::uint32_t word) -> std::uint32_t& { return zeros[word]; });
        put_cell(layout.cells[cell], value, [&](std::uint32_t word) -> std::uint32_t& { return ones[word]; });
        layout.cells[cell].for_each_word([&](std::uint32_t word) {
            const auto is_it = [&](const Bits& change) { return change.word == word; };
            if (std::none_of(changes.begin() + static_cast<std::ptrdiff_t>(first), changes.end(), is_it))
                changes.push_back({word, 0, 0});
        });
    }
    for (std::size_t i = first; i < changes.size(); ++i) {
        auto& [word, mask, value] = changes[i];
        mask = ~(zeros[word] ^ ones[word]);
        value = zeros[word] & mask;
        zeros[word] = 0;
        ones[word] = UINT32_MAX;
    }
}

void OutcomeCache::clear()
{
    for (std::size_t i = 0; i < count; ++i) forget(i);
    std::ranges::fill(last, none_used);
    std::ranges::fill(watching, is_missing);
    tree.clear(static_cast<std::uint32_t>(count));
    outcomes.clear();
    ways.clear();
    changes.clear();
    writes.clear();
    reads.clear();
}

// ---- Invariants ----------------------------------------------------------------------------------------------------

/// Before the steps of a state; for which there has to be room.
void OutcomeCache::begin_state()
{
    if (tree.size() + changes.size() + writes.size() + reads.size() + ways.size() > limits.kept) clear();
    bool has_changed = false;
    for (std::size_t i = 0; i < watching.size(); ++i) {
        const std::size_t number = first_invariant + i;
        if (current[number] != is_missing) continue;
        if (find(number) == is_missing) learn_invariant(i);
        has_changed |= current[number] != watching[i];
    }
    if (has_changed) watch();
}

void OutcomeCache::learn_invariant(std::size_t i)
{
    begin_learning();
    stepper.check_invariant(stepper.program.invariants[i], [](const StepView&) {});
    end_learning(first_invariant + i, true);
}

void OutcomeCache::watch()
{
    std::ranges::fill(watched, 0U);
    for (std::size_t i = 0; i < watching.size(); ++i) {
        watching[i] = current[first_invariant + i];
        const Outcome& outcome = outcomes[watching[i]];
        for (std::uint32_t r = outcome.first_read; r < outcome.reads_end; ++r) watched[reads[r].word] |= reads[r].mask;
    }
}

bool OutcomeCache::may_change_invariant(std::size_t i, const StepView& step) const
{
    const std::size_t number = first_invariant + i;
    if (current[number] == is_missing) return true;
    const auto& written = stepper.evaluator.writes;
    bool result = false;
    for (std::size_t w = step.first_write; w < written.size(); ++w)
        layout.cells[written[w].cell].for_each_word([&](std::uint32_t word) { result |= depends_on(number, word); });
    return result;
}

}  // namespace lockstep::explicit_engine
