// Random Programs on which everything that explores, evaluates or replays has to agree; see the cases' names.
//
// LOCKSTEP_RANDOM_PROGRAMS=N tries N of them instead of a few hundred, LOCKSTEP_RANDOM_SEED=S begins at seed S. A
// Program on which something differs is written to lockstep-random-SEED.ls in the current directory.
#include "engine/environment.h"
#include "engine/naive_explorer.h"
#include "engine/random_program.h"

#include "explicit/explore.h"
#include "passes/find_steady.h"
#include "passes/mark_locations.h"
#include "passes/propagate_constants.h"
#include "passes/prune_unreachable.h"
#include "passes/reset_dead_locals.h"
#include "program/printer.h"
#include "program/verifier.h"
#include "result/interpreter.h"
#include "result/replay.h"
#include "semantics/stepper.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <vector>

namespace lockstep::testing {

namespace {

using explicit_engine::Order;
using naive::Finding;

/// What does not agree, a line each.
using Differences = std::vector<std::string>;

void for_random_programs(std::uint64_t count, const std::function<Differences(const Program&)>& test)
{
    const std::uint64_t first = number_from_environment("LOCKSTEP_RANDOM_SEED", 1);
    const std::uint64_t last = first + number_from_environment("LOCKSTEP_RANDOM_PROGRAMS", count);
    for (std::uint64_t seed = first; seed < last; ++seed) {
        CAPTURE(seed);
        const Program program = random_program(seed);
        REQUIRE_NOTHROW(verify(program));
        const Differences differences = test(program);
        if (!differences.empty()) std::ofstream(fmt::format("lockstep-random-{}.ls", seed)) << print(program);
        CHECK_MESSAGE(differences.empty(), fmt::format("{}", fmt::join(differences, "\n")));
    }
}

Program marked(Program program, Merge merge = Merge::invisible)
{
    mark_locations(program, merge);
    return program;
}

Result explore(const Program& program, Order order, bool all, std::uint64_t max_states = 0)
{
    explicit_engine::Options options;
    options.order = order;
    options.all = all;
    options.max_states = max_states;
    return explicit_engine::explore(program, options);
}

bool is_stuck(const std::string& kind) { return kind == "deadlock" || kind == "livelock"; }

Finding finding_of(const Violation& v) { return {v.kind, v.task, is_stuck(v.kind) ? 0 : v.line}; }

std::string text_of(const Finding& f) { return fmt::format("{} of '{}' at line {}", f.kind, f.task, f.line); }

template <typename Left, typename Right>
void compare(Differences& differences, const std::string& what, const Left& expected, const Right& found)
{
    if (expected != found) differences.push_back(fmt::format("{}: {} expected, {} found", what, expected, found));
}

/// Holds one random Program against what the naive explorer found in it.
class EngineTest {
public:
    EngineTest(const Program& the_program, const naive::Result& the_expected)
        : program(the_program), expected(the_expected)
    {
        kinds_are_certain =
            std::ranges::all_of(expected.findings, [](const auto& f) { return f.second.kind_is_certain; });
    }

    Differences run()
    {
        test_all(Order::breadth_first);
        test_all(Order::depth_first);
        test_first(Order::breadth_first);
        test_first(Order::depth_first);
        test_limit();
        return std::move(differences);
    }

private:
    const Program& program;
    const naive::Result& expected;
    bool kinds_are_certain;
    Differences differences;

    [[nodiscard]] Verdict expected_verdict() const
    {
        return expected.findings.empty() ? Verdict::holds : Verdict::violated;
    }

