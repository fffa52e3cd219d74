#include "explicit/stubborn_set.h"

#include <algorithm>

namespace lockstep::explicit_engine {

namespace {

constexpr std::size_t most_rounds = 12;
constexpr std::int64_t most_counted = 1024;
constexpr std::size_t none = SIZE_MAX;
using Extent = SoloFutures::Extent;

bool contains(const std::vector<std::uint32_t>& cells, std::uint32_t cell)
{
    return std::ranges::binary_search(cells, cell);
}

/// One of them that is not this one.
std::size_t other_than(const std::vector<std::size_t>& agents, std::size_t agent)
{
    for (std::size_t one : agents)
        if (one != agent) return one;
    return none;
}

bool waits_for_settled(const Automaton& automaton)
{
    return std::ranges::any_of(automaton.transitions, &Transition::when_settled);
}

bool covers(const Future& future, const Future& before)
{
    if (!std::ranges::includes(future.reads, before.reads)) return false;
    return std::ranges::all_of(before.writes, [&](const Change& c) {
        const Change* now = find_change(future.writes, c.cell);
        if (now == nullptr || !std::ranges::includes(now->values, c.values)) return false;
        Shift shift = now->shift;
        shift.include(c.shift);
        Change kind = *now;
        if (c.kind != Change::Kind::unknown) kind.add_kind(c.kind);
        return shift == now->shift && kind.kind == now->kind;
    });
}

/// Adds what was known before, so that repetition comes to an end.
void add(Future& future, const Future& before)
{
    for (const Change& c : before.writes) {
        const auto at = std::ranges::lower_bound(future.writes, c.cell, {}, &Change::cell);
        if (at == future.writes.end() || at->cell != c.cell) {
            future.writes.insert(at, c);
            continue;
        }
        add_values(at->values, c.values);
        at->shift.include(c.shift);
        if (c.kind != Change::Kind::unknown) at->add_kind(c.kind);
    }
    std::vector<std::uint32_t> reads;
    std::ranges::set_union(before.reads, future.reads, std::back_inserter(reads));
    future.reads = std::move(reads);
}

}  // namespace

StubbornSets::StubbornSets(Stepper& the_stepper, const Layout& layout)
    : stepper(the_stepper),
      futures(the_stepper, layout),
      written_epoch(layout.cells.size(), 0),
      written_index(layout.cells.size(), 0)
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

std::span<const ProcessId> StubbornSets::choose(std::span<const ProcessId> begin_with)
{
    chosen.clear();
    if (!is_applicable) return {};
    futures.forget();
    find_agents();
    if (active < 2) return {};
    unknown.clear();
    for (std::size_t a = 0; a < agents.size(); ++a) {
        agents[a].alone = &futures.explore(agents[a].group, {}, Extent::whole);
        agents[a].joining = none;
        if (!agents[a].alone->is_known) unknown.push_back(a);
    }
    may_begin.assign(stepper.program.processes.size(), false);
    for (ProcessId p : begin_with) may_begin[p.index] = true;
    least = SIZE_MAX;
    tried.clear();
    try_agents();
    if (chosen.empty()) try_larger_sets();
    std::ranges::sort(chosen);
    return chosen;
}

void StubbornSets::find_agents()
{
    agents.clear();
    std::ranges::fill(agent_of_cpu, none);
    for (ProcessId p : stepper.processes()) {
        const Process& process = stepper.program.processes[p];
        if (process.kind == ProcessKind::clock) continue;
        std::size_t agent = agents.size();
        if (process.kind != ProcessKind::plain) {
            const auto cpu = static_cast<std::size_t>(stepper.evaluator.own_cpu(p) + 1);
            if (cpu >= agent_of_cpu.size()) agent_of_cpu.resize(cpu + 1, none);
            if (agent_of_cpu[cpu] == none) agent_of_cpu[cpu] = agent;
            agent = agent_of_cpu[cpu];
        }
        if (agent == agents.size()) agents.emplace_back();
        agents[agent].processes.push_back(p);
    }
    active = 0;
    for (Agent& agent : agents) {
        agent.group = futures.group_of(agent.processes);
        agent.first = &futures.explore(agent.group, {}, Extent::first_steps);
        active += agent.first->steps != 0 ? 1 : 0;
    }
}

/// One agent alone; with as few steps as possible.
void StubbornSets::try_agents()
{
    for (std::size_t a = 0; a < agents.size() && least > 1; ++a) {
        const Future& first = *agents[a].first;
        if (first.steps == 0 || first.steps >= least || !first.moves) continue;
        if (std::ranges::none_of(agents[a].processes, [&](ProcessId p) { return may_begin[p.index]; })) continue;
        agents[a].joining = other_than(unknown, a);
        if (agents[a].joining != none) continue;
        inside.assign(agents.size(), false);
        inside[a] = true;
        agents[a].joining = try_set();
    }
}

/// Agents with those that have to join them.
void StubbornSets::try_larger_sets()
{
    for (std::size_t a = 0; a < agents.size() && least > 2; ++a) {
        if (agents[a].joining == none || agents[a].first->steps >= least) continue;
        inside.assign(agents.size(), false);
        inside[a] = true;
        for (std::size_t joining = agents[a].joining; joining != none;) {
            inside[joining] = true;
            for (std::size_t b : unknown) inside[b] = true;
            if (std::ranges::find(tried, inside) != tried.end()) break;
            tried.push_back(inside);
            joining = try_set();
        }
    }
}

// ---- A set ---------------------------------------------------------------------------------------------------------

/// Chooses the set if it may be, and is the best so far. Returns who would have to join it; none if it may be chosen,
/// or if nobody's joining helps.
std::size_t StubbornSets::try_set()
{
    begin_set();
    const bool anybody =
        std::ranges::any_of(members(), [&](const Member& m) { return agents[m.agent].first->steps != 0; });
    if (!anybody || !first_steps.future->moves) return none;
    if (const std::size_t joining = find_conflict(); joining != none) return joining;
    const std::size_t steps = first_steps.future->steps;
    if (steps >= least || !keeps_invariants()) return none;
    for (std::size_t a = 0; a < agents.size(); ++a) {
        if (!inside[a] || !stays_unsettled(a)) continue;
        least = steps;
        chosen = processes;
        break;
    }
    return none;
}

void StubbornSets::begin_set()
{
    ++epoch;
    written_count = outside_count = 0;
    processes.clear();
    std::size_t joined = 0;
    for (std::size_t a = 0; a < agents.size(); ++a) {
        if (inside[a]) {
            processes.insert(processes.end(), agents[a].processes.begin(), agents[a].processes.end());
            group = agents[a].group;
            ++joined;
            continue;
        }
        if (outside_count == outside.size()) outside.emplace_back();
        Member& member = outside[outside_count++];
        member.agent = a;
        member.future.future = agents[a].alone;
        member.future.others.clear();
        note_writes(outside_count - 1);
    }
    if (joined > 1) group = futures.group_of(processes);
    first_steps.future = &futures.explore(group, {}, Extent::first_steps);
    first_steps.others.clear();
}

void StubbornSets::note_writes(std::size_t member)
{
    for (const Change& change : outside[member].future.future->writes) {
        if (written_epoch[change.cell] != epoch) {
            written_epoch[change.cell] = epoch;
            written_index[change.cell] = static_cast<std::uint32_t>(written_count);
            if (written_count == written.size()) written.emplace_back();
            Written& added = written[written_count++];
            added.cell = change.cell;
            added.writers.clear();
            added.written = {stepper.evaluator.cells[change.cell]};
        }
        Written& cell = written[written_index[change.cell]];
        cell.is_current = false;
        const auto known = std::ranges::find(cell.writers, member, &Writer::member);
        Writer& writer = known == cell.writers.end() ? cell.writers.emplace_back() : *known;
        writer = {member, &change, true};
    }
}

void StubbornSets::bring_up_to_date(Written& cell)
{
    cell.is_current = true;
    cell.shift = {};
    bool is_counted = true;
    const Values* last = nullptr;  // who does the same writes the same
    for (Writer& writer : cell.writers) {
        cell.shift.add(writer.change->shift);
        is_counted &= writer.change->kind == Change::Kind::counted;
        if (!writer.is_new) continue;
        writer.is_new = false;
        if (last == nullptr || writer.change->values != *last) add_values(cell.written, writer.change->values);
        last = &writer.change->values;
    }
    const bool is_followed = is_counted && cell.shift.is_bounded() && cell.shift.high - cell.shift.low <= most_counted;
    if (!is_followed) {
        cell.values = futures.keep(cell.written);
        return;
    }
    Values values = moved({stepper.evaluator.cells[cell.cell]}, cell.shift);
    add_values(values, cell.written);
    cell.values = futures.keep(values);
}

/// What those outside, one of them excepted, do to the cells that somebody reads or writes.
const Influences& StubbornSets::done_by_others(const Future& reader, std::size_t except)
{
    done.clear();
    const auto add = [&](std::uint32_t cell) {
        if (written_epoch[cell] != epoch) return;
        Written& all = written[written_index[cell]];
        const auto own = std::ranges::find(all.writers, except, &Writer::member);
        if (own != all.writers.end() && all.writers.size() == 1) return;
        if (!all.is_current) bring_up_to_date(all);
        Shift shift = all.shift;
        if (own != all.writers.end() && shift.is_bounded()) {
            shift.low -= own->change->shift.low;
            shift.high -= own->change->shift.high;
        }
        done.push_back({cell, shift, all.values});
    };
    auto write = reader.writes.begin();
    for (std::uint32_t cell : reader.reads) {
        for (; write != reader.writes.end() && write->cell <= cell; ++write)
            if (write->cell < cell) add(write->cell);
        add(cell);
    }
    for (; write != reader.writes.end(); ++write) add(write->cell);
    return done;
}

/// Of somebody who is not outside: a cell that others leave alone for a while has the value that it was given last.
void StubbornSets::add_own_values(const Future& future)
{
    for (Influence& influence : done) {
        const Change* own = find_change(future.writes, influence.cell);
        if (own == nullptr) continue;
        Values values = *influence.values;
        for (std::int64_t value : own->values) add_value(values, value);
        influence.values = futures.keep(values);
    }
}

/// Lets somebody's future take in what the others outside do now. Returns whether that is more than was known.
bool StubbornSets::grow(Growing& growing, Group of, std::size_t except, Extent extent)
{
    done_by_others(*growing.future, except);
    if (except == none && extent == Extent::whole) add_own_values(*growing.future);
    if (done == growing.others) return false;
    growing.others = done;
    const Future& now = futures.explore(of, growing.others, extent);
    if (covers(now, *growing.future)) {
        growing.future = &now;
        return true;
    }
    Future sum = now;
    add(sum, *growing.future);
    growing.grown = std::move(sum);
    growing.future = &growing.grown;
    return true;
}

/// An agent outside that keeps the set from being chosen, and has to join. Futures outside are let grow until they hold
/// whatever the others outside do; whoever is in the way before that will be then.
std::size_t StubbornSets::find_conflict()
{
    for (std::size_t round = 0; round < most_rounds; ++round) {
        if (const std::size_t agent = whom_first_steps_look_at(); agent != none) return agent;
        bool is_stable = true;
        for (std::size_t m = 0; m < outside_count; ++m) {
            Member& member = outside[m];
            if (!member.future.future->is_known) return member.agent;
            if (!grow(member.future, agents[member.agent].group, m, Extent::whole)) continue;
            is_stable = false;
            note_writes(m);
        }
        if (!is_stable) continue;
        for (const Member& member : members())
            if (is_disturbed(member)) return member.agent;
        return none;
    }
    return outside.front().agent;
}

/// Who outside does something that makes a difference to the set's first steps.
std::size_t StubbornSets::whom_first_steps_look_at()
{
    while (grow(first_steps, group, none, Extent::first_steps))
        if (!first_steps.future->is_known) return outside.front().agent;
    for (std::uint32_t cell : first_steps.future->sensitive)
        if (written_epoch[cell] == epoch) return outside[written[written_index[cell]].writers.front().member].agent;
    return none;
}

/// Whether what the set's first steps write makes a difference to somebody outside, or both write a cell other than by
/// moving it.
bool StubbornSets::is_disturbed(const Member& member)
{
    const Future& future = *member.future.future;
    Influences others = member.future.others;
    bool anything = false;
    for (const Change& c : first_steps.future->writes) {
        const Change* own = find_change(future.writes, c.cell);
        if (own == nullptr && !contains(future.reads, c.cell)) continue;
        anything = true;
        const auto at = std::ranges::lower_bound(others, c.cell, {}, &Influence::cell);
        const bool is_new = at == others.end() || at->cell != c.cell;
        Influence& influence = is_new ? *others.insert(at, {c.cell, {}, nullptr}) : *at;
        Values values = is_new ? Values{stepper.evaluator.cells[c.cell]} : *influence.values;
        if (is_new && own != nullptr) add_values(values, own->values);
        influence.shift.add(c.shift);
        if (own != nullptr && !(own->shift.is_bounded() && influence.shift.is_bounded())) return true;
        if (influence.shift.is_bounded()) {
            if (c.shift.high - c.shift.low > most_counted) return true;
            values = moved(values, c.shift);
        }
        add_values(values, c.values);
        influence.values = futures.keep(values);
    }
    if (!anything) return false;
    const Future& disturbed = futures.explore(agents[member.agent].group, others, Extent::whole);
    if (!disturbed.is_known) return true;
    return std::ranges::any_of(first_steps.future->writes, [&](const Change& c) {
        const Change* own = find_change(disturbed.writes, c.cell);
        return contains(disturbed.sensitive, c.cell) || (own != nullptr && !own->shift.is_bounded());
    });
}

// ---- Time and invariants -------------------------------------------------------------------------------------------

/// No tick can come before the set moves: one of the agent's processes has a step and does not wait in a loop.
bool StubbornSets::stays_unsettled(std::size_t agent)
{
    for (const ProcessId& p : agents[agent].processes) {
        const Group only = futures.group_of({&p, 1});
        if (futures.explore(only, {}, Extent::first_steps).steps == 0) continue;
        const Automaton& automaton = stepper.program.automata[stepper.program.processes[p].automaton];
        if (!automaton.locations[stepper.evaluator.location(p)].is_settle_point) return true;
        Growing lone;
        lone.future = &futures.explore(only, {}, Extent::whole);
        for (std::size_t round = 0; round < most_rounds && lone.future->is_known && !lone.future->returns; ++round)
            if (!grow(lone, only, none, Extent::whole)) return true;
    }
    return false;
}

bool StubbornSets::keeps_invariants()
{
    for (const Invariant& invariant : stepper.program.invariants) {
        Future reader;
        Influences others;
        bool can_fail = true;
        for (std::size_t round = 0;; ++round) {
            SoloFutures::Judgement judgement = futures.judge(invariant, others);
            if (!judgement.is_known || round == most_rounds) return false;
            can_fail = judgement.can_fail;
            reader.reads = std::move(judgement.reads);
            if (done_by_others(reader, none) == others) break;
            others = done;
        }
        const auto is_read = [&](const Change& c) { return contains(reader.reads, c.cell); };
        if (can_fail && std::ranges::any_of(first_steps.future->writes, is_read)) return false;
    }
    return true;
}

}  // namespace lockstep::explicit_engine
