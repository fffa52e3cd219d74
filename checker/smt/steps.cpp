#include "smt/steps.h"

#include "semantics/code.h"

#include <fmt/format.h>

#include <algorithm>

namespace lockstep::smt {

StepEncoder::StepEncoder(Expressions& the_expressions)
    : expressions(the_expressions),
      effects(the_expressions),
      states(the_expressions.states),
      terms(the_expressions.terms),
      program(states.program),
      layout(states.layout)
{
    for (const Automaton& automaton : program.automata) add_order(automaton);
}

void StepEncoder::add_order(const Automaton& automaton)
{
    const auto count = static_cast<std::uint32_t>(automaton.locations.size());
    IdVector<LocationId, std::uint32_t> places(count, 0);
    std::vector<bool> met(count, false);
    std::uint32_t next = count;
    struct Open {
        LocationId at;
        std::size_t way = 0;
    };
    std::vector<Open> open;
    const auto visit_from = [&](LocationId root) {
        if (met[root.index]) return;
        met[root.index] = true;
        open.push_back({root});
        while (!open.empty()) {
            Open& top = open.back();
            const auto& outgoing = automaton.locations[top.at].outgoing;
            if (top.way == outgoing.size()) {
                places[top.at] = --next;
                open.pop_back();
                continue;
            }
            const LocationId target = automaton.transitions[outgoing[top.way++]].target;
            if (met[target.index]) continue;
            met[target.index] = true;
            open.push_back({target});
        }
    };
    if (count > 0) visit_from(automaton.entry);
    for (LocationId l : ids_of(automaton.locations)) visit_from(l);
    order.add(std::move(places));
}

void StepEncoder::give_up(ProcessId p, LocationId at, const std::string& why) const
{
    const SourcePlace place = automaton(p).locations[at].place;
    const std::string file = place.file.valid() ? program.files[place.file].name : "";
    throw NotEncoded(fmt::format("{}:{}: {}", file, place.line, why));
}

// ---- Steps ---------------------------------------------------------------------------------------------------------

Steps StepEncoder::steps(const SymbolicState& state, ProcessId p)
{
    return run(state, p, expressions.running(state, p));
}

Steps StepEncoder::run(const SymbolicState& state, ProcessId p, Term condition)
{
    Walk walk{.process = p, .found = {}, .arrivals = {}, .rounds = {}};
    walk.found.left_out = walk.found.possible = walk.found.uncertain = terms.truth(false);
    const Term at = state.values[layout.processes[p].location_cell];
    for (LocationId l : ids_of(automaton(p).locations)) {
        const Location& location = automaton(p).locations[l];
        if (location.is_pass_through && l != automaton(p).entry) continue;
        const Term here = terms.both(condition, terms.is(at, l.index));
        if (!terms.is_false(here)) leave(walk, l, 0, {here, state, {}, terms.truth(false)});
    }
    finish(walk);
    return std::move(walk.found);
}

void StepEncoder::finish(Walk& walk)
{
    const auto& places = order[program.processes[walk.process].automaton];
    std::vector<LocationId> at_place(places.size());
    for (LocationId l : ids_of(places)) at_place[places[l]] = l;
    while (!walk.arrivals.empty()) {
        keep_going();
        auto first = walk.arrivals.extract(walk.arrivals.begin());
        const auto [place, choice] = first.key();
        const LocationId at = at_place[place];
        Arrival& arrival = first.mapped();
        if (!automaton(walk.process).locations[at].is_pass_through) {
            end(walk, {StepEnd::Kind::moved, arrival.condition, std::move(arrival.state), std::move(arrival.reports),
                       arrival.made_progress});
            continue;
        }
        const unsigned rounds = ++walk.rounds[first.key()];
        if (rounds > rounds_unasked && !terms.is_true(arrival.condition) && !is_possible(arrival.condition)) continue;
        if (rounds > most_rounds && !terms.is_true(arrival.condition))
            give_up(walk.process, at, "a loop within one step of which no bound is known");
        leave(walk, at, choice, arrival);
    }
    for (const StepEnd& end : walk.found.ends) walk.found.possible = terms.either(walk.found.possible, end.condition);
}

/// Every transition that leaves a location.
void StepEncoder::leave(Walk& walk, LocationId at, std::uint32_t choice, const Arrival& from)
{
    const Automaton& whole = automaton(walk.process);
    const Location& location = whole.locations[at];
    const auto& outgoing = location.outgoing;
    if (walk.transitions += outgoing.size(); walk.transitions > most_transitions)
        give_up(walk.process, at, "a step of too many transitions");
    if (is_two_way(program, whole, location)) {
        for (const TransitionId t : outgoing) take(walk, whole.transitions[t], choice, from, {});
        return;
    }
    // Guards that exclude each other are no choice.
    Term met_before = terms.truth(false);
    bool is_choice = false;
    for (const TransitionId t : outgoing) {
        const Transition& transition = whole.transitions[t];
        if (transition.choice) {
            is_choice = true;
            break;
        }
        Evaluation evaluation{&from.state, walk.process, terms.truth(false)};
        const Term guard = transition.guard.valid() ? expressions.truth(evaluation, transition.guard, from.condition)
                                                    : terms.truth(true);
        const Term way = terms.either(guard, evaluation.trap);
        is_choice |= !terms.is_false(terms.both(met_before, way));
        met_before = terms.either(met_before, way);
    }
    for (const TransitionId t : outgoing) {
        const Transition& transition = whole.transitions[t];
        if (!transition.choice) {
            take(walk, transition, is_choice && outgoing.size() > 1 ? walk.choices++ : choice, from, {});
            continue;
        }
        Evaluation evaluation{&from.state, walk.process, terms.truth(false)};
        const Term low = expressions.wide(expressions.value(evaluation, transition.choice->low, from.condition),
                                          expressions.type_of(transition.choice->low));
        const Term high = expressions.wide(expressions.value(evaluation, transition.choice->high, from.condition),
                                           expressions.type_of(transition.choice->high));
        if (!terms.is_false(evaluation.trap))
            end(walk, {StepEnd::Kind::trapped, terms.both(from.condition, evaluation.trap), {}});
        const auto lows = terms.possible_values(low), highs = terms.possible_values(high);
        if (lows.empty() || highs.empty())
            give_up(walk.process, at, "a choice between values that depend on what is not known");
        const auto signed_less = [](std::uint64_t a, std::uint64_t b) {
            return static_cast<std::int64_t>(a) < static_cast<std::int64_t>(b);
        };
        const auto least = static_cast<std::int64_t>(*std::ranges::min_element(lows, signed_less));
        const auto most = static_cast<std::int64_t>(*std::ranges::max_element(highs, signed_less));
        if (most - least > static_cast<std::int64_t>(most_ends))
            give_up(walk.process, at, fmt::format("a choice between {} values", most - least + 1));
        for (std::int64_t value = least; value <= most; ++value) {
            const Term chosen = terms.constant(64, static_cast<std::uint64_t>(value));
            Arrival narrowed = from;
            narrowed.condition = terms.both(terms.both(from.condition, terms.negation(evaluation.trap)),
                                            terms.negation(terms.either(terms.binary(Op::signed_less, chosen, low),
                                                                        terms.binary(Op::signed_less, high, chosen))));
            if (!terms.is_false(narrowed.condition)) take(walk, transition, walk.choices++, narrowed, value);
        }
    }
}

void StepEncoder::take(Walk& walk, const Transition& transition, std::uint32_t choice, const Arrival& from,
                       std::optional<std::int64_t> chosen)
{
    Arrival next = from;
    if (chosen) {
        const VariableId v = transition.choice->variable;
        states.set(next.state, layout.processes[walk.process].local[v.index],
                   wrap(*chosen, program.types[program.variables[v].type]));
    }
    if (transition.guard.valid()) {
        Evaluation evaluation{&next.state, walk.process, terms.truth(false)};
        const Term guard = expressions.truth(evaluation, transition.guard, next.condition);
        const Term trapped = terms.both(next.condition, evaluation.trap);
        if (!terms.is_false(trapped)) end(walk, {StepEnd::Kind::trapped, trapped, {}, next.reports});
        next.condition = terms.both(next.condition, terms.both(guard, terms.negation(evaluation.trap)));
    }
    if (terms.is_false(next.condition)) return;
    Effects::Outcome outcome = effects.apply(next.state, walk.process, transition, next.condition);
    if (!terms.is_false(terms.both(next.condition, outcome.unsaid)))
        give_up(walk.process, transition.source, "memory is copied through a pointer of which nothing is known");
    const Term trapped = terms.both(next.condition, outcome.trap);
    for (const Report* report : outcome.reports) next.reports.emplace_back(report, terms.truth(true));
    if (!terms.is_false(trapped)) end(walk, {StepEnd::Kind::trapped, trapped, {}, from.reports});
    next.condition = terms.both(next.condition, terms.negation(outcome.trap));
    if (terms.is_false(next.condition)) return;
    if (outcome.makes_progress) next.made_progress = terms.truth(true);
    switch (outcome.end) {
        case Effects::End::pruned:
            walk.found.left_out = terms.either(walk.found.left_out, next.condition);
            return;
        case Effects::End::stopped:
            return end(walk, {StepEnd::Kind::stopped, next.condition, {}, std::move(next.reports)});
        case Effects::End::moved:
            break;
    }
    states.set(next.state, layout.processes[walk.process].location_cell, transition.target.index);
    arrive(walk, transition.target, choice, std::move(next));
}

/// Joins what arrives with what has arrived there before, on another way but with the same choices.
void StepEncoder::arrive(Walk& walk, LocationId at, std::uint32_t choice, Arrival&& arrival)
{
    const Key key{order[program.processes[walk.process].automaton][at], choice};
    const auto found = walk.arrivals.find(key);
    if (found == walk.arrivals.end()) {
        walk.arrivals.emplace(key, std::move(arrival));
        return;
    }
    Arrival& before = found->second;
    before.state = states.choose(arrival.condition, arrival.state, before.state);
    before.made_progress = terms.choose(arrival.condition, arrival.made_progress, before.made_progress);
    for (auto& [report, when] : before.reports) when = terms.both(when, terms.negation(arrival.condition));
    for (const auto& [report, when] : arrival.reports) {
        const Term here = terms.both(arrival.condition, when);
        const auto same = std::ranges::find(before.reports, report, &std::pair<const Report*, Term>::first);
        if (same != before.reports.end())
            same->second = terms.either(same->second, here);
        else
            before.reports.emplace_back(report, here);
    }
    before.condition = terms.either(before.condition, arrival.condition);
}

void StepEncoder::end(Walk& walk, StepEnd&& end)
{
    if (walk.found.ends.size() == most_ends)
        throw NotEncoded(
            fmt::format("{}: a step with more than {} outcomes", program.processes[walk.process].name, most_ends));
    if (!end.made_progress.valid()) end.made_progress = terms.truth(false);
    walk.found.ends.push_back(std::move(end));
}

}  // namespace lockstep::smt
