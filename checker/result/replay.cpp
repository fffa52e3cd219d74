#include "result/replay.h"

#include "result/describe.h"
#include "result/relevance.h"
#include "result/waits.h"
#include "semantics/report_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
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
          describer(interpreter),
          state(interpreter.initial(violation.path.initial_state)),
          relevance(state.memory)
    {
    }

    void run()
    {
        violation.trace.clear();
        violation.ticks = 0;
        for (const Step& step : violation.path.steps) replay_step(step);
        confirm();
        if (!violation.trace.empty() && !violation.trace.back().moves.empty() && !is_stuck(violation.kind))
            violation.stack = violation.trace.back().moves.back().stack;
        FoundWaits found;
        if (ended_in == End::moved && !never_ends && !is_walk())
            found = find_waits(interpreter, state, violation.task, violation.cpu);
        if (!violation.path.steps.empty() && !is_stuck(violation.kind)) {
            // A detector looks at much that has nothing to do with what it finds.
            const bool looks = violation.permanence == Permanence::not_applicable;
            relevance.ends(last_actor, looks ? last_reads : std::vector<std::uint32_t>());
        }
        for (const FoundWait& each : found.waits) relevance.ends(actor(each.process), each.reads);
        for (const ProcessId p : found.busy_processes) relevance.ends(actor(p));
        relevance.mark(violation.trace);
        if (is_walk()) show_all();
        violation.waits_for = found.edges();
        violation.busy = std::move(found.busy);
    }

private:
    const Program& program;
    Violation& violation;
    Layout layout;
    Interpreter interpreter;
    Describer describer;
    State state;
    Relevance relevance;
    std::optional<Relevance::Actor> last_actor;
    std::vector<std::uint32_t> last_reads;  // of the last step
    End ended_in = End::moved;
    bool never_ends = false;  // the last step goes round a loop in which it must not stop
    Trap last_trap;
    std::vector<ReportEvent> last_reports;

    /// Somebody's way through the model, which claims nothing.
    [[nodiscard]] bool is_walk() const { return violation.kind == "walk"; }

    /// Somebody has chosen each step of a walk: none is folded, and each has its line in the columns.
    void show_all()
    {
        for (TraceStep& step : violation.trace) {
            step.matters = true;
            for (TraceMove& move : step.moves) move.matters |= &move == &step.moves.front() || !move.changes.empty();
        }
    }

    void replay_step(const Step& step)
    {
        if (ended_in != End::moved || never_ends) disagree("it goes on after its end");
        if (step.empty()) disagree("a step without a move");
        const ProcessId p = step.front().process;
        if (!program.processes.contains(p)) disagree("no such process");
        if (!interpreter.running(state, p)) disagree(program.processes[p].name + " is not running");
        TraceStep description = describer.step(state, p);
        description.ticks = violation.ticks;
        violation.trace.push_back(std::move(description));
        last_actor = actor(p);
        last_reads.clear();
        if (interpreter.is_clock(p)) {
            ++violation.ticks;
            for (ProcessId other : ids_of(program.processes))
                if (!interpreter.is_clock(other) && !interpreter.is_invariant(other) &&
                    !interpreter.settled(state, other))
                    disagree("time passes although " + program.processes[other].name + " can get on");
        }
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
        TraceMove description = describer.move(move);
        if (ended_in == End::moved) {
            const State before = state;
            const Interpreter::Outcome outcome = take(move);
            if (outcome.end == End::disabled)
                disagree(program.processes[p].name + " takes a transition that is closed");
            if (outcome.end == End::pruned) disagree("a step that an ls_assume rules out");
            ended_in = outcome.end;
            last_trap = outcome.trap;
            last_reports.insert(last_reports.end(), outcome.reports.begin(), outcome.reports.end());
            for (const ReportEvent& report : outcome.reports)
                violation.trace.back().messages.push_back(format_report(program, report));
            describer.changes(before, state, p, t, description);
        }
        if (violation.trace.back().moves.size() < most_moves_described)
            violation.trace.back().moves.push_back(std::move(description));
    }

    /// Time is nobody's.
    std::optional<Relevance::Actor> actor(ProcessId p)
    {
        if (interpreter.is_clock(p)) return std::nullopt;
        const Process& process = program.processes[p];
        const std::int64_t number = p.index, task = interpreter.own_task(state, p);
        const bool is_handler = process.kind == ProcessKind::interrupt || process.kind == ProcessKind::nmi;
        return Relevance::Actor{interpreter.own_cpu(state, p), is_handler || task < 0 ? -1 - number : task};
    }

    /// Its accesses are those of the trace's next move.
    Interpreter::Outcome take(const Move& move)
    {
        const Relevance::Place place{violation.trace.size() - 1, violation.trace.back().moves.size()};
        std::vector<std::uint32_t> reads, writes;
        interpreter.read_log = &reads;
        interpreter.write_log = &writes;
        Interpreter::Outcome outcome = interpreter.take(state, move);
        interpreter.read_log = interpreter.write_log = nullptr;
        const auto is_shared = [&](std::uint32_t address) {
            const VariableId v = layout.addresses[address].variable;
            return v.valid() && !program.variables[v].is_hardware;
        };
        std::erase_if(reads, [&](std::uint32_t address) { return !is_shared(address); });
        last_reads.insert(last_reads.end(), reads.begin(), reads.end());
        if (!last_actor) return outcome;
        for (std::uint32_t address : reads) relevance.read(place, *last_actor, address);
        for (std::uint32_t address : writes)
            if (is_shared(address)) relevance.wrote(place, *last_actor, address, state.memory[address]);
        return outcome;
    }

    // ---- The end ----

    void confirm()
    {
        if (is_walk()) {
            if (ended_in == End::trapped) violation.trace.back().messages.emplace_back(last_trap.message);
            return;
        }
        if (never_ends && violation.kind != "livelock") disagree("a step that never ends");
        if (never_ends) return;
        if (is_stuck(violation.kind)) return confirm_stuck();
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
        violation.cpu = violation.trace.back().cpu;
    }

    void confirm_invariant()
    {
        for (const Invariant& invariant : program.invariants) {
            if ("invariant " + invariant.name != violation.kind) continue;
            std::vector<std::uint32_t> reads;
            interpreter.read_log = &reads;
            const bool fails = !interpreter.failures(state, invariant).empty();
            interpreter.read_log = nullptr;
            if (fails) return relevance.ends(std::nullopt, reads);
        }
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
