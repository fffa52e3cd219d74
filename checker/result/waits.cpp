// Who waits for whom is found out by trying (release.cpp): p waits for those who could release p. What it waits for are
// the slots that it reads in its wait and that changed on the way. This needs no knowledge of locks, owners or
// completions, and finds a spinlock's holder, the CPU that has yet to clear on_cpu, and the task that occupies a CPU
// alike. The tries are bounded; where they find nobody, nobody is named.
//
// Those who run are asked first. Only where none of them could do it, those are asked who were interrupted or
// preempted, or sleep, as if they ran: they in turn wait for whoever has their CPU, or for being woken. (Who runs may
// be able to release p by giving them the CPU; then it is he who is named.) Who has no CPU himself waits for whoever
// has it, if that one could give it to him. Who is on a CPU that the hypervisor has stolen waits for that, and who is
// in ls_delay for time.
//
// A detector reports from an interrupt, in which the task of which it speaks can do nothing. What that one waits for
// is asked once the interrupt has been handled, and so have been those that others were in.
#include "result/waits.h"

#include "base/text_lines.h"
#include "result/release.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <set>

namespace lockstep::result {

namespace {

using State = Interpreter::State;
using End = Interpreter::Outcome::End;

constexpr std::size_t handler_steps = 1000;

class Waits {
public:
    Waits(Interpreter& the_interpreter, const State& the_state)
        : interpreter(the_interpreter),
          program(the_interpreter.program),
          state(the_state),
          release(the_interpreter, the_state)
    {
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
    Release release;
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
        if (release.is_stolen(p)) {
            wait.what = fmt::format("CPU{}, which the hypervisor has taken away", interpreter.own_cpu(state, p));
            return {};
        }
        release.was_cut_short = false;
        const std::optional<ProcessId> holder = is_running ? std::nullopt : who_holds_cpu(p);
        auto releasers = releasers_of(p, &Release::by_who_runs);
        if (holder) std::erase_if(releasers, [&](const Releaser& one) { return one.who != *holder; });
        const bool could_any = !is_running || !found.reads.empty();
        for (const Try how : {&Release::by_who_has_no_cpu, &Release::by_way_of_others})
            if (releasers.empty() && could_any) releasers = releasers_of(p, how);
        std::vector<ProcessId> who;
        std::set<std::uint32_t> changed;
        for (const auto& [q, released] : releasers) {
            who.push_back(q);
            wait.who.push_back(who_is(q));
            for (std::uint32_t a : found.reads)
                if (released.memory[a] != state.memory[a]) changed.insert(a);
        }
        wait.is_complete = !release.was_cut_short;
        wait.what = waits_for_time(p) ? "time to pass"
                    : is_running
                        ? slot_list(changed.empty() ? std::set(found.reads.begin(), found.reads.end()) : changed)
                    : holder ? fmt::format("CPU{}", interpreter.own_cpu(state, p))
                             : "being woken";
        return who;
    }

    bool waits_for_time(ProcessId p)
    {
        return std::ranges::any_of(release.reads_of(p), [&](std::uint32_t a) {
            return program.variables[interpreter.layout.addresses[a].variable].name == "ls_delay";
        });
    }

    struct Releaser {
        ProcessId who;
        State released;
    };
    using Try = std::optional<State> (Release::*)(ProcessId p, ProcessId q);

    std::vector<Releaser> releasers_of(ProcessId p, Try try_it)
    {
        std::vector<Releaser> found;
        for (ProcessId q : actors) {
            if (q == p) continue;
            if (auto released = (release.*try_it)(p, q)) found.push_back({q, std::move(*released)});
        }
        return found;
    }

    /// Whoever runs on the CPU that p would run on.
    std::optional<ProcessId> who_holds_cpu(ProcessId p)
    {
        for (ProcessId q : actors)
            if (q != p && interpreter.running(state, q) &&
                interpreter.own_cpu(state, q) == interpreter.own_cpu(state, p) && release.by_who_runs(p, q))
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

    /// What p looks at while it waits, but for the machine's variables.
    std::vector<std::uint32_t> reads_of(ProcessId p)
    {
        std::vector<std::uint32_t> reads = release.reads_of(p);
        std::erase_if(reads, [&](std::uint32_t a) {
            return program.variables[interpreter.layout.addresses[a].variable].is_hardware;
        });
        return reads;
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

/// The same for the tasks that are interrupted elsewhere, but for those whose interrupt itself waits.
State after_other_handlers(Interpreter& interpreter, const State& state, std::int64_t cpu)
{
    const Program& program = interpreter.program;
    State now = state;
    for (ProcessId p : ids_of(program.processes)) {
        const ProcessKind kind = program.processes[p].kind;
        const bool has_begun = now.locations[p.index] != interpreter.automaton(p).entry;
        if ((kind != ProcessKind::interrupt && kind != ProcessKind::nmi) || !has_begun ||
            interpreter.own_cpu(now, p) == cpu || interpreter.settled(now, p))
            continue;
        const std::int64_t interrupted = interpreter.own_task(now, p);
        for (const Process& task : program.processes)
            if (task.kind == ProcessKind::task && task.task == interrupted)
                now = after_handlers(interpreter, now, task.name, interpreter.own_cpu(now, p));
    }
    return now;
}

}  // namespace

FoundWaits find_waits(Interpreter& interpreter, const State& state, const std::string& task, std::int64_t cpu)
{
    if (task.empty()) return {};
    const State seen = after_other_handlers(interpreter, after_handlers(interpreter, state, task, cpu), cpu);
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
