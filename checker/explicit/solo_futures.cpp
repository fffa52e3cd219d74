#include "explicit/solo_futures.h"

#include <algorithm>
#include <cassert>
#include <unordered_map>

namespace lockstep::explicit_engine {

namespace {

// Longer futures are not known: they would touch what the set's steps touch anyway.
constexpr std::size_t most_nodes = 150;
constexpr std::size_t most_evaluations = 1500;
constexpr std::size_t most_values = 300;
constexpr std::uint32_t no_cell = Layout::no_cell;

/// How far it is from one value to another, or beyond the limit.
std::int64_t distance(std::int64_t from, std::int64_t to)
{
    std::int64_t result = 0;
    if (__builtin_sub_overflow(to, from, &result)) return Shift::limit;
    return std::clamp(result, -Shift::limit, Shift::limit);
}

}  // namespace

// ---- What becomes of a cell ----------------------------------------------------------------------------------------

void Shift::include(const Shift& other)
{
    low = std::min(low, other.low);
    high = std::max(high, other.high);
    if (!is_bounded()) *this = unbounded();
}

void Shift::add(const Shift& other)
{
    low += other.low;
    high += other.high;
    if (!is_bounded()) *this = unbounded();
}

void Change::add_value(std::int64_t value)
{
    const auto at = std::ranges::lower_bound(values, value);
    if (at == values.end() || *at != value) values.insert(at, value);
}

const Change* find_change(const Changes& changes, std::uint32_t cell)
{
    const auto at = std::ranges::lower_bound(changes, cell, {}, &Change::cell);
    return at != changes.end() && at->cell == cell ? &*at : nullptr;
}

std::size_t SoloFutures::DifferenceHash::operator()(const Difference& difference) const
{
    std::uint64_t hash = 0;
    for (const auto& [cell, value] : difference) {
        hash = (hash ^ cell) * 0x9e3779b97f4a7c15U;
        hash = (hash ^ hash >> 29 ^ static_cast<std::uint64_t>(value)) * 0xbf58476d1ce4e5b9U;
    }
    return hash ^ hash >> 32;
}

// ---- Futures kept --------------------------------------------------------------------------------------------------

SoloFutures::SoloFutures(Stepper& the_stepper, const Layout& the_layout) : stepper(the_stepper), layout(the_layout)
{
    for (auto* by_cell : {&read_epoch, &other_epoch, &fixed_epoch, &change_epoch, &sensitive_epoch, &other_index,
                          &change_index, &written_epoch})
        by_cell->assign(layout.cells.size(), 0);
}

void SoloFutures::forget()
{
    if (cache.size() > most_keys) cache.clear();
    for (auto& [processes, all] : cache)
        if (all.size() > most_kept) all.erase(all.begin(), all.end() - most_kept / 2);
}

const Future& SoloFutures::explore(std::span<const ProcessId> processes, const Changes& the_others, Extent extent)
{
    const std::vector<std::int64_t>& cells = stepper.evaluator.cells;
    const auto is_same = [&](const auto& read) { return cells[read.first] == read.second; };
    std::deque<Kept>& all = cache[{processes.begin(), processes.end()}];
    for (auto kept = all.rbegin(); kept != all.rend(); ++kept)
        if (kept->extent == extent && kept->others == the_others && std::ranges::all_of(kept->read, is_same))
            return kept->future;
    begin(the_others);
    find(processes, extent);
    Kept kept{extent, the_others, {}, std::move(future)};
    for (std::uint32_t cell : kept.future.reads) kept.read.emplace_back(cell, cells[cell]);
    // How far a cell is moved depends on where it was.
    for (const Change& change : kept.future.writes) kept.read.emplace_back(change.cell, cells[change.cell]);
    all.push_back(std::move(kept));
    return all.back().future;
}

// ---- Exploration ---------------------------------------------------------------------------------------------------

void SoloFutures::begin(const Changes& the_others)
{
    ++epoch;
    others = &the_others;
    for (std::uint32_t i = 0; i < others->size(); ++i) {
        other_epoch[(*others)[i].cell] = epoch;
        other_index[(*others)[i].cell] = i;
    }
    future = {};
    evaluations = 0;
}

void SoloFutures::find(std::span<const ProcessId> processes, Extent extent)
{
    Evaluator& evaluator = stepper.evaluator;
    assert(evaluator.writes.empty());
    std::unordered_map<Difference, std::size_t, DifferenceHash> numbers{{{}, 0}};
    std::vector<const Difference*> nodes{&numbers.begin()->first};
    for (std::size_t n = 0; n < nodes.size() && future.is_known; ++n) {
        if (n == 1 && extent == Extent::first_steps) break;
        const Difference node = *nodes[n];
        for (const auto& [cell, value] : node) evaluator.write(cell, value);
        for (ProcessId p : processes) {
            outcomes.clear();
            evaluate(p);
            for (const Outcome& outcome : outcomes) {
                const Difference next = successor(node, outcome);
                if (n == 0) {
                    ++future.steps;
                    future.has_visible_step |= outcome.ends || !outcome.reports.empty();
                    future.moves |= !next.empty();
                }
                if (outcome.ends) continue;
                future.returns |= next.empty();
                const auto [entry, is_new] = numbers.emplace(next, nodes.size());
                if (is_new) nodes.push_back(&entry->first);
            }
        }
        evaluator.undo_to(0);
        if (nodes.size() > most_nodes && extent == Extent::whole) future.is_known = false;
    }
    std::ranges::sort(future.reads);
    std::ranges::sort(future.writes, {}, &Change::cell);
    std::ranges::sort(future.sensitive);
}

/// The steps of p at the present node, whatever values others give to what they look at.
SoloFutures::Shape SoloFutures::evaluate(ProcessId p)
{
    if (++evaluations > most_evaluations) future.is_known = false;
    if (!future.is_known) return {};
    std::vector<Outcome> found;
    std::vector<Difference> written;
    stepper.evaluator.forget_reads();
    stepper.evaluator.records_reads = true;
    stepper.steps_of(p, [&](const StepView& view) {
        stepper.evaluator.records_reads = false;
        found.push_back(outcome_of(view));
        stepper.evaluator.records_reads = true;
    });
    stepper.evaluator.records_reads = false;
    note_reads();
    std::uint32_t cell = unfixed_read();
    if (cell == no_cell) cell = unfixed_write(found);
    if (cell != no_cell) return branch(cell, p);
    Shape shape;
    for (Outcome& outcome : found) shape.push_back(number_of(std::move(outcome)));
    return shape;
}

std::uint32_t SoloFutures::number_of(Outcome outcome)
{
    for (const auto& [cell, value] : outcome.values) change_of(cell).add_value(value);
    for (const auto& [cell, shift] : outcome.shifts)
        change_of(cell).add_value(stepper.evaluator.cells[cell] + shift);  // the cell has been fixed
    const auto at = std::ranges::find(outcomes, outcome);
    if (at == outcomes.end()) {
        outcomes.push_back(std::move(outcome));
        return static_cast<std::uint32_t>(outcomes.size() - 1);
    }
    return static_cast<std::uint32_t>(at - outcomes.begin());
}

void SoloFutures::note_reads()
{
    for (std::uint32_t cell : stepper.evaluator.reads) {
        if (read_epoch[cell] == epoch) continue;
        read_epoch[cell] = epoch;
        future.reads.push_back(cell);
    }
}

/// A cell that others change and that was looked at, with a value that has not been fixed.
std::uint32_t SoloFutures::unfixed_read() const
{
    if (others->empty()) return no_cell;
    for (std::uint32_t cell : stepper.evaluator.reads)
        if (other_epoch[cell] == epoch && fixed_epoch[cell] != epoch) return cell;
    return no_cell;
}

/// The same for one that was written: how far that moves it depends on its value.
std::uint32_t SoloFutures::unfixed_write(const std::vector<Outcome>& found) const
{
    for (const Outcome& outcome : found)
        for (const auto& [cell, shift] : outcome.shifts)
            if (fixed_epoch[cell] != epoch) return cell;
    return no_cell;
}

/// Visits with each value that the cell can have, which is fixed meanwhile.
template <typename Visit>
void SoloFutures::for_each_value(std::uint32_t cell, Visit visit)
{
    Evaluator& evaluator = stepper.evaluator;
    const Change& change = *other(cell);
    const std::int64_t own = evaluator.cells[cell];
    fixed_epoch[cell] = epoch;
    for (std::int64_t value : change.values) {
        const std::int64_t shift = distance(own, value);
        if (change.shift.is_bounded() && (shift < change.shift.low || shift > change.shift.high)) continue;
        const std::size_t before = evaluator.writes.size();
        evaluator.write(cell, value);
        visit();
        evaluator.undo_to(before);
    }
    fixed_epoch[cell] = 0;
}

SoloFutures::Shape SoloFutures::branch(std::uint32_t cell, ProcessId p)
{
    Shape all{UINT32_MAX, cell}, first;
    bool is_sensitive = false;
    std::size_t values = 0;
    for_each_value(cell, [&] {
        Shape shape = evaluate(p);
        if (values++ == 0) first = shape;
        is_sensitive |= shape != first;
        all.insert(all.end(), shape.begin(), shape.end());
        all.push_back(UINT32_MAX - 1);
    });
    if (is_sensitive && sensitive_epoch[cell] != epoch) {
        sensitive_epoch[cell] = epoch;
        future.sensitive.push_back(cell);
    }
    if (values < 2 || !other(cell)->shift.is_bounded()) return all;
    // A cell that is not counted is not worth being followed.
    Shift seen;
    std::size_t writers = 0;
    bool is_counted = true;
    for (std::uint32_t number : all) {
        if (number >= outcomes.size()) continue;
        const auto at = std::ranges::find(outcomes[number].shifts, cell, &Difference::value_type::first);
        if (at == outcomes[number].shifts.end()) continue;
        if (writers++ == 0) seen = {at->second, at->second};
        is_counted &= seen.low == at->second;
    }
    if (writers > 1) change_of(cell).add_kind(is_counted ? Change::Kind::counted : Change::Kind::other);
    return all;
}

SoloFutures::Outcome SoloFutures::outcome_of(const StepView& view)
{
    const Evaluator& evaluator = stepper.evaluator;
    Outcome outcome;
    outcome.process = view.process;
    outcome.ends = view.stopped || view.trap.kind != nullptr;
    outcome.made_progress = view.made_progress;
    if (outcome.ends) outcome.reports.push_back(view.moves.back().transition.index);
    for (const ReportEvent& report : view.reports)
        outcome.reports.insert(outcome.reports.end(), {report.transition.index, report.cpu, report.task});
    ++written_mark;
    for (std::size_t i = view.first_write; i < evaluator.writes.size(); ++i) {
        const std::uint32_t cell = evaluator.writes[i].cell;
        if (written_epoch[cell] == written_mark) continue;
        written_epoch[cell] = written_mark;
        const std::int64_t before = evaluator.writes[i].before, value = evaluator.cells[cell];
        const Change* change = other(cell);
        if (change != nullptr && change->shift.is_bounded())
            outcome.shifts.emplace_back(cell, distance(before, value));
        else
            outcome.values.emplace_back(cell, value);
    }
    std::ranges::sort(outcome.values);
    std::ranges::sort(outcome.shifts);
    return outcome;
}

Change& SoloFutures::change_of(std::uint32_t cell)
{
    if (change_epoch[cell] != epoch) {
        change_epoch[cell] = epoch;
        change_index[cell] = static_cast<std::uint32_t>(future.writes.size());
        future.writes.push_back({cell, {}, {}, {}});
    }
    Change& change = future.writes[change_index[cell]];
    if (change.values.size() > most_values) future.is_known = false;
    return change;
}

/// The node that an outcome leads to.
SoloFutures::Difference SoloFutures::successor(const Difference& node, const Outcome& outcome)
{
    const std::vector<std::int64_t>& cells = stepper.evaluator.cells;  // the node's difference has been applied
    Difference next = node;
    const auto set = [&](std::uint32_t cell, std::int64_t value) {
        const auto is_it = [cell](const Evaluator::Write& write) { return write.cell == cell; };
        const auto write = std::ranges::find_if(stepper.evaluator.writes, is_it);
        const std::int64_t start = write == stepper.evaluator.writes.end() ? cells[cell] : write->before;
        const std::int64_t shift = distance(start, value);
        change_of(cell).shift.include({shift, shift});
        const auto at = std::ranges::lower_bound(next, cell, {}, &Difference::value_type::first);
        const bool is_there = at != next.end() && at->first == cell;
        if (value == start) {
            if (is_there) next.erase(at);
        } else if (is_there) {
            at->second = value;
        } else {
            next.insert(at, {cell, value});
        }
    };
    for (const auto& [cell, value] : outcome.values) {
        if (other(cell) == nullptr)
            set(cell, value);
        else
            change_of(cell).shift = Shift::unbounded();
    }
    for (const auto& [cell, shift] : outcome.shifts) {
        if (shift == -Shift::limit || shift == Shift::limit)
            change_of(cell).shift = Shift::unbounded();
        else
            set(cell, cells[cell] + shift);
    }
    return next;
}

// ---- Invariants ----------------------------------------------------------------------------------------------------

SoloFutures::Judgement SoloFutures::judge(const Invariant& invariant, const Changes& the_others)
{
    begin(the_others);
    Judgement judgement;
    judgement.can_fail = can_fail(invariant);
    judgement.is_known = future.is_known;
    judgement.reads = std::move(future.reads);
    std::ranges::sort(judgement.reads);
    return judgement;
}

bool SoloFutures::can_fail(const Invariant& invariant)
{
    if (++evaluations > most_evaluations) future.is_known = false;
    if (!future.is_known) return true;
    bool fails = false;
    stepper.evaluator.forget_reads();
    stepper.evaluator.records_reads = true;
    stepper.check_invariant(invariant, [&](const StepView&) { fails = true; });
    stepper.evaluator.records_reads = false;
    note_reads();
    const std::uint32_t cell = unfixed_read();
    if (cell == no_cell) return fails;
    fails = false;
    for_each_value(cell, [&] { fails |= can_fail(invariant); });
    return fails;
}

}  // namespace lockstep::explicit_engine
