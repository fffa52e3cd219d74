#include "explicit/solo_futures.h"

#include "explicit/mixing.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace lockstep::explicit_engine {

namespace {

// Longer futures are not known: they would touch what the set's steps touch anyway. A counter that everybody counts has
// more values, and a future more states, the more there are.
constexpr std::size_t most_nodes = 150, nodes_for_each_process = 10;
constexpr std::size_t most_evaluations = 1500, evaluations_for_each_process = 100;
constexpr std::size_t most_values = 300, values_for_each_process = 10;
constexpr std::uint32_t no_cell = Layout::no_cell;
constexpr std::uint32_t value_begins = UINT32_MAX, value_ends = UINT32_MAX - 1;  // marks in a Shape

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

void add_value(Values& values, std::int64_t value)
{
    const auto at = std::ranges::lower_bound(values, value);
    if (at == values.end() || *at != value) values.insert(at, value);
}

void add_values(Values& values, const Values& more)
{
    // Mostly there is nothing new.
    auto at = values.begin();
    std::size_t missing = 0;
    for (std::int64_t value : more) {
        while (at != values.end() && *at < value) ++at;
        missing += at == values.end() || *at != value ? 1 : 0;
    }
    if (missing == 0) return;
    // Merged from the end on, so that each moves once.
    std::size_t from = values.size(), to = from + missing;
    values.resize(to);
    for (std::size_t i = more.size(); i != 0; --i) {
        while (from != 0 && values[from - 1] > more[i - 1]) values[--to] = values[--from];
        if (from != 0 && values[from - 1] == more[i - 1]) continue;
        values[--to] = more[i - 1];
    }
}

Values moved(const Values& values, const Shift& by)
{
    const auto shifted = [](std::int64_t value, std::int64_t shift) {
        std::int64_t to = 0;
        const std::int64_t end = shift < 0 ? INT64_MIN : INT64_MAX;
        return __builtin_add_overflow(value, shift, &to) ? end : to;
    };
    Values result;
    for (std::int64_t value : values) {
        const std::int64_t low = shifted(value, by.low), high = shifted(value, by.high);
        if (!result.empty() && result.back() >= high) continue;
        std::int64_t to = result.empty() ? low : std::max(low, result.back() + 1);
        for (; to != high; ++to) result.push_back(to);
        result.push_back(high);
    }
    return result;
}

const Change* find_change(const Changes& changes, std::uint32_t cell)
{
    const auto at = std::ranges::lower_bound(changes, cell, {}, &Change::cell);
    return at != changes.end() && at->cell == cell ? &*at : nullptr;
}

// ---- What is kept --------------------------------------------------------------------------------------------------

SoloFutures::SoloFutures(Stepper& the_stepper, const Layout& the_layout)
    : stepper(the_stepper),
      layout(the_layout),
      nodes_allowed(most_nodes + nodes_for_each_process * stepper.processes().size()),
      evaluations_allowed(most_evaluations + evaluations_for_each_process * stepper.processes().size()),
      values_allowed(most_values + values_for_each_process * stepper.processes().size()),
      step_tree(static_cast<std::uint32_t>(the_stepper.program.processes.size())),
      node_places(std::bit_ceil(4 * nodes_allowed), 0),
      start_value(the_layout.cells.size(), 0)
{
    for (auto* by_cell : {&read_epoch, &other_epoch, &change_epoch, &sensitive_epoch, &other_index, &change_index,
                          &node_epoch, &look_mark, &noted_mark, &fixed_mark, &outcome_mark})
        by_cell->assign(layout.cells.size(), 0);
}

std::size_t SoloFutures::Hash::operator()(const FutureKey& key) const
{
    std::uint64_t hash = mixed(mixed(key.places, key.group), static_cast<std::uint64_t>(key.extent));
    for (const Influence& influence : key.others) {
        hash = mixed(hash, influence.cell);
        hash = mixed(hash, reinterpret_cast<std::uintptr_t>(influence.values));
        hash = mixed(hash, static_cast<std::uint64_t>(influence.shift.low * 65599 + influence.shift.high));
    }
    return hash;
}

std::size_t SoloFutures::Hash::operator()(const Values& values) const
{
    std::uint64_t hash = values.size();
    for (std::int64_t value : values) hash = mixed(hash, static_cast<std::uint64_t>(value));
    return hash;
}

std::size_t SoloFutures::Hash::operator()(const std::vector<ProcessId>& processes) const
{
    std::uint64_t hash = processes.size();
    for (ProcessId p : processes) hash = mixed(hash, p.index);
    return hash;
}

SoloFutures::Group SoloFutures::group_of(std::span<const ProcessId> processes)
{
    std::vector<ProcessId> group(processes.begin(), processes.end());
    const auto [entry, is_new] = group_numbers.emplace(std::move(group), static_cast<Group>(groups.size()));
    if (is_new) groups.push_back(entry->first);
    return entry->second;
}

const Values* SoloFutures::keep(const Values& values) { return &*values_kept.insert(values).first; }

void SoloFutures::forget()
{
    if (steps_kept.size() < most_steps_kept && futures_kept.size() < most_futures_kept) return;
    step_tree.clear(static_cast<std::uint32_t>(stepper.program.processes.size()));
    steps_kept.clear();
    futures_by_key.clear();
    futures_kept.clear();
    group_numbers.clear();
    groups.clear();
    values_kept.clear();
}

const Future& SoloFutures::explore(Group group, const Influences& the_others, Extent extent)
{
    key.group = group;
    key.extent = extent;
    key.others = the_others;
    key.places = 0;
    for (ProcessId p : groups[group])
        key.places =
            mixed(key.places, static_cast<std::uint64_t>(stepper.evaluator.cells[stepper.evaluator.location_cell(p)]));
    if (const Future* kept = find_kept()) return *kept;
    begin(the_others);
    find(groups[group], extent);
    keep_future();
    return futures_kept.back().future;
}

const Future* SoloFutures::find_kept()
{
    const auto kept = futures_by_key.find(key);
    if (kept == futures_by_key.end()) return nullptr;
    const std::int64_t* cells = stepper.evaluator.cells.data();
    for (const KeptFuture* one : kept->second)
        if (std::ranges::all_of(one->seen, [&](const auto& seen) { return cells[seen.first] == seen.second; }))
            return &one->future;
    return nullptr;
}

void SoloFutures::keep_future()
{
    const std::vector<std::int64_t>& cells = stepper.evaluator.cells;
    KeptFuture kept;
    for (std::uint32_t cell : future.reads) kept.seen.emplace_back(cell, cells[cell]);
    // How far a cell is moved depends on where it was.
    for (const Change& change : future.writes)
        if (read_epoch[change.cell] != epoch) kept.seen.emplace_back(change.cell, cells[change.cell]);
    std::ranges::sort(future.reads);
    std::ranges::sort(future.writes, {}, &Change::cell);
    std::ranges::sort(future.sensitive);
    kept.future = std::move(future);
    futures_kept.push_back(std::move(kept));
    futures_by_key[key].push_back(&futures_kept.back());
}

// ---- A future ------------------------------------------------------------------------------------------------------

void SoloFutures::begin(const Influences& the_others)
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
    nodes.clear();
    differences.clear();
    next.clear();
    std::ranges::fill(node_places, 0);
    add_next();
    const std::size_t last = extent == Extent::first_steps ? 1 : nodes_allowed;
    for (std::size_t n = 0; n < nodes.size() && n < last && future.is_known; ++n) {
        apply(nodes[n]);
        for (ProcessId p : processes) {
            take(steps_of(p), n, extent);
            if (!future.is_known) break;
        }
        evaluator.undo_to(0);
        if (nodes.size() > nodes_allowed) future.is_known = false;
    }
}

