#include "smt/successors.h"

#include <algorithm>

namespace lockstep::smt {

namespace {

bool is_of_invariant(const Program& program, ProcessId p)
{
    return std::ranges::find(program.invariants, p, &Invariant::process) != program.invariants.end();
}

}  // namespace

Steps Successors::of(const SymbolicState& state, ProcessId p)
{
    if (states.program.processes[p].kind == ProcessKind::clock) return of_clock(state, p);
    return encoder.steps(state, p);
}

Steps Successors::failures(const SymbolicState& state, const Invariant& invariant)
{
    Steps steps = encoder.run(state, invariant.process, terms.truth(true));
    Steps bad{{}, steps.left_out, terms.truth(false), steps.uncertain};
    for (StepEnd& end : steps.ends) {
        Term reported = terms.truth(end.kind == StepEnd::Kind::trapped);
        for (const auto& [report, when] : end.reports) reported = terms.either(reported, when);
        end.condition = terms.both(end.condition, reported);
        if (terms.is_false(end.condition)) continue;
        bad.possible = terms.either(bad.possible, end.condition);
        bad.ends.push_back(std::move(end));
    }
    return bad;
}

// ---- Time ----------------------------------------------------------------------------------------------------------

/// What goes on from a state on the way round without coming back to where it began.
void Successors::go_round(Round& round, const SymbolicState& from, Term condition, unsigned steps)
{
    if (terms.is_false(condition)) return;
    if (steps >= most_steps_round) {
        if (round.steps_besides == 0) {
            round.uncertain = terms.either(round.uncertain, condition);
            return;
        }
        --round.steps_besides;
    }
    const Steps next =
        encoder.run(from, round.process, terms.both(condition, encoder.expressions.running(from, round.process)));
    round.fails = terms.either(round.fails, terms.both(condition, terms.negation(next.possible)));
    for (const StepEnd& end : next.ends) {
        Term noticed = terms.truth(end.kind != StepEnd::Kind::moved);
        for (const auto& [report, when] : end.reports) noticed = terms.either(noticed, when);
        round.fails = terms.either(round.fails, terms.both(end.condition, noticed));
        if (end.kind != StepEnd::Kind::moved) continue;
        const Term goes_on = terms.both(end.condition, terms.negation(noticed));
        go_round(round, end.state, terms.both(goes_on, terms.negation(states.same(*round.start, end.state))),
                 steps + 1);
    }
}

Successors::Settled Successors::settled(const SymbolicState& state, ProcessId p)
{
    const Program& program = states.program;
    const Term running = encoder.expressions.running(state, p);
    const Steps steps = encoder.run(state, p, running);
    const Term blocked = terms.both(terms.negation(steps.possible), terms.negation(steps.left_out));
    Settled found{terms.either(terms.negation(running), blocked), terms.truth(false)};
    const Automaton& automaton = program.automata[program.processes[p].automaton];
    const std::uint32_t location_cell = states.layout.processes[p].location_cell;
    for (LocationId l : ids_of(automaton.locations)) {
        if (!automaton.locations[l].is_settle_point) continue;
        const Term here =
            terms.both(terms.both(running, steps.possible), terms.is(state.values[location_cell], l.index));
        if (terms.is_false(here)) continue;
        SymbolicState start = state;
        states.set(start, location_cell, l.index);
        Round round{&start, p, terms.truth(false), terms.truth(false)};
        go_round(round, start, here, 0);
        const Term comes_back = terms.both(here, terms.negation(round.fails));
        found.sure = terms.either(found.sure, terms.both(comes_back, terms.negation(round.uncertain)));
        found.uncertain = terms.either(found.uncertain, terms.both(comes_back, round.uncertain));
    }
    return found;
}

Successors::Settled Successors::everybody_settled(const SymbolicState& state)
{
    const Program& program = states.program;
    Settled all{terms.truth(true), terms.truth(false)};
    Term possibly = terms.truth(true);
    for (ProcessId p : ids_of(program.processes)) {
        if (program.processes[p].kind == ProcessKind::clock || is_of_invariant(program, p)) continue;
        const Settled one = settled(state, p);
        all.sure = terms.both(all.sure, one.sure);
        possibly = terms.both(possibly, terms.either(one.sure, one.uncertain));
        if (terms.is_false(possibly)) break;
    }
    all.uncertain = terms.both(possibly, terms.negation(all.sure));
    return all;
}

Steps Successors::of_clock(const SymbolicState& state, ProcessId clock)
{
    const Automaton& automaton = states.program.automata[states.program.processes[clock].automaton];
    for (const Location& location : automaton.locations)
        if (location.outgoing.size() > 1 && automaton.transitions[location.outgoing[0]].when_settled)
            throw NotEncoded("a clock with a choice");
    Steps steps = encoder.steps(state, clock);
    // A tick that changes nothing is none.
    Term changes = terms.truth(false);
    for (StepEnd& end : steps.ends) {
        if (end.kind == StepEnd::Kind::moved)
            end.condition = terms.both(end.condition, terms.negation(states.same(state, end.state)));
        changes = terms.either(changes, end.condition);
    }
    if (terms.is_false(changes)) return {{}, steps.left_out, changes, terms.truth(false)};
    const Settled everybody = everybody_settled(state);
    const Term may_pass = terms.either(everybody.sure, everybody.uncertain);
    for (StepEnd& end : steps.ends) end.condition = terms.both(end.condition, may_pass);
    steps.possible = terms.both(changes, may_pass);
    steps.uncertain = terms.both(steps.possible, everybody.uncertain);
    return steps;
}

}  // namespace lockstep::smt
