// What stubborn_set.h says of a chosen set, state by state: in each state of random Programs in which one is chosen,
// its outside runs are made one by one. Along all of them the set has the same steps, which can be put in front; no
// invariant comes to hold by that; and the clock never ticks. A condition that is not kept shows here long before it
// changes what is found.
#include "engine/environment.h"
#include "engine/random_machine.h"
#include "engine/random_program.h"

#include "explicit/stubborn_set.h"
#include "passes/mark_locations.h"
#include "program/printer.h"
#include "semantics/layout.h"
#include "semantics/stepper.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <string>
#include <vector>

namespace lockstep::testing {

namespace {

using Cells = std::vector<std::int64_t>;

class ConditionTest {
public:
    explicit ConditionTest(const Program& the_program)
        : program(the_program),
          layout(make_layout(program)),
          stepper(program, layout),
          choosing(program, layout),
          sets(choosing, layout)
    {
    }

    std::uint64_t sets_chosen = 0, outside_states = 0;

    /// What is wrong; empty: nothing.
    std::string run()
    {
        std::vector<Cells> work;
        std::set<Cells> seen;
        const auto add = [&](const Cells& cells) {
            if (seen.insert(cells).second) work.push_back(cells);
        };
        for (const Cells& cells : initial_cells(program, layout)) add(cells);
        for (std::size_t i = 0; i < work.size() && i < most_states && wrong.empty(); ++i) {
            const Cells cells = work[i];
            for (const Step& step : steps(cells, stepper.processes()))
                if (!step.ends) add(step.after);
            look_at(cells);
        }
        return wrong;
    }

private:
    static constexpr std::size_t most_states = 150, most_outside = 150;

    /// What can be seen of a step, and where it leads. Which transitions it took does not matter.
    struct Step {
        std::string shown;
        bool ends;
        Cells after;
        auto operator<=>(const Step&) const = default;
    };
    /// A state, and those to which the set's steps lead from it.
    struct Outside {
        Cells cells;
        std::vector<Step> first;
    };

    const Program& program;
    Layout layout;
    Stepper stepper, choosing;
    explicit_engine::StubbornSets sets;
    std::vector<ProcessId> inside, others;
    std::string wrong;

    std::vector<Step> steps(const Cells& cells, const std::vector<ProcessId>& processes)
    {
        std::vector<Step> all;
        stepper.evaluator.cells = cells;
        for (ProcessId p : processes)
            stepper.steps_of(p, [&](const StepView& view) {
                std::string shown = fmt::format("{}{}", program.processes[p].name, view.made_progress ? "+" : "");
                for (const ReportEvent& report : view.reports)
                    shown += fmt::format(" {} of {} {}", report.transition.index, report.cpu, report.task);
                const bool ends = view.stopped || view.trap.kind != nullptr;
                if (ends) shown += fmt::format(" ends by {}", view.moves.back().transition.index);
                if (view.trap.kind != nullptr) shown += fmt::format(": {}", view.trap.kind);
                all.push_back({std::move(shown), ends, ends ? Cells() : stepper.evaluator.cells});
            });
        std::ranges::sort(all);
        all.erase(std::ranges::unique(all).begin(), all.end());
        return all;
    }

    bool clock_ticks(const Cells& cells)
    {
        stepper.evaluator.cells = cells;
        return std::ranges::any_of(stepper.processes(), [&](ProcessId p) {
            return program.processes[p].kind == ProcessKind::clock && stepper.steps_of(p, [](const StepView&) {});
        });
    }

    bool fails(const Cells& cells, const Invariant& invariant)
    {
        bool result = false;
        stepper.evaluator.cells = cells;
        stepper.check_invariant(invariant, [&](const StepView&) { result = true; });
        return result;
    }

