#include "explicit/outcome_cache.h"

#include <bit>

namespace lockstep::explicit_engine {

OutcomeCache::OutcomeCache(Stepper& the_stepper, const Layout& the_layout)
    : stepper(the_stepper),
      layout(the_layout),
      outcomes(the_stepper.program.processes.size() + the_stepper.program.invariants.size()),
      first_invariant(the_stepper.program.processes.size()),
      blocks((outcomes.size() + 63) / 64),
      readers(std::size_t{the_layout.words} * blocks, 0),
      seen(the_layout.cells.size(), 0)
{
}

void OutcomeCache::word_changed(std::uint32_t word)
{
    for (std::size_t block = 0; block < blocks; ++block)
        for (std::uint64_t left = readers[word * blocks + block]; left != 0; left &= left - 1)
            forget(block * 64 + static_cast<std::size_t>(std::countr_zero(left)));
}

void OutcomeCache::all_changed()
{
    for (std::size_t i = 0; i < outcomes.size(); ++i) forget(i);
}

void OutcomeCache::forget(std::size_t number)
{
    Outcome& outcome = outcomes[number];
    outcome.is_known = false;
    for (std::uint32_t word : outcome.words)
        readers[word * blocks + number / 64] &= ~(std::uint64_t{1} << (number % 64));
    outcome.words.clear();
}

void OutcomeCache::begin_reading(Outcome& outcome)
{
    outcome.is_known = true;
    outcome.ways.clear();
    outcome.writes.clear();
    stepper.evaluator.forget_reads();
    stepper.evaluator.records_reads = true;
}

void OutcomeCache::end_reading(std::size_t number)
{
    Outcome& outcome = outcomes[number];
    stepper.evaluator.records_reads = false;
    if (!outcome.is_known) return;
    const std::uint64_t bit = std::uint64_t{1} << (number % 64);
    const auto note = [&](std::uint32_t word) {
        std::uint64_t& block = readers[word * blocks + number / 64];
        if ((block & bit) != 0) return;
        block |= bit;
        outcome.words.push_back(word);
    };
    for (std::uint32_t read : stepper.evaluator.reads) layout.cells[read].for_each_word(note);
}

bool OutcomeCache::depends_on(std::size_t number, std::uint32_t word) const
{
    return (readers[word * blocks + number / 64] >> (number % 64) & 1) != 0;
}

bool OutcomeCache::all_steps(const Stepper::Visitor& visit)
{
    const auto& invariants = stepper.program.invariants;
    for (std::size_t i = 0; i < invariants.size(); ++i) {
        if (outcomes[first_invariant + i].is_known) continue;
        begin_reading(outcomes[first_invariant + i]);
        stepper.check_invariant(invariants[i], [](const StepView&) {});
        end_reading(first_invariant + i);
    }
    bool any = false;
    for (ProcessId p : stepper.movers()) {
        const Outcome& outcome = outcomes[p.index];
        any |= outcome.is_known ? repeat(p, outcome, visit) : learn(p, visit);
    }
    for (ProcessId p : stepper.clock_processes()) any |= stepper.steps_of(p, visit);
    return any;
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
    Outcome& outcome = outcomes[p.index];
    begin_reading(outcome);
    evaluator.note_read(evaluator.location_cell(p));
    const bool any = stepper.steps_of(p, [&](const StepView& view) {
        const bool is_plain = view.trap.kind == nullptr && !view.stopped && view.reports.empty();
        if (!is_plain || outcome.ways.size() == most_ways) outcome.is_known = false;
        if (outcome.is_known) keep(outcome, view);
        evaluator.records_reads = false;
        visit(view);
        evaluator.records_reads = true;
    });
    end_reading(p.index);
    drop_idle_writes(p.index);
    return any;
}

/// Writes that change nothing, of words on which the outcome depends anyway: they will change nothing as long as it
/// holds good. Whoever goes round in a loop that waits writes nothing else.
void OutcomeCache::drop_idle_writes(std::size_t number)
{
    Outcome& outcome = outcomes[number];
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

bool OutcomeCache::may_change_invariant(std::size_t i, const StepView& step) const
{
    const std::size_t number = first_invariant + i;
    if (!outcomes[number].is_known) return true;
    const auto& writes = stepper.evaluator.writes;
    bool result = false;
    for (std::size_t w = step.first_write; w < writes.size(); ++w)
        layout.cells[writes[w].cell].for_each_word([&](std::uint32_t word) { result |= depends_on(number, word); });
    return result;
}

}  // namespace lockstep::explicit_engine
