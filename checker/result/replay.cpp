#include "result/replay.h"

#include "result/waits.h"
#include "semantics/report_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>

namespace lockstep::result {

namespace {

using State = Interpreter::State;
using End = Interpreter::Outcome::End;

/// A step that is said never to end goes through many moves and comes back to a state; one that is longer still is
/// believed to.
constexpr std::size_t short_step = 32, long_step = 300;

/// Somebody who is said to be stuck for ever is watched in so many states after the end.
constexpr std::size_t watched_states = 2000;
constexpr std::size_t most_moves_described = 2000;  // of one step

[[noreturn]] void disagree(const std::string& what)
{
    throw std::logic_error("the counterexample is not confirmed by its re-execution: " + what);
}

class Replayer {
public:
    Replayer(const Program& the_program, Violation& the_violation)
        : program(the_program),
          violation(the_violation),
          layout(make_layout(program)),
          interpreter(program, layout),
          state(interpreter.initial(violation.path.initial_state))
    {
    }

    void run()
    {
        violation.trace.clear();
        violation.ticks = 0;
        for (const Step& step : violation.path.steps) replay_step(step);
        confirm();
        if (!violation.trace.empty() && !violation.trace.back().moves.empty() && !is_stuck_kind())
            violation.stack = violation.trace.back().moves.back().stack;
        if (ended_in == End::moved && !never_ends)
            violation.waits_for = find_waits(interpreter, state, violation.task, violation.cpu);
    }

private:
    const Program& program;
    Violation& violation;
    Layout layout;
    Interpreter interpreter;
    State state;
    End ended_in = End::moved;
    bool never_ends = false;  // the last step goes round a loop in which it must not stop
    Trap last_trap;
    std::vector<ReportEvent> last_reports;

    [[nodiscard]] bool is_stuck_kind() const { return violation.kind == "deadlock" || violation.kind == "livelock"; }

    void replay_step(const Step& step)
    {
        if (ended_in != End::moved || never_ends) disagree("it goes on after its end");
        if (step.empty()) disagree("a step without a move");
        const ProcessId p = step.front().process;
        if (!program.processes.contains(p)) disagree("no such process");
        if (!interpreter.running(state, p)) disagree(program.processes[p].name + " is not running");
        if (interpreter.is_clock(p)) {
            ++violation.ticks;
            for (ProcessId other : ids_of(program.processes))
                if (!interpreter.is_clock(other) && !interpreter.is_invariant(other) &&
                    !interpreter.settled(state, other))
                    disagree("time passes although " + program.processes[other].name + " can get on");
        }
        violation.trace.push_back(describe_step(p));
        last_reports.clear();
        std::set<State> met;
        bool repeats = false;
        for (std::size_t i = 0; i < step.size(); ++i) {
            if (step[i].process.index != p.index) disagree("two processes in one step");
            const bool stops_here = !interpreter.location(state, p).is_pass_through;
            if (i > 0 && stops_here) disagree("a step that does not stop where it must");
            replay_move(step[i]);
            if (step.size() >= short_step && step.size() < long_step) repeats |= !met.insert(state).second;
        }
        if (ended_in != End::moved || !interpreter.location(state, p).is_pass_through) return;
        never_ends = repeats || step.size() >= long_step;
        if (!never_ends) disagree("a step that stops where it must not");
    }

    void replay_move(const Move& move)
    {
        const ProcessId p = move.process;
        const Automaton& automaton = interpreter.automaton(p);
        if (!automaton.transitions.contains(move.transition)) disagree("no such transition");
        const Transition& t = automaton.transitions[move.transition];
        if (state.locations[p.index] != t.source) disagree(program.processes[p].name + " is elsewhere");
        if (ended_in != End::moved) disagree("it goes on after its end");
        std::vector<std::int64_t> values;
        try {
            values = interpreter.choices(state, p, move.transition);
        } catch (const Trap& what) {
            ended_in = End::trapped;
            last_trap = what;
        }
        if (ended_in == End::moved && t.choice && std::ranges::find(values, move.choice) == values.end())
            disagree("a choice out of range");
        TraceMove description = describe_move(move);
        if (ended_in == End::moved) {
            const State before = state;
            const Interpreter::Outcome outcome = interpreter.take(state, move);
            if (outcome.end == End::disabled)
                disagree(program.processes[p].name + " takes a transition that is closed");
            if (outcome.end == End::pruned) disagree("a step that an ls_assume rules out");
            ended_in = outcome.end;
            last_trap = outcome.trap;
            last_reports.insert(last_reports.end(), outcome.reports.begin(), outcome.reports.end());
            for (const ReportEvent& report : outcome.reports)
                violation.trace.back().messages.push_back(format_report(program, report));
            description.changes = changes(before, p, t);
        }
        if (violation.trace.back().moves.size() < most_moves_described)
            violation.trace.back().moves.push_back(std::move(description));
    }

    // ---- The end ----

    void confirm()
    {
        if (never_ends && violation.kind != "livelock") disagree("a step that never ends");
        if (never_ends) return;
        if (is_stuck_kind()) return confirm_stuck();
        if (violation.kind.starts_with("invariant ")) return confirm_invariant();
        // A step may report, go on, and run into an error as well: each is a violation of its own.
        const bool reported = std::ranges::any_of(last_reports, [&](const ReportEvent& report) {
            return report.report->kind == violation.kind && format_report(program, report) == violation.message;
        });
        if (ended_in == End::trapped) violation.trace.back().messages.emplace_back(last_trap.message);
        if (reported) return;
        if (ended_in != End::trapped) disagree("its last step does not report what it should");
        if (violation.kind != last_trap.kind || violation.message != last_trap.message)
            disagree(fmt::format("it ends in '{}' instead of '{}'", last_trap.message, violation.message));
    }