    void test_all(Order order)
    {
        const std::string name = order == Order::breadth_first ? "breadth-first, all" : "depth-first, all";
        Result result = explore(program, order, true);
        compare(differences, name + ", states", expected.states, result.statistics.states);
        compare(differences, name + ", transitions", expected.transitions, result.statistics.transitions);
        compare(differences, name + ", complete", true, result.statistics.complete);
        compare(differences, name + ", verdict", static_cast<int>(expected_verdict()),
                static_cast<int>(result.verdict));
        if (order == Order::breadth_first)
            compare(differences, name + ", depth", expected.depth, result.statistics.depth);
        std::map<Finding, std::uint64_t> found;
        for (const Violation& v : result.violations) {
            const Finding finding = finding_of(v);
            const std::uint64_t length = v.path.steps.size();
            const auto [entry, is_new] = found.emplace(finding, length);
            if (!is_new) entry->second = std::min(entry->second, length);
        }
        compare_findings(name, found, order == Order::breadth_first);
        for (Violation& v : result.violations) replay(name, v);
    }

    void compare_findings(const std::string& name, const std::map<Finding, std::uint64_t>& found, bool is_shortest)
    {
        for (const auto& [finding, length] : found) {
            const auto wanted = expected.findings.find(finding);
            if (wanted == expected.findings.end()) {
                if (kinds_are_certain || !is_stuck(finding.kind))
                    differences.push_back(fmt::format("{}: {} found, which is none", name, text_of(finding)));
            } else if (is_shortest && kinds_are_certain) {
                compare(differences, fmt::format("{}, way to {}", name, text_of(finding)), wanted->second.steps,
                        length);
            } else if (length < wanted->second.steps) {
                differences.push_back(fmt::format("{}, way to {}: too short", name, text_of(finding)));
            }
        }
        for (const auto& [finding, length] : expected.findings)
            if (!found.contains(finding) && length.kind_is_certain)
                differences.push_back(fmt::format("{}: {} not found", name, text_of(finding)));
    }

    void test_first(Order order)
    {
        const std::string name = order == Order::breadth_first ? "breadth-first" : "depth-first";
        Result result = explore(program, order, false);
        compare(differences, name + ", verdict", static_cast<int>(expected_verdict()),
                static_cast<int>(result.verdict));
        if (expected.findings.empty()) {
            compare(differences, name + ", states", expected.states, result.statistics.states);
            compare(differences, name + ", transitions", expected.transitions, result.statistics.transitions);
            return;
        }
        compare(differences, name + ", number of violations", 1U, result.violations.size());
        for (Violation& v : result.violations) {
            const auto wanted = expected.findings.find(finding_of(v));
            if (wanted == expected.findings.end() && kinds_are_certain)
                differences.push_back(fmt::format("{}: {} found, which is none", name, text_of(finding_of(v))));
            if (order == Order::breadth_first) compare(differences, name + ", length", least_cost(), cost(v));
            replay(name, v);
        }
    }

    /// That no step leaves a state is seen only when its steps are tried, as what these steps report is.
    [[nodiscard]] static std::uint64_t cost(const Violation& v)
    {
        return v.path.steps.size() + (v.kind == "deadlock" ? 1 : 0);
    }
    [[nodiscard]] std::uint64_t least_cost() const
    {
        std::uint64_t on_the_fly = UINT64_MAX, least = UINT64_MAX;
        for (const auto& [finding, length] : expected.findings) {
            const std::uint64_t one_more = finding.kind == "deadlock" ? 1 : 0;
            least = std::min(least, length.steps + one_more);
            if (length.steps_on_the_fly != UINT64_MAX)
                on_the_fly = std::min(on_the_fly, length.steps_on_the_fly + one_more);
        }
        return on_the_fly != UINT64_MAX ? on_the_fly : least;
    }

    void test_limit()
    {
        if (expected.states < 4) return;
        for (Order order : {Order::breadth_first, Order::depth_first}) {
            const Result result = explore(program, order, true, expected.states / 2);
            const bool is_well = !result.statistics.complete && !result.reason.empty() &&
                                 result.verdict == (result.violations.empty() ? Verdict::unknown : Verdict::violated);
            compare(differences, "stopped half-way", true, is_well);
        }
    }