void SoloFutures::apply(const Node& node)
{
    Evaluator& evaluator = stepper.evaluator;
    ++node_mark;
    for (std::size_t i = node.first; i < node.end; ++i) {
        const auto [cell, value] = differences[i];
        node_epoch[cell] = node_mark;
        start_value[cell] = evaluator.cells[cell];
        evaluator.write(cell, value);
    }
}

void SoloFutures::take(const Steps& steps, std::size_t node, Extent extent)
{
    evaluations += steps.evaluations;
    if (evaluations > evaluations_allowed) future.is_known = false;
    for (const Tree::Look& look : steps.looks) {
        if (!look.place.by_value || read_epoch[look.place.cell] == epoch) continue;
        read_epoch[look.place.cell] = epoch;
        future.reads.push_back(look.place.cell);
    }
    for (const auto& [cell, value] : steps.written) {
        Change& change = change_of(cell);
        add_value(change.values, value);
        if (change.values.size() > values_allowed) future.is_known = false;
    }
    for (std::uint32_t cell : steps.sensitive) {
        if (sensitive_epoch[cell] == epoch) continue;
        sensitive_epoch[cell] = epoch;
        future.sensitive.push_back(cell);
    }
    for (const auto& [cell, kind] : steps.kinds) change_of(cell).add_kind(kind);
    for (const Outcome& outcome : steps.outcomes) {
        make_next(node, outcome);
        if (node == 0) {
            ++future.steps;
            future.moves |= !outcome.ends && !next.empty();
        }
        if (outcome.ends) continue;
        future.returns |= next.empty();
        if (extent == Extent::whole && nodes.size() <= nodes_allowed) add_next();
    }
}