    void confirm_invariant()
    {
        for (const Invariant& invariant : program.invariants)
            if ("invariant " + invariant.name == violation.kind && !interpreter.failures(state, invariant).empty())
                return;
        disagree("the invariant holds at its end");
    }

    [[nodiscard]] ProcessId stuck_process() const
    {
        for (ProcessId p : ids_of(program.processes)) {
            const ProcessKind kind = program.processes[p].kind;
            if ((kind == ProcessKind::task || kind == ProcessKind::plain || kind == ProcessKind::interrupt) &&
                program.processes[p].name == violation.task)
                return p;
        }
        return {};
    }

    /// A handler that is not under way; a task that has finished, and has nothing to do any more.
    bool is_through(const State& now, ProcessId p)
    {
        if (program.processes[p].kind == ProcessKind::interrupt)
            return now.locations[p.index] == interpreter.automaton(p).entry;
        const Location& at = interpreter.location(now, p);
        return at.is_finished && at.outgoing.empty();
    }

    void confirm_stuck()
    {
        if (ended_in != End::moved) disagree("it ends in something else than a state in which somebody is stuck");
        const ProcessId p = stuck_process();
        if (!p.valid() || is_through(state, p)) disagree(violation.task + " is not stuck");
        const bool has_finished = interpreter.location(state, p).is_finished;
        std::set<State> seen{state};
        std::vector<State> work{state};
        while (!work.empty() && seen.size() < watched_states) {
            const State now = std::move(work.back());
            work.pop_back();
            for (ProcessId q : ids_of(program.processes)) {
                for (auto& step : interpreter.steps(now, q)) {
                    if (q == p && step.made_progress) disagree(violation.task + " makes progress");
                    if (step.last.end != End::moved) continue;
                    if (is_through(step.state, p) || (interpreter.location(step.state, p).is_finished && !has_finished))
                        disagree(violation.task + " finishes");
                    if (seen.insert(step.state).second) work.push_back(std::move(step.state));
                }
            }
        }
    }

    // ---- For people ----

    TraceStep describe_step(ProcessId p)
    {
        const Process& process = program.processes[p];
        TraceStep step;
        step.process = process.name;
        step.cpu = interpreter.is_clock(p) ? -1 : interpreter.own_cpu(state, p);
        const std::int64_t task = interpreter.own_task(state, p);
        for (const Process& other : program.processes) {
            if (other.kind != ProcessKind::task || other.task != task) continue;
            step.task = other.name;
            step.pid = other.pid;
        }
        switch (process.kind) {
            case ProcessKind::task:
                step.context = "task";
                break;
            case ProcessKind::interrupt:
                step.context = "irq";
                break;
            case ProcessKind::nmi:
                step.context = "nmi";
                break;
            case ProcessKind::exit_hook:
                step.context = "exit";
                break;
            case ProcessKind::clock:
                step.context = "clock";
                break;
            case ProcessKind::plain:
                step.context = "task";
                step.task = process.name;
                break;
        }
        return step;
    }

    TraceMove describe_move(const Move& move) const
    {
        const Automaton& automaton = interpreter.automaton(move.process);
        const Transition& t = automaton.transitions[move.transition];
        TraceMove description;
        description.move = move;
        description.stack = stack_of(program, automaton.locations[t.source].frame, t.place);
        if (t.place.file.valid()) {
            description.file = program.files[t.place.file].name;
            description.line = t.place.line;
            description.text = source_line(program, t.place);
        }
        return description;
    }

    /// A scope's end is no change that anybody wants to see.
    static bool is_killed(const Transition& t, VariableId v)
    {
        return std::ranges::any_of(t.effect, [&](const Statement& statement) {
            const auto* kill = std::get_if<Kill>(&statement);
            return kill != nullptr && kill->variable == v;
        });
    }

    /// Temporaries of the front end have no declaration, hence no place.
    std::vector<Change> changes(const State& before, ProcessId p, const Transition& t) const
    {
        std::vector<Change> all;
        const auto note = [&](std::string name, TypeId type, std::int64_t old_value, std::int64_t new_value) {
            all.push_back({std::move(name), value_text(program, layout, program.types[type], old_value),
                           value_text(program, layout, program.types[type], new_value)});
        };
        for (std::uint32_t a = 0; a < state.memory.size(); ++a) {
            if (state.memory[a] == before.memory[a]) continue;
            const Layout::Address& address = layout.addresses[a];
            if (address.process == p && is_killed(t, address.variable)) continue;
            const TypeId type = slot_types(program, program.variables[address.variable].type)[address.offset];
            note(address_name(program, layout, a), type, before.memory[a], state.memory[a]);
        }
        for (VariableId v : ids_of(program.variables)) {
            const Variable& variable = program.variables[v];
            if (variable.storage != Storage::local || variable.in_memory ||
                variable.owner != program.processes[p].automaton || is_killed(t, v) || !variable.place.file.valid())
                continue;
            const std::size_t r = interpreter.register_index(p, v);
            const std::int64_t old_value = before.registers[r], new_value = state.registers[r];
            if (old_value != new_value) note(variable.name, variable.type, old_value, new_value);
        }
        return all;
    }
};

}  // namespace

void replay_and_describe(const Program& program, Violation& violation) { Replayer(program, violation).run(); }

Interpreter::State state_after(Interpreter& interpreter, const Path& path)
{
    State state = interpreter.initial(path.initial_state);
    for (const Step& step : path.steps)
        for (const Move& move : step)
            if (interpreter.take(state, move).end == End::disabled) disagree("a closed transition");
    return state;
}

}  // namespace lockstep::result