    void replay(const std::string& name, Violation& v)
    {
        try {
            result::replay_and_describe(program, v);
            compare(differences, name + ", length of the trace", v.path.steps.size(), v.trace.size());
        } catch (const std::exception& e) {
            differences.push_back(fmt::format("{}: {}: {}", name, text_of(finding_of(v)), e.what()));
        }
    }
};

}  // namespace

TEST_CASE("engine and naive explorer agree: states, steps, violations, lengths; each violation is replayed")
{
    std::map<std::string, int> kinds;
    std::map<std::string, int> sizes;
    for_random_programs(300, [&](const Program& unmarked) -> Differences {
        const Program program = marked(unmarked);
        const naive::Result expected = naive::explore(program);
        if (!expected.complete) {
            ++sizes["too large"];
            const Result result = explore(program, Order::breadth_first, true, 2000);
            if (result.verdict == Verdict::holds) return {"a truncated search holds"};
            return {};
        }
        ++sizes[expected.states < 10     ? "below 10"
                : expected.states < 100  ? "below 100"
                : expected.states < 1000 ? "below 1000"
                                         : "up to 20000"];
        std::set<std::string> here;
        for (const auto& [finding, length] : expected.findings) here.insert(finding.kind);
        if (here.empty()) here.insert("holds");
        for (const std::string& kind : here) ++kinds[kind];
        return EngineTest(program, expected).run();
    });
    MESSAGE(fmt::format("Programs by what is found in them: {}; by states: {}", kinds, sizes));
}

namespace {

/// Runs the stepper (with the fast evaluator) and the interpreter side by side.
class EvaluatorTest {
public:
    explicit EvaluatorTest(const Program& the_program)
        : program(the_program), layout(make_layout(program)), stepper(program, layout), interpreter(program, layout)
    {
    }

    Differences run()
    {
        const auto initial = initial_cells(program, layout);
        for (std::uint32_t i = 0; i < initial.size(); ++i) add(interpreter.initial(i), initial[i]);
        for (std::size_t i = 0; i < work.size() && differences.empty(); ++i) {
            const auto [state, cells] = work[i];
            stepper.evaluator.cells = cells;
            for (ProcessId p : ids_of(program.processes)) compare_process(state, p);
            for (const Invariant& invariant : program.invariants) compare_invariant(state, invariant);
        }
        return std::move(differences);
    }

private:
    using State = Interpreter::State;
    using End = Interpreter::Outcome::End;
    static constexpr std::size_t most_states = 400;

    const Program& program;
    Layout layout;
    Stepper stepper;
    Interpreter interpreter;
    Differences differences;
    std::vector<std::pair<State, std::vector<std::int64_t>>> work;
    std::set<State> seen;

    void add(State state, const std::vector<std::int64_t>& cells)
    {
        compare_states(state, cells);
        if (work.size() < most_states && seen.insert(state).second) work.emplace_back(std::move(state), cells);
    }

    void compare_process(const State& state, ProcessId p)
    {
        if (interpreter.is_invariant(p)) return;
        const std::string& name = program.processes[p].name;
        compare(differences, name + " runs", interpreter.running(state, p), stepper.evaluator.running(p));
        compare(differences, name + ", CPU", interpreter.own_cpu(state, p), stepper.evaluator.own_cpu(p));
        if (!interpreter.is_clock(p))
            compare(differences, name + " is settled", interpreter.settled(state, p), stepper.settled(p));
        std::vector<Interpreter::StepOutcome> expected = interpreter.steps(state, p);
        std::vector<std::pair<State, std::vector<std::int64_t>>> after;
        for (const bool record_moves : {true, false}) {  // without moves the evaluator may take a step at once
            stepper.record_moves = record_moves;
            std::size_t next = 0;
            after.clear();
            stepper.steps_of(p, [&](const StepView& view) {
                if (next == expected.size()) return differences.push_back(name + ": a step too many");
                compare_step(expected[next], view);
                if (expected[next].last.end == End::moved)
                    after.emplace_back(expected[next].state, stepper.evaluator.cells);
                ++next;
            });
            compare(differences, name + ", steps", expected.size(), next);
            for (const auto& [next_state, cells] : after) add(next_state, cells);
        }
    }

