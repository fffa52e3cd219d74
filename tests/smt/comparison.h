// The formula of a step against the evaluator: it admits exactly the successors that the evaluator computes.
//
// Many states of a Program are visited, and every process is asked in each. The formula is that of *any* state, made
// once for each process; it is read by giving its variables the values of the state, and for some by Z3. The same is
// asked of the formula of that very state, in which everything should have become a constant.
#pragma once

#include "semantics/stepper.h"
#include "smt/assignment.h"
#include "smt/solver.h"
#include "smt/successors.h"

#include <doctest/doctest.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace lockstep::smt {

/// A way that a step may go: how it ends, with what state, what it reported.
struct Way {
    std::string end;
    std::vector<std::int64_t> cells;
    std::set<std::string> reports;
    bool made_progress = false;
    auto operator<=>(const Way&) const = default;
};

class Comparison {
public:
    explicit Comparison(const Program& the_program)
        : program(the_program),
          layout(make_layout(program)),
          stepper(program, layout),
          states(terms, program, layout),
          expressions(states),
          successors(expressions),
          anything(states.any("s"))
    {
    }

    std::size_t compared = 0, with_z3 = 0, not_encoded = 0, uncertain = 0;

    void run(std::size_t most_states)
    {
        std::set<std::vector<std::int64_t>> met;
        std::vector<std::vector<std::int64_t>> states_to_visit = initial_cells(program, layout);
        for (std::size_t i = 0; i < states_to_visit.size() && i < most_states; ++i) {
            const std::vector<std::int64_t> cells = states_to_visit[i];
            for (const ProcessId p : stepper.processes()) {
                stepper.evaluator.cells = cells;
                const auto ways = real_ways(p);
                if (!ways) continue;
                compare(cells, p, *ways);
                for (const Way& way : *ways)
                    if (way.end == "moved" && met.insert(way.cells).second) states_to_visit.push_back(way.cells);
            }
        }
    }

private:
    const Program& program;
    Layout layout;
    Stepper stepper;
    Terms terms;
    StateTerms states;
    Expressions expressions;
    Successors successors;
    SymbolicState anything;
    std::map<ProcessId, std::optional<Steps>> formulas;

    /// nullopt: it never ends.
    std::optional<std::set<Way>> real_ways(ProcessId p)
    {
        std::set<Way> ways;
        bool is_endless = false;
        stepper.steps_of(p, [&](const StepView& view) {
            Way way;
            way.end = view.trap.kind != nullptr ? "trapped" : view.stopped ? "stopped" : "moved";
            is_endless |= view.trap.kind != nullptr && std::string(view.trap.kind) == "livelock";
            if (way.end == "moved") {
                way.cells = stepper.evaluator.cells;
                way.made_progress = view.made_progress;
            }
            if (way.end != "trapped")
                for (const ReportEvent& report : view.reports) way.reports.insert(report.report->kind);
            ways.insert(std::move(way));
        });
        if (is_endless) return std::nullopt;
        return ways;
    }

    std::set<Way> ways_of(const Steps& steps, Assignment& assignment)
    {
        std::set<Way> ways;
        for (const StepEnd& end : steps.ends) {
            if (!assignment.holds(end.condition)) continue;
            Way way;
            way.end = end.kind == StepEnd::Kind::moved     ? "moved"
                      : end.kind == StepEnd::Kind::stopped ? "stopped"
                                                           : "trapped";
            if (way.end == "moved") {
                way.cells = states.cells(end.state, [&](Term t) { return assignment.value(t); });
                way.made_progress = assignment.holds(end.made_progress);
            }
            if (way.end != "trapped")
                for (const auto& [report, when] : end.reports)
                    if (assignment.holds(when)) way.reports.insert(report->kind);
            ways.insert(std::move(way));
        }
        return ways;
    }

    void compare(const std::vector<std::int64_t>& cells, ProcessId p, const std::set<Way>& expected)
    {
        CAPTURE(program.processes[p].name);
        const SymbolicState here = states.known(cells);
        Assignment none(terms);
        std::optional<Steps> known;
        try {
            known = successors.of(here, p);
        } catch (const NotEncoded& why) {
            ++not_encoded;
            return;
        }
        if (none.holds(known->uncertain)) {
            ++uncertain;
            return;
        }
        const std::set<Way> of_constants = ways_of(*known, none);
        REQUIRE(of_constants == expected);
        for (const StepEnd& end : known->ends) CHECK(terms.is_constant(end.condition));
        ++compared;

        const auto [entry, is_new] = formulas.try_emplace(p);
        if (is_new) {
            try {
                entry->second = successors.of(anything, p);
            } catch (const NotEncoded&) {
            }
        }
        if (!entry->second) return;
        Assignment assignment(terms);
        for (std::size_t c = 0; c < cells.size(); ++c) {
            assign(assignment, anything.values[c], here.values[c]);
            if (anything.marks[c].valid()) assign(assignment, anything.marks[c], here.marks[c]);
        }
        if (assignment.holds(entry->second->uncertain)) return;
        const std::set<Way> of_variables = ways_of(*entry->second, assignment);
        REQUIRE(of_variables == expected);
        CHECK(assignment.holds(states.well_typed(anything)));
        if (with_z3 < 15) ask_z3(here, *entry->second, expected);
    }

    void assign(Assignment& assignment, Term variable, Term value)
    {
        if (terms[variable].op == Op::variable)
            assignment.set(variable, terms.value(value));
        else
            REQUIRE(variable == value);
    }

    /// All models, one after the other, of: from here somewhere.
    void ask_z3(const SymbolicState& here, const Steps& steps, const std::set<Way>& expected)
    {
        ++with_z3;
        const SymbolicState there = states.any("t");
        Term relation = terms.truth(false);
        for (const StepEnd& end : steps.ends)
            if (end.kind == StepEnd::Kind::moved)
                relation = terms.either(relation, terms.both(end.condition, states.same(there, end.state)));
        Solver solver(terms);
        solver.require(states.same(anything, here));
        solver.require(relation);
        std::set<std::vector<std::int64_t>> found, wanted;
        for (const Way& way : expected)
            if (way.end == "moved") wanted.insert(way.cells);
        while (solver.check() == Solver::Answer::satisfiable) {
            const auto cells = states.cells(there, [&](Term t) { return solver.value(t); });
            REQUIRE(found.insert(cells).second);
            REQUIRE(wanted.contains(cells));
            solver.require(terms.negation(states.same(there, states.known(cells))));
        }
        CHECK(found == wanted);
    }
};

}  // namespace lockstep::smt
