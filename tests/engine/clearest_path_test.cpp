// The clearest path is held against an enumeration of all paths of up to so many steps, layer by layer with the
// interpreter: nobody shows the same violation with fewer switches, or with as many and fewer steps.
#include "engine/environment.h"
#include "engine/random_machine.h"
#include "engine/random_program.h"

#include "explicit/clearest_path.h"
#include "explicit/explore.h"
#include "passes/mark_locations.h"
#include "passes/passes.h"
#include "program/parser.h"
#include "result/interpreter.h"
#include "result/replay.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <compare>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace lockstep::testing {

namespace {

using State = Interpreter::State;
using End = Interpreter::Outcome::End;

struct Cost {
    std::size_t switches = 0, steps = 0;
    auto operator<=>(const Cost&) const = default;
};

constexpr std::int64_t nobody = -2;

std::int64_t mover(Interpreter& interpreter, const State& state, ProcessId p, std::int64_t last)
{
    return interpreter.is_clock(p) ? last : interpreter.own_cpu(state, p);
}

Cost cost_of(const Program& program, const Path& path)
{
    const Layout layout = make_layout(program);
    Interpreter interpreter(program, layout);
    State state = interpreter.initial(path.initial_state);
    Cost cost{0, path.steps.size()};
    std::int64_t last = nobody;
    for (const Step& step : path.steps) {
        const std::int64_t now = mover(interpreter, state, step.front().process, last);
        if (last != nobody && now != last) ++cost.switches;
        last = now;
        for (const Move& move : step) interpreter.take(state, move);
    }
    return cost;
}

bool is_stuck(const Violation& v) { return v.kind == "deadlock" || v.kind == "livelock"; }

bool shows(const Program& program, const Interpreter::StepOutcome& step, const Violation& v)
{
    const auto is_there = [&](const Move& move) {
        const SourcePlace& place =
            program.automata[program.processes[move.process].automaton].transitions[move.transition].place;
        return place.line == v.line;
    };
    const auto speaks_of = [&](const ReportEvent& report) {
        if (program.processes[report.process].kind == ProcessKind::plain)
            return program.processes[report.process].name == v.task;
        return v.task.empty() || std::ranges::any_of(program.processes, [&](const Process& process) {
                   return process.kind == ProcessKind::task && process.task == report.task && process.name == v.task;
               });
    };
    for (const ReportEvent& report : step.reports)
        if (report.report->kind == v.kind && speaks_of(report) && report.cpu == v.cpu &&
            is_there({report.process, report.transition, 0}))
            return true;
    return step.last.end == End::trapped && step.last.trap.kind == v.kind &&
           program.processes[step.moves.back().process].name == v.task && is_there(step.moves.back());
}

/// The cheapest way of at most `most_steps` steps to show it (or, of who is stuck, to be in one of `ends`).
std::optional<Cost> cheapest(const Program& program, const Violation& v, const std::set<State>& ends,
                             std::size_t most_steps)
{
    const Layout layout = make_layout(program);
    Interpreter interpreter(program, layout);
    std::map<std::pair<State, std::int64_t>, std::size_t> layer;  // switches needed
    for (std::uint32_t i = 0; i < std::max<std::size_t>(program.initial_states.size(), 1); ++i)
        layer[{interpreter.initial(i), nobody}] = 0;
    std::optional<Cost> best;
    const auto found = [&](Cost cost) {
        if (!best || cost < *best) best = cost;
    };
    for (std::size_t steps = 0; steps <= most_steps; ++steps) {
        std::map<std::pair<State, std::int64_t>, std::size_t> next;
        for (const auto& [at, switches] : layer) {
            const auto& [state, last] = at;
            if (ends.contains(state)) found({switches, steps});
            if (steps == most_steps) continue;
            for (ProcessId p : ids_of(program.processes)) {
                if (interpreter.is_invariant(p) || !interpreter.running(state, p)) continue;
                const std::int64_t now = mover(interpreter, state, p, last);
                const std::size_t cost = switches + (last != nobody && now != last ? 1 : 0);
                for (const auto& step : interpreter.steps(state, p)) {
                    if (!is_stuck(v) && shows(program, step, v)) found({cost, steps + 1});
                    if (step.last.end != End::moved) continue;
                    const auto [known, is_new] = next.try_emplace({step.state, now}, cost);
                    if (!is_new) known->second = std::min(known->second, cost);
                }
            }
        }
        layer = std::move(next);
    }
    return best;
}

std::set<State> component_of(const Program& program, const Path& path)
{
    const Layout layout = make_layout(program);
    Interpreter interpreter(program, layout);
    std::vector<State> all{result::state_after(interpreter, path)};
    std::set<State> seen(all.begin(), all.end());
    for (std::size_t i = 0; i < all.size(); ++i)
        for (ProcessId p : ids_of(program.processes)) {
            if (interpreter.is_invariant(p)) continue;
            for (auto& step : interpreter.steps(State(all[i]), p))
                if (step.last.end == End::moved && seen.insert(step.state).second) all.push_back(step.state);
        }
    return seen;
}

/// How many were made clearer.
std::size_t check(const Program& program, std::size_t most_steps)
{
    explicit_engine::Options options;
    options.all = true;
    options.max_states = 5000;
    const Result result = explicit_engine::explore(program, options);
    std::vector<Violation> clear = result.violations;
    const auto improved = explicit_engine::find_clearest_paths(program, options, {.nodes = 1'000'000}, clear);
    for (std::size_t i = 0; i < clear.size(); ++i) {
        const Violation& before = result.violations[i];
        CAPTURE(before.kind);
        CAPTURE(before.task);
        CAPTURE(before.line);
        const Cost shortest = cost_of(program, before.path), found = cost_of(program, clear[i].path);
        CHECK(improved.contains(i) == (found != shortest));
        CHECK(found <= shortest);
        CHECK(clear[i].kind == before.kind);
        CHECK(clear[i].permanence == before.permanence);
        CHECK_NOTHROW(result::replay_and_describe(program, clear[i]));
        if (before.path.steps.size() > most_steps || before.kind.starts_with("invariant")) continue;
        const std::set<State> ends = is_stuck(before) ? component_of(program, before.path) : std::set<State>();
        const auto best = cheapest(program, before, ends, found.steps + found.steps / 2);
        // Permanence may rule cheaper ones out; of who is stuck, another end with the same name may be cheaper still.
        if (!best || before.permanence == Permanence::transient || before.permanence == Permanence::undecided) continue;
        if (is_stuck(before)) {
            CHECK(found <= *best);
        } else {
            CHECK(fmt::format("{} {}", found.switches, found.steps) ==
                  fmt::format("{} {}", best->switches, best->steps));
        }
    }
    return improved.size();
}

}  // namespace

