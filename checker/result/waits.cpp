// Who could release whom is found out by trying: "if q could get past its own wait, would p get on?".
//
// In the state in which everybody is stuck, q's wait is overridden: a guard that is false is taken as true (a loop is
// left by the branch that it never takes), and then only q's CPU runs on, with q pushed past further waits as it
// meets them. If that makes p's guard true, lets p leave its loop, or brings p onto a CPU, then p waits for q. What p
// waits for are the slots that it reads in its wait and that changed on the way. This needs no knowledge of locks,
// owners or completions, and finds a spinlock's holder, the CPU that has yet to clear on_cpu, and the task that
// occupies a CPU alike. The tries are bounded; where they find nobody, nobody is named.
//
// Who is on a CPU that the hypervisor has stolen waits for that; for others who wait for him it is as if he had it.
//
// A detector reports from an interrupt, in which the task of which it speaks can do nothing. What that one waits for
// is asked once the interrupt has been handled.
#include "result/waits.h"

#include "base/text_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <set>

namespace lockstep::result {

namespace {

using State = Interpreter::State;
using End = Interpreter::Outcome::End;

constexpr std::size_t tried_states = 2000;
constexpr std::size_t tried_cells = 100'000'000;  // in all tries together: some seconds
constexpr std::size_t handler_steps = 1000;
constexpr std::size_t round_states = 64;

class Waits {
public:
    Waits(Interpreter& the_interpreter, const State& the_state)
        : interpreter(the_interpreter), program(the_interpreter.program), state(the_state), with_all_cpus(the_state)
    {
        for (std::uint32_t a = 1; a < state.memory.size(); ++a) {
            const VariableId v = interpreter.layout.addresses[a].variable;
            if (v.valid() && program.variables[v].name == "ls_stolen") with_all_cpus.memory[a] = 0;
        }
        for (ProcessId p : ids_of(program.processes))
            if (is_actor(p)) actors.push_back(p);
    }

    FoundWaits from(const std::string& task)
    {
        FoundWaits all;
        std::deque<ProcessId> work;
        for (ProcessId p : actors)
            if (who_is(p) == task) work.push_back(p);
        std::set<ProcessId> seen(work.begin(), work.end());
        while (!work.empty()) {
            const ProcessId p = work.front();
            work.pop_front();
            if (interpreter.running(state, p) && !interpreter.settled(state, p)) {
                all.busy.push_back(where_is(p));
                all.busy_processes.push_back(p);
                continue;
            }
            FoundWait& found = all.waits.emplace_back(FoundWait{{}, p, reads_of(p)});
            for (ProcessId q : find_wait(found))
                if (seen.insert(q).second) work.push_back(q);
        }
        return all;
    }

private:
    Interpreter& interpreter;
    const Program& program;
    const State& state;
    State with_all_cpus;         // the same, if the hypervisor gave back what it has stolen
    bool was_cut_short = false;  // a try, since it was last set to false
    std::size_t cells_left = tried_cells;
    std::vector<ProcessId> actors;  // whoever is in the middle of something: tasks, their hooks, handlers

    bool is_actor(ProcessId p)
    {
        const Process& process = program.processes[p];
        if (interpreter.is_clock(p) || interpreter.is_invariant(p)) return false;
        const Location& at = interpreter.location(state, p);
        const bool is_at_front = state.locations[p.index] == interpreter.automaton(p).entry;
        const bool is_over = at.is_finished && at.outgoing.empty();  // else it has still to leave its CPU
        if (process.kind == ProcessKind::task) return !is_over && !hook_is_active(process.task);
        if (process.kind == ProcessKind::plain) return !is_over;
        return !is_at_front;
    }

    bool hook_is_active(std::int64_t task)
    {
        for (ProcessId p : ids_of(program.processes))
            if (program.processes[p].kind == ProcessKind::exit_hook && program.processes[p].task == task &&
                state.locations[p.index] != interpreter.automaton(p).entry)
                return true;
        return false;
    }

    [[nodiscard]] std::string who_is(ProcessId p) const
    {
        const Process& process = program.processes[p];
        if (process.kind != ProcessKind::exit_hook) return process.name;
        for (const Process& other : program.processes)
            if (other.kind == ProcessKind::task && other.task == process.task) return other.name;
        return process.name;
    }

    BusyProcess where_is(ProcessId p)
    {
        const Location& at = interpreter.location(state, p);
        BusyProcess found{who_is(p), interpreter.own_cpu(state, p), 0, source_line(program, at.place),
                          stack_of(program, at.frame, at.place)};
        for (const Process& process : program.processes)
            if (process.kind == ProcessKind::task && process.name == found.task) found.pid = process.pid;
        return found;
    }