    void compare_invariant(const State& state, const Invariant& invariant)
    {
        stepper.record_moves = true;
        std::size_t next = 0;
        const auto expected = interpreter.failures(state, invariant);
        stepper.check_invariant(invariant, [&](const StepView& view) {
            if (next == expected.size()) return differences.push_back(invariant.name + ": a failure too many");
            compare_step(expected[next++], view);
        });
        compare(differences, invariant.name + ", failures", expected.size(), next);
    }

    void compare_step(const Interpreter::StepOutcome& expected, const StepView& view)
    {
        const std::string& name = program.processes[view.process].name;
        const bool same_moves = std::ranges::equal(expected.moves, view.moves, [](const Move& a, const Move& b) {
            return a.process == b.process && a.transition == b.transition && a.choice == b.choice;
        });
        if (stepper.record_moves) compare(differences, name + ", the same moves", true, same_moves);
        const auto text = [](const Trap& trap) {
            return trap.kind == nullptr ? std::string() : fmt::format("{}: {}", trap.kind, trap.message);
        };
        compare(differences, name + ", trap", text(expected.last.trap), text(view.trap));
        compare(differences, name + ", stops", expected.last.end == End::stopped, view.stopped);
        compare(differences, name + ", progress", expected.made_progress, view.made_progress);
        compare(differences, name + ", reports", expected.reports.size(), view.reports.size());
        for (std::size_t i = 0; i < std::min(expected.reports.size(), view.reports.size()); ++i) {
            const ReportEvent &a = expected.reports[i], &b = view.reports[i];
            const bool same = a.report == b.report && a.arguments == b.arguments && a.cpu == b.cpu &&
                              a.task == b.task && a.process == b.process && a.transition == b.transition;
            compare(differences, name + ", the same report", true, same);
        }
    }

    void compare_states(const State& state, const std::vector<std::int64_t>& cells)
    {
        for (std::uint32_t a = 0; a < layout.addresses.size(); ++a)
            if (layout.addresses[a].cell != Layout::no_cell)
                compare(differences, address_name(program, layout, a), state.memory[a],
                        cells[layout.addresses[a].cell]);
        for (ProcessId p : ids_of(program.processes)) {
            compare(differences, "location", state.locations[p.index].index,
                    static_cast<std::uint32_t>(cells[layout.processes[p].location_cell]));
            compare_registers(state, p, cells);
        }
        std::vector<std::uint32_t> words(layout.words);
        pack(layout, cells, words.data());
        std::vector<std::int64_t> unpacked = initial_cells(program, layout).front();
        for (std::uint32_t w = 0; w < layout.words; ++w) unpack_word(layout, w, words.data(), unpacked.data());
        compare(differences, "packed and unpacked again", true, unpacked == cells);
    }

