// A breadth-first search as the engine's (explicit/search.cpp), but one that keeps what a person would want to see.
//
// States are told apart by the engine's own store, and steps are made by its stepper, without stubborn sets or
// symmetry: the same states and transitions are counted as by `check` without --reduction. Search goes on until `limit`
// states have been met, and then all of these are expanded: shown is the part of the graph that they induce, so that
// each state has either all its steps or a number of those that lead out of the picture. What is wrong is therefore
// found wherever it is in the picture, too: a step's report or trap, an invariant, a state that nobody leaves. A
// terminal component (see explicit/components.h) of the picture, out of which no hidden step leads, is one of the whole
// graph, and is judged like there.
//
// What people read is made from the interpreter's states, as for a trace: each state is executed from the one by which
// it was met. Only those that have yet to be expanded are kept.
#include "graph/state_graph.h"

#include "explicit/findings.h"
#include "explicit/liveness.h"
#include "explicit/state_space.h"
#include "report/trace_text.h"
#include "result/describe.h"
#include "result/interpreter.h"
#include "result/waits.h"
#include "semantics/report_text.h"

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/strong_components.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <stdexcept>
#include <unordered_map>

namespace lockstep::graph {

namespace {

constexpr std::string_view scope_begins = "(undefined)";  // no change that anybody wants to see

bool is_same(const ShownStep& left, const ShownStep& right)
{
    return left.from == right.from && left.to == right.to && left.messages == right.messages &&
           left.move.move.process == right.move.move.process && left.move.move.transition == right.move.move.transition;
}

class Maker {
public:
    Maker(const Program& the_program, std::size_t the_limit)
        : program(the_program),
          limit(the_limit),
          space(program),
          interpreter(program, space.layout),
          describer(interpreter),
          observed(program, options)
    {
        space.stepper.record_moves = true;
    }

    StateGraph make(const std::atomic<bool>* interrupted)
    {
        const auto all_initial = initial_cells(program, space.layout);
        for (std::uint32_t i = 0; i < all_initial.size(); ++i) add_initial(i, all_initial[i]);
        for (std::size_t state = 0; state < graph.states.size(); ++state) {
            graph.was_interrupted = interrupted != nullptr && *interrupted;
            if (graph.was_interrupted) return std::move(graph);
            expand(state);
            concrete.pop_front();
        }
        judge_terminal_components();
        graph.met = space.store.size();
        return std::move(graph);
    }

private:
    const Program& program;
    std::size_t limit;
    explicit_engine::Options options;
    explicit_engine::StateSpace space;
    Interpreter interpreter;
    result::Describer describer;
    explicit_engine::Observed observed;
    StateGraph graph;
    std::vector<std::uint32_t> numbers;                       // by shown state: the store's
    std::unordered_map<std::uint32_t, std::size_t> shown_as;  // the other way round
    std::deque<Interpreter::State> concrete;                  // of the shown states that have yet to be expanded

    // ---- States ----

    void add_initial(std::uint32_t index, const std::vector<std::int64_t>& cells)
    {
        const auto [number, is_new] = space.insert(cells);
        if (is_new && graph.states.size() < limit) add_state(number, interpreter.initial(index)).is_initial = true;
    }

    ShownState& add_state(std::uint32_t number, Interpreter::State state)
    {
        shown_as.emplace(number, graph.states.size());
        numbers.push_back(number);
        ShownState& shown = graph.states.emplace_back();
        for (const ProcessId p : ids_of(program.processes))
            if (is_amid(state, p)) shown.standing.push_back(standing(state, p));
        std::ranges::stable_sort(shown.standing, {}, &Standing::cpu);
        concrete.push_back(std::move(state));
        return shown;
    }

    /// It has begun, and not finished.
    bool is_amid(const Interpreter::State& state, ProcessId p)
    {
        if (interpreter.is_clock(p) || interpreter.is_invariant(p)) return false;
        const Location& at = interpreter.location(state, p);
        if (at.is_finished && at.outgoing.empty()) return false;
        const ProcessKind kind = program.processes[p].kind;
        return kind == ProcessKind::task || kind == ProcessKind::plain ||
               state.locations[p.index] != interpreter.automaton(p).entry;
    }

    Standing standing(const Interpreter::State& state, ProcessId p)
    {
        const Location& at = interpreter.location(state, p);
        const auto stack = result::stack_of(program, at.frame, at.place);
        return {.who = actor_text(describer.step(state, p), p),
                .location = state.locations[p.index],
                .function = stack.empty() ? "" : stack.front().function,
                .file = at.place.file.valid() ? program.files[at.place.file].name : "",
                .line = at.place.line,
                .cpu = interpreter.own_cpu(state, p),
                .is_running = interpreter.running(state, p)};
    }

    [[nodiscard]] std::string actor_text(const TraceStep& step, ProcessId p) const
    {
        if (step.cpu < 0) return "time passes";
        if (program.processes[p].kind == ProcessKind::plain) return step.process;
        const std::string process = report::process_name(step);
        std::string text = fmt::format("CPU{} {}", step.cpu, process);
        if (process != step.task && !step.task.empty()) text += " in " + step.task;
        return text;
    }

