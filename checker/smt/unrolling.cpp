#include "smt/unrolling.h"

#include "semantics/stepper.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <stdexcept>

namespace lockstep::smt {

Unrolling::Unrolling(Successors& the_successors, SymbolicState start, Term start_condition)
    : successors(the_successors), states(the_successors.encoder.states), terms(states.terms), starts(start_condition)
{
    all.push_back(look(std::move(start)));
}

void Unrolling::extend() { all.push_back(look(next(all.back()))); }

/// What p has yet to do: a task to finish or to leave its CPU, an interrupt's handler to return.
Term Unrolling::duty(const SymbolicState& state, ProcessId p)
{
    const Process& process = states.program.processes[p];
    const Automaton& automaton = states.program.automata[process.automaton];
    const Term at = state.values[states.layout.processes[p].location_cell];
    switch (process.kind) {
        case ProcessKind::interrupt:
            return terms.negation(terms.is(at, automaton.entry.index));
        case ProcessKind::plain:
        case ProcessKind::task: {
            std::vector<Term> done;
            for (LocationId l : ids_of(automaton.locations)) {
                const Location& location = automaton.locations[l];
                if (process.is_daemon ? !location.is_finished || location.outgoing.empty()
                                      : location.is_finished && location.outgoing.empty())
                    done.push_back(terms.is(at, l.index));
            }
            return terms.negation(terms.any_of(done));
        }
        default:
            return terms.truth(false);
    }
}

Unrolling::Depth Unrolling::look(SymbolicState state)
{
    const Program& program = states.program;
    const Term no = terms.truth(false);
    Depth depth{std::move(state), {}, no, no, {}, terms.truth(true), terms.truth(true), no, no};
    const auto is_invariant = [&](ProcessId p) {
        return std::ranges::find(program.invariants, p, &Invariant::process) != program.invariants.end();
    };
    std::vector<std::pair<std::size_t, Term>> ticks;
    for (ProcessId p : ids_of(program.processes)) {
        if (is_invariant(p)) continue;
        Steps steps = successors.of(depth.state, p);
        depth.nobody = terms.both(depth.nobody, terms.negation(terms.either(steps.possible, steps.left_out)));
        depth.has_duty = terms.either(depth.has_duty, duty(depth.state, p));
        if (program.processes[p].kind == ProcessKind::clock)
            depth.quiet = terms.both(depth.quiet, terms.negation(terms.either(steps.possible, steps.left_out)));
        for (StepEnd& end : steps.ends) {
            if (terms.is_false(end.condition)) continue;
            Term failure = terms.truth(end.kind == StepEnd::Kind::trapped);
            for (const auto& [report, when] : end.reports)
                if (counts(*report)) failure = terms.either(failure, when);
            depth.fails = terms.either(depth.fails, terms.both(end.condition, failure));
            if (end.kind != StepEnd::Kind::moved) continue;
            if (!terms.is_false(steps.uncertain)) ticks.emplace_back(depth.outcomes.size(), steps.uncertain);
            depth.outcomes.push_back({p, std::move(end), no});
        }
        if (terms.size() > most_terms)
            throw NotEncoded(fmt::format("too large: more than {} million terms", most_terms / 1'000'000));
    }
    if (!terms.is_false(terms.both(depth.quiet, depth.has_duty)))
        depth.quiet = terms.both(depth.quiet, successors.everybody_settled(depth.state).sure);
    for (const Invariant& invariant : program.invariants)
        depth.violates.push_back(successors.failures(depth.state, invariant).possible);

    const unsigned bits = std::max<unsigned>(1, std::bit_width(std::max<std::size_t>(depth.outcomes.size(), 1) - 1));
    const Term choice = terms.variable(bits, fmt::format("step{}", all.size()));
    for (std::size_t i = 0; i < depth.outcomes.size(); ++i) {
        Outcome& outcome = depth.outcomes[i];
        outcome.chosen = depth.outcomes.size() == 1 ? terms.truth(true) : terms.is(choice, i);
        depth.steps_on = terms.either(depth.steps_on, terms.both(outcome.chosen, outcome.end.condition));
    }
    for (const auto& [outcome, uncertain] : ticks)
        depth.uncertain = terms.either(depth.uncertain, terms.both(depth.outcomes[outcome].chosen, uncertain));
    return depth;
}

SymbolicState Unrolling::next(const Depth& depth)
{
    SymbolicState state = depth.state;
    bool is_first = true;
    for (const Outcome& outcome : depth.outcomes) {
        state = is_first ? outcome.end.state : states.choose(outcome.chosen, outcome.end.state, state);
        is_first = false;
    }
    return state;
}

// ---- Paths ---------------------------------------------------------------------------------------------------------

Path path_of(const Unrolling& unrolling, Successors& successors, Assignment& model, std::size_t depth,
             bool ends_in_failure)
{
    StateTerms& states = successors.encoder.states;
    const auto cells_at = [&](std::size_t d) {
        return states.cells(unrolling.depths()[d].state, [&](Term t) { return model.value(t); });
    };
    Path path;
    std::vector<std::int64_t> cells = cells_at(0);
    const auto initial = initial_cells(states.program, states.layout);
    for (std::uint32_t i = 0; i < initial.size(); ++i)
        if (initial[i] == cells) path.initial_state = i;

    Stepper stepper(states.program, states.layout);
    stepper.record_moves = true;
    for (std::size_t d = 0; d < depth; ++d) {
        ProcessId mover;
        for (const Unrolling::Outcome& outcome : unrolling.depths()[d].outcomes)
            if (model.holds(outcome.chosen) && model.holds(outcome.end.condition)) mover = outcome.process;
        const std::vector<std::int64_t> wanted = cells_at(d + 1);
        bool is_found = false;
        stepper.evaluator.cells = cells;
        if (mover.valid())
            stepper.steps_of(mover, [&](const StepView& view) {
                if (is_found || view.trap.kind != nullptr || view.stopped || stepper.evaluator.cells != wanted) return;
                path.steps.emplace_back(view.moves.begin(), view.moves.end());
                is_found = true;
            });
        if (!is_found) throw std::logic_error(fmt::format("step {} of a model is none of the Program's", d + 1));
        cells = wanted;
    }
    if (!ends_in_failure) return path;
    stepper.evaluator.cells = cells;
    bool is_found = false;
    stepper.all_steps([&](const StepView& view) {
        const bool reports = std::ranges::any_of(
            view.reports, [&](const ReportEvent& report) { return unrolling.counts(*report.report); });
        if (is_found || (view.trap.kind == nullptr && !reports)) return;
        path.steps.emplace_back(view.moves.begin(), view.moves.end());
        is_found = true;
    });
    if (!is_found) throw std::logic_error("no step fails where a model says so");
    return path;
}

}  // namespace lockstep::smt