    /// Of those that share a cell one may have a value at a time; the others are out of use.
    void compare_registers(const State& state, ProcessId p, const std::vector<std::int64_t>& cells)
    {
        std::map<std::uint32_t, std::vector<std::int64_t>> in_use;
        for (VariableId v : ids_of(program.variables)) {
            const Variable& variable = program.variables[v];
            const bool is_own = variable.storage == Storage::local && !variable.in_memory &&
                                variable.owner == program.processes[p].automaton;
            if (!is_own) continue;
            const bool is_time = std::holds_alternative<TimeType>(program.types[variable.type].kind);
            const std::int64_t value = state.registers[interpreter.register_index(p, v)];
            auto& values = in_use[layout.processes[p].local[v.index]];
            if (value != (is_time ? time_never : 0)) values.push_back(value);
        }
        for (const auto& [cell, values] : in_use) {
            if (values.size() > 1) differences.push_back(cell_name(program, layout, cell) + " is in use twice");
            const bool is_time = layout.cells[cell].kind == SlotClass::Kind::time;
            const std::int64_t otherwise = is_time ? time_never : 0;
            compare(differences, cell_name(program, layout, cell), values.empty() ? otherwise : values.front(),
                    cells[cell]);
        }
    }
};

/// What is found in a Program. `stuck_alike`: deadlocks and livelocks are not told apart.
template <typename Findings>
std::set<std::string> texts_of(const Findings& findings, bool stuck_alike)
{
    std::set<std::string> all;
    for (Finding finding : findings) {
        if (stuck_alike && is_stuck(finding.kind)) finding.kind = "being stuck";
        all.insert(text_of(finding));
    }
    return all;
}

std::vector<Finding> findings_of(const Result& result)
{
    std::vector<Finding> all;
    for (const Violation& v : result.violations) all.push_back(finding_of(v));
    return all;
}

void compare_findings(Differences& differences, const std::string& name, const std::vector<Finding>& expected,
                      const std::vector<Finding>& found, bool stuck_alike)
{
    const auto wanted = texts_of(expected, stuck_alike), got = texts_of(found, stuck_alike);
    if (wanted != got) differences.push_back(fmt::format("{}: {} expected, {} found", name, wanted, got));
}

/// What is found in a Program is found, too, after a reduction, or without one.
void compare_changed(Differences& differences, const std::string& name, const Result& expected, const Program& changed,
                     bool stuck_alike = false)
{
    verify(changed);
    const Result result = explore(changed, Order::breadth_first, true, 40000);
    if (!result.statistics.complete) return;
    compare_findings(differences, name, findings_of(expected), findings_of(result), stuck_alike);
}

}  // namespace

TEST_CASE("fast evaluator and interpreter agree on every step of reachable states")
{
    for_random_programs(400, [](const Program& unmarked) {
        const Program program = marked(unmarked);
        return EvaluatorTest(program).run();
    });
}

TEST_CASE("stubborn sets keep what is found")
{
    std::uint64_t all_states = 0, reduced_states = 0;
    for_random_programs(600, [&](const Program& unmarked) -> Differences {
        const Program program = marked(unmarked);
        const Result expected = explore(program, Order::breadth_first, true, 20000);
        if (!expected.statistics.complete) return {};
        Differences differences;
        for (Order order : {Order::breadth_first, Order::depth_first}) {
            explicit_engine::Options options;
            options.order = order;
            options.all = true;
            options.stubborn_sets = explicit_engine::Reduction::always;
            const Result result = explicit_engine::explore(program, options);
            compare(differences, "complete", true, result.statistics.complete);
            compare_findings(differences, "with stubborn sets", findings_of(expected), findings_of(result), false);
            if (result.statistics.states > expected.statistics.states)
                differences.push_back("more states than there are");
            if (order == Order::depth_first) continue;
            all_states += expected.statistics.states;
            reduced_states += result.statistics.states;
        }
        return differences;
    });
    MESSAGE(fmt::format("{} states, {} with stubborn sets", all_states, reduced_states));
}

TEST_CASE("reductions keep what is found")
{
    for_random_programs(300, [](const Program& unmarked) -> Differences {
        const Result expected = explore(marked(unmarked), Order::breadth_first, true, 20000);
        if (!expected.statistics.complete) return {};
        Differences differences;
        compare_changed(differences, "without merged steps", expected, marked(unmarked, Merge::nothing));
        Program changed = unmarked;
        reset_dead_locals(changed);
        // What a dead local holds may keep a wait from coming back to the same state, so that it is no wait.
        compare_changed(differences, "dead locals reset", expected, marked(changed), true);
        compare_changed(differences, "dead locals reset, without merged steps", expected,
                        marked(changed, Merge::nothing), true);
        changed = unmarked;
        prune_unreachable(changed);
        thread_jumps(changed);
        compare_changed(differences, "pruned", expected, marked(changed));
        changed = unmarked;
        reset_dead_locals(changed);
        find_steady(changed);
        propagate_constants(changed);
        prune_unreachable(changed);
        thread_jumps(changed);
        compare_changed(differences, "constants propagated", expected, marked(changed), true);
        naive::Options options;
        options.ignore_pass_through = true;
        const naive::Result unmerged = naive::explore(marked(unmarked), options);
        std::vector<Finding> found;
        for (const auto& [finding, length] : unmerged.findings) found.push_back(finding);
        if (unmerged.complete)
            compare_findings(differences, "naive explorer without merged steps", findings_of(expected), found, false);
        return differences;
    });
}

}  // namespace lockstep::testing