    /// Fills in the wait of a process, and returns who could end it.
    std::vector<ProcessId> find_wait(FoundWait& found)
    {
        const ProcessId p = found.process;
        const bool is_running = interpreter.running(state, p);
        Wait& wait = found.wait;
        BusyProcess at = where_is(p);
        wait.task = std::move(at.task);
        wait.cpu = at.cpu;
        wait.pid = at.pid;
        wait.text = std::move(at.text);
        wait.stack = std::move(at.stack);
        if (!wait.stack.empty()) wait.place = wait.stack.front();
        if (is_stolen(p)) {
            wait.what = fmt::format("CPU{}, which the hypervisor has taken away", interpreter.own_cpu(state, p));
            return {};
        }
        std::vector<ProcessId> who;
        std::set<std::uint32_t> changed;
        was_cut_short = false;
        for (ProcessId q : actors) {
            if (q == p) continue;
            const auto released = released_by(p, q);
            if (!released) continue;
            if (!is_running && who_holds_cpu(p) && *who_holds_cpu(p) != q) continue;
            who.push_back(q);
            wait.who.push_back(who_is(q));
            for (std::uint32_t a : found.reads)
                if (released->memory[a] != state.memory[a]) changed.insert(a);
        }
        wait.is_complete = !was_cut_short;
        wait.what = is_running ? slot_list(changed.empty() ? std::set(found.reads.begin(), found.reads.end()) : changed)
                    : who_holds_cpu(p) && !who.empty() ? fmt::format("CPU{}", interpreter.own_cpu(state, p))
                                                       : "being woken";
        return who;
    }

    bool is_stolen(ProcessId p) { return !interpreter.running(state, p) && interpreter.running(with_all_cpus, p); }

    /// Whoever runs on the CPU that p would run on.
    std::optional<ProcessId> who_holds_cpu(ProcessId p)
    {
        for (ProcessId q : actors)
            if (q != p && interpreter.running(state, q) &&
                interpreter.own_cpu(state, q) == interpreter.own_cpu(state, p) && released_by(p, q))
                return q;
        return std::nullopt;
    }

    [[nodiscard]] std::string slot_list(const std::set<std::uint32_t>& addresses) const
    {
        constexpr std::size_t most = 3;
        std::string text;
        std::size_t count = 0;
        for (std::uint32_t a : addresses) {
            if (count++ == most) return text + " ...";
            text += (text.empty() ? "" : ", ") + address_name(program, interpreter.layout, a);
        }
        return text.empty() ? "nothing that anybody writes" : text;
    }

    /// What p looks at while it waits.
    std::vector<std::uint32_t> reads_of(ProcessId p)
    {
        std::vector<std::uint32_t> reads;
        if (!interpreter.running(state, p)) return reads;
        interpreter.read_log = &reads;
        for (const State& s : round_of(state, p)) interpreter.steps(s, p);
        interpreter.read_log = nullptr;
        std::ranges::sort(reads);
        const auto repeated = std::ranges::unique(reads);
        reads.erase(repeated.begin(), repeated.end());
        std::erase_if(reads, [&](std::uint32_t a) {
            return program.variables[interpreter.layout.addresses[a].variable].is_hardware;
        });
        return reads;
    }

    /// The states through which p goes in its loop; just the one where it is blocked.
    std::vector<State> round_of(const State& from, ProcessId p)
    {
        std::vector<State> all{from};
        for (std::size_t i = 0; i < all.size() && all.size() < round_states; ++i)
            for (auto& step : interpreter.steps(all[i], p))
                if (step.last.end == End::moved && std::ranges::find(all, step.state) == all.end())
                    all.push_back(std::move(step.state));
        return all;
    }

    bool is_released(const State& now, ProcessId p)
    {
        if (!interpreter.running(now, p)) return false;
        return !interpreter.running(state, p) || !interpreter.settled(now, p);
    }

