#include "explicit/stubborn_set.h"

#include <algorithm>
#include <map>

namespace lockstep::explicit_engine {

namespace {

constexpr std::size_t most_rounds = 12;
constexpr std::int64_t most_counted = 256;
constexpr std::size_t none = SIZE_MAX;
using Extent = SoloFutures::Extent;

bool contains(const std::vector<std::uint32_t>& cells, std::uint32_t cell)
{
    return std::ranges::binary_search(cells, cell);
}

bool waits_for_settled(const Automaton& automaton)
{
    return std::ranges::any_of(automaton.transitions, &Transition::when_settled);
}

/// Adds what was known before, so that repetition comes to an end.
void grow(Future& future, const Future& before)
{
    for (const Change& c : before.writes) {
        const auto at = std::ranges::lower_bound(future.writes, c.cell, {}, &Change::cell);
        if (at == future.writes.end() || at->cell != c.cell) {
            future.writes.insert(at, c);
            continue;
        }
        for (std::int64_t value : c.values) at->add_value(value);
        at->shift.include(c.shift);
        if (c.kind != Change::Kind::unknown) at->add_kind(c.kind);
    }
    std::vector<std::uint32_t> reads;
    std::ranges::set_union(before.reads, future.reads, std::back_inserter(reads));
    future.reads = std::move(reads);
}

}  // namespace

StubbornSets::StubbornSets(Stepper& the_stepper, const Layout& layout)
    : stepper(the_stepper), futures(the_stepper, layout), written_epoch(layout.cells.size(), 0)
{
    // Only the clock may wait for the others to be settled, and it must do nothing else.
    for (const Process& process : stepper.program.processes) {
        const Automaton& automaton = stepper.program.automata[process.automaton];
        if (process.kind != ProcessKind::clock)
            is_applicable = is_applicable && !waits_for_settled(automaton);
        else
            is_applicable = is_applicable && std::ranges::all_of(automaton.transitions, &Transition::when_settled);
    }
}

std::span<const ProcessId> StubbornSets::choose()
{
    chosen.clear();
    if (!is_applicable) return {};
    futures.forget();
    find_agents();
    if (active < 2) return {};
    for (Agent& agent : agents) agent.alone = &futures.explore(agent.processes, {}, Extent::whole);
    try_all(false);
    if (chosen.empty()) try_all(true);
    std::ranges::sort(chosen);
    return chosen;
}

void StubbornSets::find_agents()
{
    std::map<std::int64_t, std::size_t> numbers;
    agents.clear();
    for (ProcessId p : stepper.processes()) {
        const Process& process = stepper.program.processes[p];
        if (process.kind == ProcessKind::clock) continue;
        const bool has_cpu = process.kind != ProcessKind::plain;
        const std::int64_t key = has_cpu ? stepper.evaluator.own_cpu(p) : -2 - std::int64_t{p.index};
        const auto [entry, is_new] = numbers.emplace(key, agents.size());
        if (is_new) agents.emplace_back();
        agents[entry->second].processes.push_back(p);
    }
    active = 0;
    for (Agent& agent : agents) {
        agent.first = &futures.explore(agent.processes, {}, Extent::first_steps);
        active += agent.first->steps != 0 ? 1 : 0;
    }
}

/// One agent alone, or with those that have to join it; as few steps as possible.
void StubbornSets::try_all(bool may_grow)
{
    std::size_t least = SIZE_MAX;
    for (std::size_t a = 0; a < agents.size(); ++a) {
        const Future& first = *agents[a].first;
        if (first.steps == 0 || first.steps >= least || !first.moves) continue;
        if (!try_set(a, may_grow) || first_steps.steps >= least) continue;
        least = first_steps.steps;
        chosen = processes;
        if (least <= (may_grow ? 2 : 1)) return;
    }
}

// ---- A set ---------------------------------------------------------------------------------------------------------

bool StubbornSets::try_set(std::size_t first, bool may_grow)
{
    std::vector<bool> inside(agents.size(), false);
    for (std::size_t joining = first; joining != none;) {
        inside[joining] = true;
        begin_set(inside);
        const bool anybody =
            std::ranges::any_of(outside, [&](const Member& m) { return agents[m.agent].first->steps != 0; });
        if (!anybody || first_steps.has_visible_step) return false;
        joining = find_conflict();
        if (joining != none && !may_grow) return false;
    }
    if (!keeps_invariants()) return false;
    for (std::size_t a = 0; a < agents.size(); ++a)
        if (inside[a] && stays_unsettled(a)) return true;
    return false;
}

void StubbornSets::begin_set(const std::vector<bool>& inside)
{
    ++epoch;
    outside.clear();
    processes.clear();
    done_outside.clear();
    for (std::size_t a = 0; a < agents.size(); ++a) {
        if (inside[a]) {
            processes.insert(processes.end(), agents[a].processes.begin(), agents[a].processes.end());
        } else {
            outside.push_back({a, nullptr, {}, {}});
            set_future(outside.back(), *agents[a].alone);
        }
    }
    first_steps = futures.explore(processes, {}, Extent::first_steps);
}

void StubbornSets::set_future(Member& member, const Future& future)
{
    member.future = &future;
    for (const Change& change : future.writes) written_epoch[change.cell] = epoch;
}

/// What those outside, one of them excepted, do to the cells that somebody reads or writes.
Changes StubbornSets::done_by_others(const Future& reader, std::size_t except) const
{
    Changes result;
    const auto add = [&](std::uint32_t cell) {
        if (written_epoch[cell] != epoch) return;
        const std::int64_t present = stepper.evaluator.cells[cell];
        Change change{cell, {}, {present}, {}};
        Shift all;
        bool anybody = false, is_counted = true;
        for (const Member& member : outside) {
            const Change* c = find_change(member.future->writes, cell);
            if (c == nullptr) continue;
            all.add(c->shift);
            is_counted &= c->kind == Change::Kind::counted;
            for (std::int64_t value : c->values) change.add_value(value);
            if (member.agent == except) continue;
            anybody = true;
            change.shift.add(c->shift);
        }
        if (!anybody) return;
        if (!all.is_bounded()) change.shift = Shift::unbounded();
        if (is_counted && all.is_bounded() && all.high - all.low <= most_counted)
            for (std::int64_t shift = all.low; shift <= all.high; ++shift) change.add_value(present + shift);
        result.push_back(std::move(change));
    };
    for (std::uint32_t cell : reader.reads) add(cell);
    for (const Change& c : reader.writes)
        if (!contains(reader.reads, c.cell)) add(c.cell);
    std::ranges::sort(result, {}, &Change::cell);
    return result;
}

/// Futures that hold whatever the others outside do. Returns whose is not known, or none.
std::size_t StubbornSets::settle_futures()
{
    for (std::size_t round = 0; round < most_rounds; ++round) {
        bool is_stable = true;
        for (Member& member : outside) {
            if (!member.future->is_known) return member.agent;
            Changes others = done_by_others(*member.future, member.agent);
            if (others == member.others) continue;
            is_stable = false;
            member.others = std::move(others);
            Future next = futures.explore(agents[member.agent].processes, member.others, Extent::whole);
            grow(next, *member.future);
            member.grown = std::move(next);
            set_future(member, member.grown);
        }
        if (is_stable) return none;
    }
    return outside.front().agent;
}

/// An agent outside that keeps the set from being chosen, and has to join.
std::size_t StubbornSets::find_conflict()
{
    if (const std::size_t agent = settle_futures(); agent != none) return agent;
    for (;;) {
        Changes others = done_by_others(first_steps, none);
        if (others == done_outside) break;
        done_outside = std::move(others);
        Future next = futures.explore(processes, done_outside, Extent::first_steps);
        grow(next, first_steps);
        first_steps = std::move(next);
        if (!first_steps.is_known) return outside.front().agent;
    }
    for (const Member& member : outside) {
        for (const Change& change : member.future->writes)
            if (contains(first_steps.sensitive, change.cell)) return member.agent;
        if (is_disturbed(member)) return member.agent;
    }
    return none;
}

/// Whether what the set's first steps write makes a difference to somebody outside, or both write a cell other than by
/// moving it.
bool StubbornSets::is_disturbed(const Member& member)
{
    Changes others = member.others;
    bool anything = false;
    for (const Change& c : first_steps.writes) {
        const Change* own = find_change(member.future->writes, c.cell);
        if (own == nullptr && !contains(member.future->reads, c.cell)) continue;
        anything = true;
        const auto at = std::ranges::lower_bound(others, c.cell, {}, &Change::cell);
        const bool is_new = at == others.end() || at->cell != c.cell;
        Change& change = is_new ? *others.insert(at, {c.cell, {}, {stepper.evaluator.cells[c.cell]}, {}}) : *at;
        if (is_new && own != nullptr)
            for (std::int64_t value : own->values) change.add_value(value);
        change.shift.add(c.shift);
        if (own != nullptr && !(own->shift.is_bounded() && change.shift.is_bounded())) return true;
        if (change.shift.is_bounded()) {
            if (c.shift.high - c.shift.low > most_counted) return true;
            const std::vector<std::int64_t> before = change.values;
            for (std::int64_t shift = c.shift.low; shift <= c.shift.high; ++shift)
                for (std::int64_t value : before) change.add_value(value + shift);
        }
        for (std::int64_t value : c.values) change.add_value(value);
    }
    if (!anything) return false;
    const Future& disturbed = futures.explore(agents[member.agent].processes, others, Extent::whole);
    if (!disturbed.is_known) return true;
    return std::ranges::any_of(first_steps.writes, [&](const Change& c) {
        const Change* own = find_change(disturbed.writes, c.cell);
        return contains(disturbed.sensitive, c.cell) || (own != nullptr && !own->shift.is_bounded());
    });
}

// ---- Time and invariants -------------------------------------------------------------------------------------------

/// No tick can come before the set moves: one of the agent's processes has a step and does not wait in a loop.
bool StubbornSets::stays_unsettled(std::size_t agent)
{
    for (const ProcessId& p : agents[agent].processes) {
        const std::span<const ProcessId> only(&p, 1);
        if (futures.explore(only, {}, Extent::first_steps).steps == 0) continue;
        const Automaton& automaton = stepper.program.automata[stepper.program.processes[p].automaton];
        if (!automaton.locations[stepper.evaluator.location(p)].is_settle_point) return true;
        Future lone = futures.explore(only, {}, Extent::whole);
        Changes others;
        for (std::size_t round = 0; round < most_rounds && lone.is_known; ++round) {
            Changes next = done_by_others(lone, none);
            if (next == others && !lone.returns) return true;
            if (next == others) break;
            others = std::move(next);
            Future grown = futures.explore(only, others, Extent::whole);
            grow(grown, lone);
            lone = std::move(grown);
        }
    }
    return false;
}

bool StubbornSets::keeps_invariants()
{
    for (const Invariant& invariant : stepper.program.invariants) {
        Future reader;
        Changes others;
        bool can_fail = true;
        for (std::size_t round = 0;; ++round) {
            SoloFutures::Judgement judgement = futures.judge(invariant, others);
            if (!judgement.is_known || round == most_rounds) return false;
            can_fail = judgement.can_fail;
            reader.reads = std::move(judgement.reads);
            Changes next = done_by_others(reader, none);
            if (next == others) break;
            others = std::move(next);
        }
        const auto is_read = [&](const Change& c) { return contains(reader.reads, c.cell); };
        if (can_fail && std::ranges::any_of(first_steps.writes, is_read)) return false;
    }
    return true;
}

}  // namespace lockstep::explicit_engine