TEST_CASE("no path to the same violation alternates less between processes")
{
    const std::uint64_t first = number_from_environment("LOCKSTEP_RANDOM_SEED", 1);
    const std::uint64_t last = first + number_from_environment("LOCKSTEP_RANDOM_PROGRAMS", 400);
    std::size_t improved = 0;
    for (std::uint64_t seed = first; seed < last; ++seed) {
        CAPTURE(seed);
        Program program = random_program(seed);
        mark_locations(program);
        improved += check(program, 8);
    }
    if (last - first >= 100) CHECK(improved > 5 * (last - first) / 400);  // few Programs may have none
}

TEST_CASE("the same on the machine, with interrupts and time")
{
    const std::uint64_t first = number_from_environment("LOCKSTEP_RANDOM_SEED", 1);
    const std::uint64_t last = first + number_from_environment("LOCKSTEP_RANDOM_PROGRAMS", 150);
    std::size_t improved = 0;
    for (std::uint64_t seed = first; seed < last; ++seed) {
        CAPTURE(seed);
        Program program = random_machine(seed);
        run_passes(program, Stage::after_boot, {});
        improved += check(program, 6);
    }
    CHECK(improved > (last - first) / 100);
}

TEST_CASE("steps that do not matter to each other are gathered by process where searching is not possible")
{
    Program program = parse(R"(
var a: u8
var b: u8
automaton A {
    location l0, l1, l2, l3, end finished
    l0 -> l1 { a := a + 1 }
    l1 -> l2 { a := a + 1 }
    l2 -> l3 { a := a + 1 }
    l3 -> end when b == 3 { report "error" "so" stops }
}
automaton B {
    location l0, l1, l2, l3, end finished
    l0 -> l1 { b := b + 1 }
    l1 -> l2 { b := b + 1 }
    l2 -> l3 { b := b + 1 }
    l3 -> end { }
}
process p: A
process q: B
)",
                            "gather.ls");
    mark_locations(program, Merge::nothing);
    std::vector<Violation> violations = explicit_engine::explore(program, {}).violations;
    REQUIRE(violations.size() == 1);
    // Alternating as much as can be.
    const auto step = [](std::uint32_t process, std::uint32_t transition) {
        return Step{{ProcessId(process), TransitionId(transition), 0}};
    };
    violations[0].path.steps = {step(0, 0), step(1, 0), step(0, 1), step(1, 1), step(0, 2), step(1, 2), step(0, 3)};
    CHECK(cost_of(program, violations[0].path) == Cost{6, 7});
    CHECK(explicit_engine::find_clearest_paths(program, {}, {.nodes = 0}, violations).contains(0));
    CHECK(cost_of(program, violations[0].path) <= Cost{2, 7});
    CHECK_NOTHROW(result::replay_and_describe(program, violations[0]));
    CHECK(explicit_engine::find_clearest_paths(program, {}, {.nodes = 1000}, violations).contains(0));
    CHECK(cost_of(program, violations[0].path) == Cost{1, 7});
}

}  // namespace lockstep::testing