    // ---- Steps ----

    void expand(std::size_t state)
    {
        space.load(numbers[state]);
        const bool any = space.stepper.all_steps([&](const StepView& view) { add_step(state, view); });
        graph.states[state].is_end = !any;
        if (!any)
            if (const auto violation = explicit_engine::judge_stuck_state(program, space.stepper))
                graph.states[state].violations.push_back(violation->message);
        for (const Invariant& invariant : program.invariants)
            space.stepper.check_invariant(invariant, [&](const StepView& view) {
                graph.states[state].violations.push_back(observed.invariant(invariant, view).message);
            });
    }

    void add_step(std::size_t from, const StepView& view)
    {
        ++graph.transitions;
        ShownStep step{.from = from, .to = {}, .who = {}, .move = {}, .choices = {}, .messages = {}};
        for (const ReportEvent& report : view.reports) step.messages.push_back(format_report(program, report));
        if (view.trap.kind != nullptr) step.messages.emplace_back(view.trap.message);
        if (view.trap.kind == nullptr && !view.stopped) {
            const std::uint32_t number = space.insert_successor(view).state;
            if (!shown_as.contains(number)) {
                if (graph.states.size() == limit) {
                    ++graph.states[from].hidden_steps;
                    if (step.messages.empty()) return;
                    step.messages.emplace_back("(it leads to a state that is not shown)");
                } else {
                    execute(view.moves, number);
                }
            }
            if (const auto target = shown_as.find(number); target != shown_as.end()) step.to = target->second;
        }
        describe(step, view.moves);
        const auto same = std::ranges::find_if(graph.steps.rbegin(), graph.steps.rend(), [&](const ShownStep& other) {
            return other.from != from || is_same(other, step);
        });
        if (same != graph.steps.rend() && same->from == from)
            same->choices.insert(same->choices.end(), step.choices.begin(), step.choices.end());
        else
            graph.steps.push_back(std::move(step));
    }

    void describe(ShownStep& step, std::span<const Move> moves)
    {
        const ProcessId p = moves.front().process;
        const TraceStep who = describer.step(concrete.front(), p);
        step.who = actor_text(who, p);
        step.actor = who.cpu;
        step.move = describer.move(moves.front());
        for (const Move& move : moves)
            if (interpreter.automaton(p).transitions[move.transition].choice) step.choices.push_back(move.choice);
    }

    /// Makes the steps once more, from the state that is being expanded, to a state that is new.
    void execute(std::span<const Move> moves, std::uint32_t number)
    {
        Interpreter::State state = concrete.front();
        TraceMove changes;
        for (const Move& move : moves) {
            const Interpreter::State before = state;
            if (interpreter.take(state, move).end != Interpreter::Outcome::End::moved)
                throw std::logic_error("a step of the engine is none of the interpreter's");
            const Transition& t = interpreter.automaton(move.process).transitions[move.transition];
            describer.changes(before, state, move.process, t, changes);
        }
        ShownState& shown = add_state(number, std::move(state));
        if (interpreter.is_clock(moves.front().process)) return;  // what ages with time would be all
        for (Change& change : changes.changes) add_change(shown, std::move(change));
    }

    /// Of several changes of one variable it is the first value and the last that count.
    static void add_change(ShownState& state, Change change)
    {
        if (change.after == scope_begins) return;
        const auto known = std::ranges::find(state.changes, change.name, &Change::name);
        if (known == state.changes.end())
            state.changes.push_back(std::move(change));
        else if (known->before == change.after)
            state.changes.erase(known);
        else
            known->after = std::move(change.after);
    }

    // ---- Who is stuck while others go on ----

    void judge_terminal_components()
    {
        boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS> picture(graph.states.size());
        for (const ShownStep& step : graph.steps)
            if (step.to) boost::add_edge(step.from, *step.to, picture);
        std::vector<std::size_t> component(graph.states.size());
        const std::size_t count = boost::strong_components(
            picture, boost::make_iterator_property_map(component.begin(), get(boost::vertex_index, picture)));
        std::vector<bool> is_left(count, false);
        for (const ShownStep& step : graph.steps)
            if (step.to && component[step.from] != component[*step.to]) is_left[component[step.from]] = true;
        std::vector<std::vector<std::size_t>> members(count);
        for (std::size_t state = 0; state < graph.states.size(); ++state) {
            members[component[state]].push_back(state);
            if (graph.states[state].hidden_steps > 0 || graph.states[state].is_end) is_left[component[state]] = true;
        }
        for (std::size_t i = 0; i < count; ++i)
            if (!is_left[i]) judge(members[i]);
    }

    void judge(const std::vector<std::size_t>& members)
    {
        explicit_engine::StateList states;
        for (const std::size_t state : members) states.push_back(numbers[state]);
        const auto violation = explicit_engine::judge_component(program, space, states);
        if (!violation) return;
        for (const std::size_t state : members) graph.states[state].violations.push_back(violation->message);
    }
};

}  // namespace

StateGraph make_state_graph(const Program& program, std::size_t limit, const std::atomic<bool>* interrupted)
{
    return Maker(program, limit).make(interrupted);
}

}  // namespace lockstep::graph