/// The node that an outcome leads to, as `next`. The node where it begins has been applied.
void SoloFutures::make_next(std::size_t node, const Outcome& outcome)
{
    const std::vector<std::int64_t>& cells = stepper.evaluator.cells;
    const auto begin = differences.begin();
    next.assign(begin + static_cast<std::ptrdiff_t>(nodes[node].first),
                begin + static_cast<std::ptrdiff_t>(nodes[node].end));
    const auto set = [&](std::uint32_t cell, std::int64_t value) {
        const std::int64_t start = node_epoch[cell] == node_mark ? start_value[cell] : cells[cell];
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
}

/// Makes `next` a node, unless it is one.
void SoloFutures::add_next()
{
    std::uint64_t hash = next.size();
    for (const auto& [cell, value] : next) hash = mixed(mixed(hash, cell), static_cast<std::uint64_t>(value));
    std::size_t place = (hash ^ hash >> 32) & (node_places.size() - 1);
    for (; node_places[place] != 0; place = (place + 1) & (node_places.size() - 1)) {
        const Node& node = nodes[node_places[place] - 1];
        if (std::equal(next.begin(), next.end(), differences.begin() + static_cast<std::ptrdiff_t>(node.first),
                       differences.begin() + static_cast<std::ptrdiff_t>(node.end)))
            return;
    }
    nodes.push_back({differences.size(), differences.size() + next.size()});
    differences.insert(differences.end(), next.begin(), next.end());
    node_places[place] = static_cast<std::uint32_t>(nodes.size());
}

Change& SoloFutures::change_of(std::uint32_t cell)
{
    if (change_epoch[cell] != epoch) {
        change_epoch[cell] = epoch;
        change_index[cell] = static_cast<std::uint32_t>(future.writes.size());
        future.writes.push_back({cell, {}, {}});
    }
    return future.writes[change_index[cell]];
}

// ---- The steps of a process at a node ------------------------------------------------------------------------------

const SoloFutures::Steps& SoloFutures::steps_of(ProcessId p)
{
    const auto see_cell = [this](const Looked& place) { return see(place); };
    if (const std::uint32_t kept = step_tree.find(p.index, see_cell); kept != Tree::nothing) return steps_kept[kept];
    Steps& steps = steps_kept.emplace_back();
    begin_making(steps);
    evaluate(p);
    step_tree.insert(p.index, steps.looks, static_cast<std::uint32_t>(steps_kept.size() - 1));
    return steps;
}

void SoloFutures::begin_making(Steps& steps)
{
    making = &steps;
    ++making_mark;
}

bool SoloFutures::is_exhausted() const { return making->evaluations > evaluations_allowed; }

/// The steps of p with the values that have been fixed, whatever values others give to what else it looks at.
SoloFutures::Shape SoloFutures::evaluate(ProcessId p)
{
    ++making->evaluations;
    if (is_exhausted()) return {};
    std::vector<Outcome> found;
    stepper.evaluator.forget_reads();
    stepper.evaluator.records_reads = true;
    stepper.steps_of(p, [&](const StepView& view) {
        stepper.evaluator.records_reads = false;
        found.push_back(outcome_of(view));
        stepper.evaluator.records_reads = true;
    });
    stepper.evaluator.records_reads = false;
    note_reads();
    for (const Outcome& outcome : found)
        for (const Difference* written : {&outcome.values, &outcome.shifts})
            for (const auto& [cell, value] : *written) note_written(cell);
    std::uint32_t cell = unfixed_read();
    if (cell == no_cell) cell = unfixed_write(found);
    if (cell != no_cell) return branch(cell, p);
    Shape shape;
    for (Outcome& outcome : found) shape.push_back(number_of(std::move(outcome)));
    return shape;
}

std::uint32_t SoloFutures::number_of(Outcome outcome)
{
    const auto add = [&](std::uint32_t cell, std::int64_t value) {
        const Difference::value_type pair(cell, value);
        if (std::ranges::find(making->written, pair) == making->written.end()) making->written.push_back(pair);
    };
    for (const auto& [cell, value] : outcome.values) add(cell, value);
    for (const auto& [cell, shift] : outcome.shifts)
        add(cell, stepper.evaluator.cells[cell] + shift);  // the cell has been fixed
    const auto at = std::ranges::find(making->outcomes, outcome);
    const auto number = static_cast<std::uint32_t>(at - making->outcomes.begin());
    if (at == making->outcomes.end()) making->outcomes.push_back(std::move(outcome));
    return number;
}

/// What is seen of a cell at the node.
SoloFutures::Seen SoloFutures::see(const Looked& place) const
{
    const auto& [cell, by_value] = place;
    const Influence* influence = other(cell);
    Seen seen;
    if (by_value) seen.value = stepper.evaluator.cells[cell];
    if (influence == nullptr) return seen;
    seen.values = influence->values;
    seen.shift = influence->shift;
    return seen;
}

/// Before the cell is fixed.
void SoloFutures::look_at(std::uint32_t cell)
{
    if (look_mark[cell] == making_mark) return;
    look_mark[cell] = making_mark;
    making->looks.push_back({{cell, true}, see({cell, true})});
}

void SoloFutures::note_reads()
{
    for (std::uint32_t cell : stepper.evaluator.reads) look_at(cell);
}

/// What is written comes out differently if others write it, too.
void SoloFutures::note_written(std::uint32_t cell)
{
    if (look_mark[cell] == making_mark || noted_mark[cell] == making_mark) return;
    noted_mark[cell] = making_mark;
    making->looks.push_back({{cell, false}, see({cell, false})});
}

/// A cell that others change and that was looked at, with a value that has not been fixed.
std::uint32_t SoloFutures::unfixed_read() const
{
    if (others->empty()) return no_cell;
    for (std::uint32_t cell : stepper.evaluator.reads)
        if (other_epoch[cell] == epoch && fixed_mark[cell] != making_mark) return cell;
    return no_cell;
}

/// The same for one that was written: how far that moves it depends on its value.
std::uint32_t SoloFutures::unfixed_write(const std::vector<Outcome>& found) const
{
    for (const Outcome& outcome : found)
        for (const auto& [cell, shift] : outcome.shifts)
            if (fixed_mark[cell] != making_mark) return cell;
    return no_cell;
}

/// Visits with each value that the cell can have, which is fixed meanwhile.
template <typename Visit>
void SoloFutures::for_each_value(std::uint32_t cell, Visit visit)
{
    Evaluator& evaluator = stepper.evaluator;
    const Influence& influence = *other(cell);
    const std::int64_t own = evaluator.cells[cell];
    look_at(cell);
    fixed_mark[cell] = making_mark;
    for (std::int64_t value : *influence.values) {
        const std::int64_t shift = distance(own, value);
        if (influence.shift.is_bounded() && (shift < influence.shift.low || shift > influence.shift.high)) continue;
        const std::size_t before = evaluator.writes.size();
        evaluator.write(cell, value);
        visit();
        evaluator.undo_to(before);
    }
    fixed_mark[cell] = 0;
}

SoloFutures::Shape SoloFutures::branch(std::uint32_t cell, ProcessId p)
{
    Shape all{value_begins, cell}, first;
    bool is_sensitive = false;
    std::size_t values = 0;
    for_each_value(cell, [&] {
        Shape shape = evaluate(p);
        if (values++ == 0) first = shape;
        is_sensitive |= shape != first;
        all.insert(all.end(), shape.begin(), shape.end());
        all.push_back(value_ends);
    });
    if (is_sensitive && std::ranges::find(making->sensitive, cell) == making->sensitive.end())
        making->sensitive.push_back(cell);
    if (values < 2 || !other(cell)->shift.is_bounded()) return all;
    // A cell that is not counted is not worth being followed.
    Shift seen;
    std::size_t writers = 0;
    bool is_counted = true;
    for (std::uint32_t number : all) {
        if (number >= making->outcomes.size()) continue;
        const Difference& shifts = making->outcomes[number].shifts;
        const auto at = std::ranges::find(shifts, cell, &Difference::value_type::first);
        if (at == shifts.end()) continue;
        if (writers++ == 0) seen = {at->second, at->second};
        is_counted &= seen.low == at->second;
    }
    if (writers > 1) making->kinds.emplace_back(cell, is_counted ? Change::Kind::counted : Change::Kind::other);
    return all;
}

SoloFutures::Outcome SoloFutures::outcome_of(const StepView& view)
{
    const Evaluator& evaluator = stepper.evaluator;
    Outcome outcome;
    outcome.process = view.process;
    outcome.ends = view.stopped || view.trap.kind != nullptr;
    outcome.made_progress = view.made_progress;
    outcome.trap = view.trap.kind;
    if (outcome.ends) outcome.reports.push_back(view.moves.back().transition.index);
    for (const ReportEvent& report : view.reports)
        outcome.reports.insert(outcome.reports.end(), {report.transition.index, report.cpu, report.task});
    ++written_mark;
    for (std::size_t i = view.first_write; i < evaluator.writes.size(); ++i) {
        const std::uint32_t cell = evaluator.writes[i].cell;
        if (outcome_mark[cell] == written_mark) continue;
        outcome_mark[cell] = written_mark;
        const std::int64_t before = evaluator.writes[i].before, value = evaluator.cells[cell];
        const Influence* influence = other(cell);
        if (influence != nullptr && influence->shift.is_bounded())
            outcome.shifts.emplace_back(cell, distance(before, value));
        else
            outcome.values.emplace_back(cell, value);
    }
    std::ranges::sort(outcome.values);
    std::ranges::sort(outcome.shifts);
    return outcome;
}

// ---- Invariants ----------------------------------------------------------------------------------------------------

SoloFutures::Judgement SoloFutures::judge(const Invariant& invariant, const Influences& the_others)
{
    begin(the_others);
    Steps looked;
    begin_making(looked);
    Judgement judgement;
    judgement.can_fail = can_fail(invariant);
    judgement.is_known = !is_exhausted();
    for (const Tree::Look& look : looked.looks) judgement.reads.push_back(look.place.cell);
    std::ranges::sort(judgement.reads);
    return judgement;
}

bool SoloFutures::can_fail(const Invariant& invariant)
{
    ++making->evaluations;
    if (is_exhausted()) return true;
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