    void look_at(const Cells& start)
    {
        choosing.evaluator.cells = start;
        const auto chosen = sets.choose(choosing.processes());
        if (chosen.empty()) return;
        ++sets_chosen;
        inside.assign(chosen.begin(), chosen.end());
        others.clear();
        for (ProcessId p : stepper.processes())
            if (std::ranges::find(inside, p) == inside.end() && program.processes[p].kind != ProcessKind::clock)
                others.push_back(p);
        std::vector<Outside> work{{start, steps(start, inside)}};
        if (work[0].first.empty()) wrong = "no step";
        std::set<Cells> seen{start};
        for (std::size_t i = 0; i < work.size() && i < most_outside && wrong.empty(); ++i) {
            const Outside here = work[i];
            ++outside_states;
            if (clock_ticks(here.cells)) wrong = "the clock ticks";
            look_at_invariants(here);
            for (const Step& step : steps(here.cells, others)) {
                Outside next{step.after, {}};
                if (!step.ends) next.first = steps(step.after, inside);
                compare(here, step, next);
                if (!step.ends && seen.insert(step.after).second) work.push_back(std::move(next));
            }
        }
        if (wrong.empty()) return;
        wrong += fmt::format("; {} alone", program.processes[inside.front()].name);
        for (std::size_t i = 1; i < inside.size(); ++i) wrong += ", " + program.processes[inside[i]].name;
    }

    void look_at_invariants(const Outside& here)
    {
        for (const Invariant& invariant : program.invariants) {
            if (!fails(here.cells, invariant)) continue;
            for (const Step& t : here.first)
                if (!t.ends && !fails(t.after, invariant)) wrong = invariant.name + " comes to hold";
        }
    }

    /// After a step outside the set has the same steps, and each can be put in front of it.
    void compare(const Outside& here, const Step& step, const Outside& next)
    {
        if (!step.ends && next.first.size() != here.first.size()) wrong = "another number of steps";
        std::vector<bool> is_taken(next.first.size(), false);
        for (const Step& t : here.first) {
            const std::vector<Step> then = t.ends ? std::vector<Step>() : steps(t.after, others);
            bool is_found = step.ends && (t.ends || std::ranges::find(then, step) != then.end());
            for (std::size_t i = 0; i < next.first.size() && !is_found; ++i) {
                const Step& same = next.first[i];
                if (is_taken[i] || same.shown != t.shown) continue;
                is_found = t.ends || std::ranges::find(then, Step{step.shown, false, same.after}) != then.end();
                if (is_found) is_taken[i] = true;
            }
            if (!is_found) wrong = fmt::format("not in any order: {} and {}", t.shown, step.shown);
        }
    }
};

struct Totals {
    std::uint64_t sets = 0, states = 0, failed = 0;
    void add(const Program& program, const std::string& name)
    {
        CAPTURE(name);
        ConditionTest test(program);
        const std::string wrong = test.run();
        sets += test.sets_chosen;
        states += test.outside_states;
        CHECK(wrong == "");
        if (wrong.empty()) return;
        std::ofstream("lockstep-" + name + ".ls") << print(program);
        ++failed;
    }
};

}  // namespace

TEST_CASE("what a stubborn set is chosen for is so in each state")
{
    const std::uint64_t first = number_from_environment("LOCKSTEP_RANDOM_SEED", 1);
    const std::uint64_t last = first + number_from_environment("LOCKSTEP_RANDOM_PROGRAMS", 100);
    Totals small, machines;
    for (std::uint64_t seed = first; seed < last && small.failed + machines.failed < 5; ++seed) {
        const Merge merge = seed % 4 == 0 ? Merge::invisible : Merge::private_accesses;
        Program program = random_program(seed);
        mark_locations(program, merge);
        small.add(program, fmt::format("small-{}", seed));
        Program machine =
            random_machine(seed, {.cpus = static_cast<std::uint32_t>(2 + seed % 2), .meets = seed % 3 != 0});
        mark_locations(machine, merge);
        machines.add(machine, fmt::format("machine-{}", seed));
    }
    MESSAGE(fmt::format("{} and {} sets chosen, {} and {} states outside", small.sets, machines.sets, small.states,
                        machines.states));
    CHECK((last - first < 50 || (small.sets != 0 && machines.sets != 0)));
}

}  // namespace lockstep::testing