    /// A state in which p is released after q has been pushed past its wait.
    std::optional<State> released_by(ProcessId p, ProcessId q)
    {
        if (!interpreter.running(with_all_cpus, q)) return std::nullopt;
        const State& from = is_stolen(q) ? with_all_cpus : state;
        const std::int64_t cpu = interpreter.own_cpu(from, q);
        std::deque<State> work;
        std::set<State> seen{from};
        const auto add = [&](State s) {
            if (seen.insert(s).second) work.push_back(std::move(s));
        };
        if (is_stolen(q)) work.push_back(from);
        for (State& s : pushed(from, q)) add(std::move(s));
        const std::size_t cells = from.memory.size() + from.registers.size();
        while (!work.empty() && seen.size() < tried_states && cells_left >= cells) {
            cells_left -= cells;
            State now = std::move(work.front());
            work.pop_front();
            if (is_released(now, p)) return now;
            for (ProcessId r : ids_of(program.processes)) {
                const bool moves = r != p && !interpreter.is_clock(r) && !interpreter.is_invariant(r) &&
                                   interpreter.running(now, r) && interpreter.own_cpu(now, r) == cpu;
                if (!moves) continue;
                auto steps = interpreter.steps(now, r);
                if ((steps.empty() && now.locations[r.index] != interpreter.automaton(r).entry) ||
                    (!steps.empty() && interpreter.settled(now, r)))
                    for (State& s : pushed(now, r)) add(std::move(s));
                for (auto& step : steps)
                    if (step.last.end == End::moved) add(std::move(step.state));
            }
        }
        was_cut_short |= !work.empty();
        return std::nullopt;
    }

    /// The states after one step of q in which one guard that was false was overridden.
    std::vector<State> pushed(const State& from, ProcessId q)
    {
        std::vector<State> all;
        for (const State& s : round_of(from, q)) push(s, q, true, false, 0, all);
        return all;
    }

    void push(const State& now, ProcessId q, bool is_first, bool has_pushed, int moves, std::vector<State>& all)
    {
        if (!is_first && !interpreter.location(now, q).is_pass_through) {
            if (has_pushed) all.push_back(now);
            return;
        }
        if (moves > 200 || all.size() > tried_states) {
            was_cut_short = true;
            return;
        }
        for (TransitionId t : interpreter.location(now, q).outgoing) {
            State next = now;
            End end = interpreter.take(next, {q, t, 0}).end;
            bool overrides = has_pushed;
            if (end == End::disabled && !has_pushed) {
                overrides = true;
                end = interpreter.take(next, {q, t, 0}, true).end;
            }
            if (end == End::moved) push(next, q, false, overrides, moves + 1, all);
        }
    }
};

/// The task goes on where it was interrupted; the same state if it was not, or cannot.
State after_handlers(Interpreter& interpreter, const State& state, const std::string& task, std::int64_t cpu)
{
    const Program& program = interpreter.program;
    const auto is_meant = [&](const State& now, ProcessId p) {
        const Process& process = program.processes[p];
        return process.kind == ProcessKind::task && process.name == task && interpreter.running(now, p);
    };
    const auto is_on_cpu = [&](const State& now, ProcessId p) {
        const ProcessKind kind = program.processes[p].kind;
        return (kind == ProcessKind::interrupt || kind == ProcessKind::nmi || kind == ProcessKind::exit_hook) &&
               interpreter.own_cpu(now, p) == cpu && interpreter.running(now, p);
    };
    // One that has begun, or else one that has yet to come.
    const auto step_of_handler = [&](const State& now) -> std::optional<State> {
        for (const bool has_begun : {true, false}) {
            for (ProcessId p : ids_of(program.processes)) {
                const bool is_at_front = now.locations[p.index] == interpreter.automaton(p).entry;
                if (!is_on_cpu(now, p) || is_at_front == has_begun) continue;
                for (auto& step : interpreter.steps(now, p))
                    if (step.last.end == End::moved) return std::move(step.state);
            }
        }
        return std::nullopt;
    };
    State now = state;
    for (std::size_t i = 0; i < handler_steps; ++i) {
        for (ProcessId p : ids_of(program.processes))
            if (is_meant(now, p)) return now;
        auto next = step_of_handler(now);
        if (!next) break;
        now = std::move(*next);
    }
    return state;
}

}  // namespace

FoundWaits find_waits(Interpreter& interpreter, const State& state, const std::string& task, std::int64_t cpu)
{
    if (task.empty()) return {};
    const State seen = after_handlers(interpreter, state, task, cpu);
    return Waits(interpreter, seen).from(task);
}

std::vector<Wait> FoundWaits::edges() const
{
    std::vector<Wait> edges;
    for (const FoundWait& found : waits) edges.push_back(found.wait);
    return edges;
}

std::vector<StackEntry> stack_of(const Program& program, FrameId frame, SourcePlace place)
{
    std::vector<StackEntry> stack;
    while (frame.valid()) {
        const Frame& f = program.frames[frame];
        stack.push_back({f.function, place.file.valid() ? program.files[place.file].name : "", place.line});
        place = f.call_place;
        frame = f.caller;
    }
    return stack;
}

std::string source_line(const Program& program, SourcePlace place)
{
    if (!place.file.valid()) return {};
    return std::string(trimmed(line_of(program.files[place.file].text, place.line)));
}

}  // namespace lockstep::result
