#include "simulate/walk.h"

#include "semantics/report_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace lockstep::simulate {

namespace {

bool same_move(const Move& left, const Move& right)
{
    return left.process == right.process && left.transition == right.transition && left.choice == right.choice;
}

[[noreturn]] void impossible(const std::string& why) { throw std::runtime_error("this step is not possible: " + why); }

}  // namespace

Walk::Walk(const Program& the_program, std::uint32_t initial_state)
    : program(the_program),
      layout(make_layout(program)),
      interpreter(program, layout),
      describer(interpreter),
      initial(interpreter.initial(initial_state))
{
    whole_path.initial_state = initial_state;
}

const std::vector<Walk::Offer>& Walk::offers()
{
    if (has_offers) return offered;
    offered.clear();
    has_offers = true;
    if (has_ended()) return offered;
    for (const ProcessId p : ids_of(program.processes))
        for (Interpreter::StepOutcome& outcome : interpreter.steps(state(), p))
            offered.push_back({p, interpreter.is_clock(p) ? -1 : interpreter.own_cpu(state(), p), std::move(outcome)});
    return offered;
}

void Walk::take(std::size_t offer)
{
    const Step step = offers().at(offer).outcome.moves;
    const bool is_next =
        place < whole_path.steps.size() && std::ranges::equal(whole_path.steps[place], step, same_move);
    if (!is_next) {
        cut_here();
        whole_path.steps.push_back(step);
    }
    take_next();
}

bool Walk::take_next()
{
    if (place == whole_path.steps.size()) return false;
    if (place == taken.size()) {
        try {
            taken.push_back(execute(whole_path.steps[place]));
        } catch (const std::runtime_error&) {
            cut_here();
            throw;
        }
    }
    ++place;
    has_offers = false;
    return true;
}

bool Walk::back()
{
    if (place == 0) return false;
    --place;
    has_offers = false;
    return true;
}

bool Walk::go_to(std::size_t steps)
{
    if (steps > whole_path.steps.size()) return false;
    has_offers = false;
    place = std::min(steps, taken.size());
    while (place < steps) take_next();
    return true;
}

void Walk::follow(Path path)
{
    initial = interpreter.initial(path.initial_state);
    whole_path = std::move(path);
    taken.clear();
    place = 0;
    has_offers = false;
}

Path Walk::path_so_far() const
{
    Path path = whole_path;
    path.steps.resize(place);
    return path;
}

double Walk::ticks() const
{
    if (place == 0) return 0;
    const Taken& last = taken[place - 1];
    return last.description.ticks + (interpreter.is_clock(last.moves.front().process) ? 1 : 0);
}

void Walk::cut_here()
{
    whole_path.steps.resize(place);
    taken.resize(place);
}

Walk::Taken Walk::execute(const Step& step)
{
    if (has_ended()) impossible("the walk has ended before it");
    if (step.empty()) impossible("it has no moves");
    const ProcessId p = step.front().process;
    if (!program.processes.contains(p)) impossible("there is no such process");
    if (!interpreter.running(state(), p)) impossible(program.processes[p].name + " is not running");
    Taken result{.moves = step, .description = describer.step(state(), p)};
    result.description.ticks = ticks();
    result.after = state();
    for (const Move& move : step) execute_move(move, result, &move == &step.back());
    if (result.end == End::moved) look_at_invariants(result);
    result.has_reported = !result.description.messages.empty();
    return result;
}

void Walk::execute_move(const Move& move, Taken& result, bool is_last)
{
    const ProcessId p = move.process;
    if (p != result.moves.front().process) impossible("two processes make it");
    if (!interpreter.automaton(p).transitions.contains(move.transition)) impossible("there is no such transition");
    const Transition& t = interpreter.automaton(p).transitions[move.transition];
    if (result.end != End::moved || result.after.locations[p.index] != t.source)
        impossible(program.processes[p].name + " is elsewhere");
    TraceMove description = describer.move(move);
    const State before = result.after;
    Interpreter::Outcome outcome;
    try {
        const std::vector<std::int64_t> values = interpreter.choices(before, p, move.transition);
        if (t.choice && std::ranges::find(values, move.choice) == values.end()) impossible("a choice out of range");
        outcome = interpreter.take(result.after, move);
    } catch (const Trap& what) {
        outcome.end = End::trapped;
        outcome.trap = what;
    }
    if (outcome.end == End::disabled || outcome.end == End::pruned)
        impossible(fmt::format("{} {}", program.processes[p].name,
                               outcome.end == End::pruned ? "meets an ls_assume that does not hold" : "has to wait"));
    describer.changes(before, result.after, p, t, description);
    result.description.moves.push_back(std::move(description));
    for (const ReportEvent& report : outcome.reports)
        result.description.messages.push_back(format_report(program, report));
    result.end = outcome.end;
    if (outcome.end == End::trapped) result.description.messages.emplace_back(outcome.trap.message);
    // The interpreter breaks off a step that never ends, and so does a recorded one that says so.
    if (is_last && outcome.end == End::moved && interpreter.location(result.after, p).is_pass_through) {
        result.end = End::trapped;
        result.description.messages.emplace_back("a step that never ends");
    }
}

void Walk::look_at_invariants(Taken& result)
{
    for (const Invariant& invariant : program.invariants)
        if (!interpreter.failures(result.after, invariant).empty())
            result.description.messages.push_back(fmt::format("invariant {} does not hold", invariant.name));
}

}  // namespace lockstep::simulate
