// "If q could get past its own wait, would p get on?" In the state in which everybody is stuck, q's wait is overridden:
// a guard that is false is taken as true (a loop is left by the branch that it never takes), and then only q's CPU runs
// on, with whoever runs there pushed past further waits as he meets them. If that makes p's guard true, lets p leave
// its loop, or brings p onto a CPU, then q could release p. Who only has p go round once more, or fail, does not.
//
// That q releases a lock after it was pushed into it does not say that q holds it. So nobody is pushed past a guard by
// a step that takes what p waits for: that writes to a slot on which both the guard and p's wait depend. (Who only
// reads it, as the CPUs that go through multi_cpu_stop() together do, has taken nothing.)
//
// Who is on a CPU that the hypervisor has stolen is tried as if he had it. So is who was interrupted, whose CPU another
// task has, or who sleeps: the CPU is lent to him, and p is looked at as if it had been given back. His CPU's scheduler
// does not know of the loan, so that nobody else goes on there. He is pushed only where he waits while he runs: who
// sleeps looks once more, finds that nothing has happened, and sleeps again. As the scheduler may let him run instead,
// he is not followed around a loop for long.
//
// Others may have to follow: the CPU on which p sleeps, to wake it up. That goes on as far as it can by itself, from
// each place that q gets to. Where nobody was found, so does every CPU that had nothing to do: a preempted q may have
// yet to wake up who then releases p.
//
// Tests: tests/result/waits_test.cpp.
#include "result/release.h"

#include <algorithm>
#include <deque>
#include <map>
#include <set>

