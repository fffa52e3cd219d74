#include "explicit/outcome_cache.h"

#include <algorithm>
#include <bit>

namespace lockstep::explicit_engine {

OutcomeCache::OutcomeCache(Stepper& the_stepper, const Layout& the_layout, const std::uint32_t* the_words)
    : stepper(the_stepper),
      layout(the_layout),
      words(the_words),
      first_invariant(the_stepper.program.processes.size()),
      count(first_invariant + the_stepper.program.invariants.size()),
      outcomes(count * kept_outcomes),
      current(count, nullptr),
      usage(count),
      blocks((count + 63) / 64),
      readers(std::size_t{the_layout.words} * blocks, 0),
      seen(the_layout.cells.size(), 0),
      word_seen(the_layout.words, 0)
{
}

// ---- Which outcome holds good --------------------------------------------------------------------------------------

void OutcomeCache::word_changed(std::uint32_t word)
{
    for (std::size_t block = 0; block < blocks; ++block)
        for (std::uint64_t left = readers[word * blocks + block]; left != 0; left &= left - 1)
            forget(block * 64 + static_cast<std::size_t>(std::countr_zero(left)));
}

void OutcomeCache::all_changed()
{
    for (std::size_t i = 0; i < count; ++i) forget(i);
}

void OutcomeCache::forget(std::size_t number)
{
    if (current[number] == nullptr) return;
    for (const Read& read : current[number]->reads)
        readers[read.word * blocks + number / 64] &= ~(std::uint64_t{1} << (number % 64));
    current[number] = nullptr;
}

void OutcomeCache::use(std::size_t number, Outcome& outcome)
{
    current[number] = &outcome;
    for (const Read& read : outcome.reads)
        readers[read.word * blocks + number / 64] |= std::uint64_t{1} << (number % 64);
}

bool OutcomeCache::depends_on(std::size_t number, std::uint32_t word) const
{
    return (readers[word * blocks + number / 64] >> (number % 64) & 1) != 0;
}

std::span<OutcomeCache::Outcome> OutcomeCache::place_of(std::size_t number)
{
    std::size_t place = 0;
    if (number < first_invariant) {
        const std::uint32_t cell = layout.processes[ProcessId(number)].location_cell;
        place = words[layout.cells[cell].word] * 0x9e3779b1U >> (32 - places_log);
    }
    return {&outcomes[number * kept_outcomes + place * outcomes_per_place], outcomes_per_place};
}

/// One that was kept and fits the present state.
OutcomeCache::Outcome* OutcomeCache::find(std::size_t number)
{
    if (current[number] != nullptr) return current[number];
    const auto is_same = [&](const Read& read) { return words[read.word] == read.value; };
    for (Outcome& kept : place_of(number)) {
        if (kept.reads.empty() || !std::ranges::all_of(kept.reads, is_same)) continue;
        use(number, kept);
        return &kept;
    }
    return nullptr;
}

/// Where a new one may be put; it is not the current one, since there is none.
OutcomeCache::Outcome& OutcomeCache::replace(std::size_t number)
{
    return place_of(number)[++next_replaced % outcomes_per_place];
}

// ---- Steps ---------------------------------------------------------------------------------------------------------

bool OutcomeCache::steps_of(std::span<const ProcessId> processes, const Stepper::Visitor& visit)
{
    for (std::size_t i = 0; i < stepper.program.invariants.size(); ++i)
        if (find(first_invariant + i) == nullptr) learn_invariant(i);
    bool any = false;
    for (ProcessId p : processes) {
        if (is_bypassed(p.index)) {
            any |= stepper.steps_of(p, visit);
            continue;
        }
        const Outcome* outcome = find(p.index);
        usage[p.index].found += outcome != nullptr ? 1 : 0;
        any |= outcome != nullptr ? repeat(p, *outcome, visit) : learn(p, visit);
    }
    return any;
}

/// Whether a process's steps are made without the cache: now and then it is tried whether it pays.
bool OutcomeCache::is_bypassed(std::size_t number)
{
    Usage& used = usage[number];
    if (used.states_left-- > 0) return used.is_bypassed;
    const NativeCode* native = stepper.evaluator.native_code();
    const std::uint32_t least_percent = native != nullptr && native->functions() > 0 ? paying_native : paying;
    if (!used.is_bypassed && std::uint64_t{used.found} * 100 < std::uint64_t{tried_states} * least_percent) {
        used = {bypassed_states, 0, true};
        forget(number);
    } else {
        used = {tried_states, 0, false};
    }
    return used.is_bypassed;
}

bool OutcomeCache::repeat(ProcessId p, const Outcome& outcome, const Stepper::Visitor& visit)
{
    std::size_t next = 0;
    for (const Way& way : outcome.ways) {
        for (; next < way.writes_end; ++next)
            stepper.evaluator.write(outcome.writes[next].cell, outcome.writes[next].value);
        visit({p, {}, {}, 0, {}, false, way.made_progress});
        stepper.evaluator.undo_to(0);
    }
    return !outcome.ways.empty();
}

bool OutcomeCache::learn(ProcessId p, const Stepper::Visitor& visit)
{
    Evaluator& evaluator = stepper.evaluator;
    Outcome& outcome = replace(p.index);
    begin_reading(outcome);
    bool is_kept = true;
    const bool any = stepper.steps_of(p, [&](const StepView& view) {
        const bool is_plain = view.trap.kind == nullptr && !view.stopped && view.reports.empty();
        is_kept = is_kept && is_plain && outcome.ways.size() < most_ways;
        if (is_kept) keep(outcome, view);
        evaluator.records_reads = false;
        visit(view);
        evaluator.records_reads = true;
    });
    end_reading(outcome);
    if (is_kept) {
        use(p.index, outcome);
        drop_idle_writes(p.index, outcome);
    } else {
        outcome.reads.clear();
    }
    return any;
}

void OutcomeCache::learn_invariant(std::size_t i)
{
    Outcome& outcome = replace(first_invariant + i);
    begin_reading(outcome);
    stepper.check_invariant(stepper.program.invariants[i], [](const StepView&) {});
    end_reading(outcome);
    use(first_invariant + i, outcome);
}

void OutcomeCache::begin_reading(Outcome& outcome)
{
    outcome.ways.clear();
    outcome.writes.clear();
    stepper.evaluator.forget_reads();
    stepper.evaluator.records_reads = true;
}

void OutcomeCache::end_reading(Outcome& outcome)
{
    stepper.evaluator.records_reads = false;
    outcome.reads.clear();
    ++epoch;
    for (std::uint32_t read : stepper.evaluator.reads) {
        layout.cells[read].for_each_word([&](std::uint32_t word) {
            if (word_seen[word] == epoch) return;
            word_seen[word] = epoch;
            outcome.reads.push_back({word, words[word]});
        });
    }
}

/// What the step has written, each cell once.
void OutcomeCache::keep(Outcome& outcome, const StepView& view)
{
    const Evaluator& evaluator = stepper.evaluator;
    ++epoch;
    for (std::size_t i = view.first_write; i < evaluator.writes.size(); ++i) {
        const std::uint32_t cell = evaluator.writes[i].cell;
        if (seen[cell] == epoch) continue;
        seen[cell] = epoch;
        const std::int64_t value = evaluator.cells[cell];
        outcome.writes.push_back({cell, evaluator.writes[i].before != value, value});
    }
    outcome.ways.push_back({outcome.writes.size(), view.made_progress});
}

/// Writes that change nothing, of words on which the outcome depends anyway: they will change nothing as long as it
/// holds good. Whoever goes round in a loop that waits writes nothing else.
void OutcomeCache::drop_idle_writes(std::size_t number, Outcome& outcome)
{
    std::size_t kept = 0, next = 0;
    for (Way& way : outcome.ways) {
        for (; next < way.writes_end; ++next) {
            const Write& write = outcome.writes[next];
            bool is_idle = !write.changes;
            layout.cells[write.cell].for_each_word([&](std::uint32_t word) { is_idle &= depends_on(number, word); });
            if (!is_idle) outcome.writes[kept++] = write;
        }
        way.writes_end = kept;
    }
    outcome.writes.resize(kept);
}

bool OutcomeCache::may_change_invariant(std::size_t i, const StepView& step) const
{
    const std::size_t number = first_invariant + i;
    if (current[number] == nullptr) return true;
    const auto& writes = stepper.evaluator.writes;
    bool result = false;
    for (std::size_t w = step.first_write; w < writes.size(); ++w)
        layout.cells[writes[w].cell].for_each_word([&](std::uint32_t word) { result |= depends_on(number, word); });
    return result;
}

}  // namespace lockstep::explicit_engine