namespace lockstep::result {

namespace {

using State = Interpreter::State;
using End = Interpreter::Outcome::End;

constexpr std::size_t tried_states = 2000;
constexpr std::size_t followed_states = 10 * tried_states;
constexpr std::size_t tried_cells = 100'000'000;  // in all tries together: some seconds
constexpr std::size_t round_states = 64;
constexpr int push_moves = 200;
constexpr int lent_rounds = 4;  // of a loop in which only memory changes

void sort_and_unite(std::vector<std::uint32_t>& addresses)
{
    std::ranges::sort(addresses);
    const auto repeated = std::ranges::unique(addresses);
    addresses.erase(repeated.begin(), repeated.end());
}

}  // namespace

Release::Release(Interpreter& the_interpreter, const State& the_state)
    : interpreter(the_interpreter),
      program(the_interpreter.program),
      state(the_state),
      with_all_cpus(the_state),
      cells_left(tried_cells)
{
    const auto find = [&](const char* name) {
        for (VariableId v : ids_of(program.variables))
            if (program.variables[v].name == name && program.variables[v].storage == Storage::per_cpu) return v;
        return VariableId();
    };
    current = find("ls_current");
    context = find("ls_context");
    const VariableId stolen = find("ls_stolen");
    for (std::uint32_t a = 1; a < state.memory.size(); ++a)
        if (stolen.valid() && interpreter.layout.addresses[a].variable == stolen) with_all_cpus.memory[a] = 0;
}

bool Release::is_stolen(ProcessId p) { return !interpreter.running(state, p) && interpreter.running(with_all_cpus, p); }

std::vector<std::uint32_t> Release::reads_of(ProcessId p)
{
    std::vector<std::uint32_t> reads;
    if (!interpreter.running(state, p)) return reads;
    interpreter.read_log = &reads;
    for (const State& s : round_of(state, p)) interpreter.steps(s, p);
    interpreter.read_log = nullptr;
    sort_and_unite(reads);
    return reads;
}

std::optional<State> Release::by_who_runs(ProcessId p, ProcessId q)
{
    if (!interpreter.running(with_all_cpus, q)) return std::nullopt;
    const State& from = is_stolen(q) ? with_all_cpus : state;
    Try t = start(p, q);
    t.cpu = interpreter.own_cpu(from, q);
    std::vector<State> first = pushed(t, from, q);
    if (is_stolen(q) || is_busy(from, q)) first.push_back(from);
    return search(t, std::move(first));
}

std::optional<State> Release::by_who_has_no_cpu(ProcessId p, ProcessId q)
{
    if (interpreter.running(with_all_cpus, q)) return std::nullopt;
    return lend(start(p, q));
}

std::optional<State> Release::by_way_of_others(ProcessId p, ProcessId q)
{
    if (interpreter.running(with_all_cpus, q)) return std::nullopt;
    Try t = start(p, q);
    for (std::int64_t cpu = 0; cpu < program.cpus; ++cpu)
        if (cpu != interpreter.own_cpu(state, p) && cpu != interpreter.own_cpu(state, q) && is_quiet(cpu))
            t.follow.insert(cpu);
    return lend(std::move(t));
}

std::optional<State> Release::lend(Try t)
{
    t.is_alone = true;
    State from = with_all_cpus;
    give_cpu(from, t.q, t.lent);
    if (!interpreter.running(from, t.q)) return std::nullopt;
    return search(t, {from});
}

Release::Try Release::start(ProcessId p, ProcessId q)
{
    Try t{.p = p, .q = q, .awaited = reads_of(p)};
    for (const State& s : round_of(state, p)) t.stands.push_back(standing_of(s, p));
    const std::int64_t cpu = interpreter.own_cpu(state, p);
    if (!interpreter.running(state, p) && is_quiet(cpu)) t.follow.insert(cpu);
    return t;
}

/// Could go on by itself.
bool Release::is_busy(const State& now, ProcessId p)
{
    return interpreter.running(now, p) && !interpreter.settled(now, p);
}

Release::Standing Release::standing_of(const State& now, ProcessId p)
{
    Standing standing{now.locations[p.index], {}};
    const AutomatonId automaton = program.processes[p].automaton;
    for (VariableId v : ids_of(program.variables)) {
        const Variable& variable = program.variables[v];
        if (variable.storage == Storage::local && !variable.in_memory && variable.owner == automaton)
            standing.second.push_back(now.registers[interpreter.register_index(p, v)]);
    }
    return standing;
}

/// Nobody there could go on by himself.
bool Release::is_quiet(std::int64_t cpu)
{
    for (ProcessId r : ids_of(program.processes))
        if (!interpreter.is_clock(r) && !interpreter.is_invariant(r) && interpreter.own_cpu(state, r) == cpu &&
            is_busy(state, r))
            return false;
    return true;
}

/// `lent` receives the addresses of what was changed for that.
void Release::give_cpu(State& now, ProcessId q, std::vector<std::uint32_t>& lent)
{
    const std::int64_t cpu = interpreter.own_cpu(now, q);
    const std::int64_t task = program.processes[q].task;
    for (std::uint32_t a = 1; a < now.memory.size(); ++a) {
        const Layout::Address& address = interpreter.layout.addresses[a];
        if (!address.variable.valid() || address.cell == Layout::no_cell || address.cpu != cpu) continue;
        if (address.variable != current && address.variable != context) continue;
        now.memory[a] = address.variable == current ? task : 0;
        lent.push_back(a);
    }
}

std::optional<State> Release::search(const Try& t, std::vector<State> first)
{
    std::deque<State> work;
    std::set<State> seen, followed;
    std::map<std::pair<std::vector<LocationId>, std::vector<std::int64_t>>, int> rounds;
    const auto add = [&](State s) {
        if (!seen.insert(s).second) return;
        if (t.is_alone && ++rounds[{s.locations, s.registers}] > lent_rounds) return;
        work.push_back(std::move(s));
    };
    if (!is_busy(state, t.q)) seen.insert(state);
    for (State& s : first) add(std::move(s));
    const std::size_t cells = state.memory.size() + state.registers.size();
    while (!work.empty() && seen.size() < tried_states && cells_left >= cells) {
        cells_left -= cells;
        const State now = std::move(work.front());
        work.pop_front();
        if (auto released = follow(t, now, followed)) return released;
        for (ProcessId r : ids_of(program.processes)) {
            if (!may_go_on(t, now, r) || !is_pushed(t, now, r)) continue;
            auto steps = interpreter.steps(now, r);
            const bool waits =
                steps.empty() ? now.locations[r.index] != interpreter.automaton(r).entry : interpreter.settled(now, r);
            if (waits)
                for (State& s : pushed(t, now, r)) add(std::move(s));
            for (auto& step : steps)
                if (step.last.end == End::moved) add(std::move(step.state));
        }
    }
    was_cut_short |= !work.empty();
    return std::nullopt;
}

/// A state in which p is released, this one or one to which those get by themselves who follow.
std::optional<State> Release::follow(const Try& t, const State& now, std::set<State>& followed)
{
    if (is_released(t, now)) return now;
    if (t.follow.empty() || !followed.insert(now).second) return std::nullopt;
    std::deque<State> work{now};
    const std::size_t cells = state.memory.size() + state.registers.size();
    while (!work.empty() && followed.size() < followed_states && cells_left >= cells) {
        cells_left -= cells;
        const State at = std::move(work.front());
        work.pop_front();
        for (ProcessId r : ids_of(program.processes)) {
            if (!may_go_on(t, at, r) || !t.follow.contains(interpreter.own_cpu(at, r)) || is_pushed(t, at, r)) continue;
            for (auto& step : interpreter.steps(at, r)) {
                if (step.last.end != End::moved || !followed.insert(step.state).second) continue;
                if (is_released(t, step.state)) return std::move(step.state);
                work.push_back(std::move(step.state));
            }
        }
    }
    was_cut_short |= !work.empty();
    return std::nullopt;
}

bool Release::may_go_on(const Try& t, const State& now, ProcessId r)
{
    return r != t.p && !interpreter.is_clock(r) && !interpreter.is_invariant(r) && interpreter.running(now, r);
}

bool Release::is_pushed(const Try& t, const State& now, ProcessId r)
{
    if (!t.is_alone) return interpreter.own_cpu(now, r) == t.cpu;
    const std::int64_t task = program.processes[r].task;
    return r == t.q || (task >= 0 && task == program.processes[t.q].task);
}

/// It gets to where it does not get while it waits.
bool Release::is_released(const Try& t, const State& now)
{
    State given_back = now;
    for (std::uint32_t a : t.lent) given_back.memory[a] = state.memory[a];
    if (!interpreter.running(given_back, t.p)) return false;
    if (!interpreter.running(state, t.p)) return true;
    if (interpreter.settled(given_back, t.p)) return false;
    return std::ranges::any_of(round_of(given_back, t.p), [&](const State& s) {
        return std::ranges::find(t.stands, standing_of(s, t.p)) == t.stands.end();
    });
}

/// The states through which p goes in its loop; just the one where it is blocked.
std::vector<State> Release::round_of(const State& from, ProcessId p)
{
    std::vector<State> all{from};
    for (std::size_t i = 0; i < all.size() && all.size() < round_states; ++i)
        for (auto& step : interpreter.steps(all[i], p))
            if (step.last.end == End::moved && std::ranges::find(all, step.state) == all.end())
                all.push_back(std::move(step.state));
    return all;
}

/// The states after one step of q in which one guard that was false was overridden.
std::vector<State> Release::pushed(const Try& t, const State& from, ProcessId q)
{
    std::vector<State> all;
    for (const State& s : round_of(from, q)) push(t, s, q, {}, all);
    return all;
}

void Release::push(const Try& t, const State& now, ProcessId q, const Push& so_far, std::vector<State>& all)
{
    if (!so_far.is_first && !interpreter.location(now, q).is_pass_through) {
        if (so_far.has_overridden && !acquires(t, now, so_far)) all.push_back(now);
        return;
    }
    if (so_far.moves > push_moves || all.size() > tried_states) {
        was_cut_short |= !t.is_alone;  // who sleeps may go round and round on a CPU that was only lent to it
        return;
    }
    for (TransitionId transition : interpreter.location(now, q).outgoing) {
        State next = now;
        Push push_on = so_far;
        push_on.is_first = false;
        ++push_on.moves;
        interpreter.read_log = &push_on.reads;
        interpreter.write_log = &push_on.writes;
        End end = interpreter.take(next, {q, transition, 0}).end;
        if (end == End::disabled && !so_far.has_overridden) {
            // What the guard reads itself, or else whatever its locals may come from.
            push_on.has_overridden = true;
            const auto own = push_on.reads.begin() + static_cast<std::ptrdiff_t>(so_far.reads.size());
            push_on.decided.assign(own == push_on.reads.end() ? push_on.reads.begin() : own, push_on.reads.end());
            end = interpreter.take(next, {q, transition, 0}, true).end;
        }
        interpreter.read_log = interpreter.write_log = nullptr;
        if (end == End::moved) push(t, next, q, push_on, all);
    }
}

/// Whether a step in which a guard was overridden took what p waits for, as one takes a lock.
bool Release::acquires(const Try& t, const State& now, const Push& push)
{
    const bool takes = std::ranges::any_of(push.writes, [&](std::uint32_t a) {
        return std::ranges::binary_search(t.awaited, a) && std::ranges::find(push.decided, a) != push.decided.end();
    });
    return takes && !is_released(t, now);
}

}  // namespace lockstep::result
