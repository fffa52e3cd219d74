// Random Programs on the machine, explored with steps merged and not.
//
// Merging leaves states out, those in which somebody stands at a location that is passed through, and no others: what
// is reached with merged steps is what is reached without them and stands at stopping locations. That is compared state
// by state, and then what is found. (What is invisible may join a step although the CPU has been handed on; so that is
// not compared by states, but by what is found only.)
#include "engine/environment.h"
#include "engine/naive_explorer.h"
#include "engine/random_machine.h"
#include "engine/random_program.h"

#include "explicit/explore.h"
#include "passes/mark_locations.h"
#include "passes/passes.h"
#include "program/printer.h"
#include "program/verifier.h"
#include "semantics/stepper.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <string>
#include <vector>

namespace lockstep::testing {

namespace {

using Cells = std::vector<std::int64_t>;

/// Every reachable state; empty if there are too many.
std::set<Cells> reachable(const Program& program, const Layout& layout, std::size_t limit)
{
    Stepper stepper(program, layout);
    std::set<Cells> seen;
    std::vector<Cells> work;
    for (Cells& cells : initial_cells(program, layout))
        if (seen.insert(cells).second) work.push_back(std::move(cells));
    while (!work.empty()) {
        if (seen.size() > limit) return {};
        stepper.evaluator.cells = std::move(work.back());
        work.pop_back();
        stepper.all_steps([&](const StepView& view) {
            if (view.trap.kind != nullptr || view.stopped) return;
            if (seen.insert(stepper.evaluator.cells).second) work.push_back(stepper.evaluator.cells);
        });
    }
    return seen;
}

bool stands_still(const Program& program, const Layout& layout, const Cells& cells)
{
    for (ProcessId p : ids_of(program.processes)) {
        const auto at = LocationId(static_cast<std::uint32_t>(cells[layout.processes[p].location_cell]));
        if (program.automata[program.processes[p].automaton].locations[at].is_pass_through) return false;
    }
    return true;
}

std::set<std::string> findings(const Program& program)
{
    explicit_engine::Options options;
    options.all = true;
    std::set<std::string> found;
    for (const Violation& v : explicit_engine::explore(program, options).violations) {
        const bool is_stuck = v.kind == "deadlock" || v.kind == "livelock";
        found.insert(fmt::format("{} of {} at line {}", v.kind, v.task, is_stuck ? 0 : v.line));
    }
    return found;
}

}  // namespace

TEST_CASE("merged steps of the machine lead to the same states, but for those that are passed through")
{
    const std::uint64_t first = number_from_environment("LOCKSTEP_RANDOM_SEED", 1);
    const std::uint64_t last = first + number_from_environment("LOCKSTEP_RANDOM_PROGRAMS", 300);
    std::size_t compared = 0, states_before = 0, states_after = 0, failed = 0;
    for (std::uint64_t seed = first; seed < last; ++seed) {
        CAPTURE(seed);
        const Program unmerged = random_machine(seed);
        REQUIRE_NOTHROW(verify(unmerged));
        Program program = unmerged;
        mark_locations(program, Merge::invisible);
        Program merged = program;
        mark_locations(merged, Merge::private_accesses);
        const Layout layout = make_layout(program);
        const std::set<Cells> all = reachable(program, layout, 20000);
        if (all.empty()) continue;
        const std::set<Cells> after = reachable(merged, layout, 20000);
        std::set<Cells> expected;
        for (const Cells& cells : all)
            if (stands_still(merged, layout, cells)) expected.insert(cells);
        ++compared;
        states_before += all.size();
        states_after += after.size();
        const bool is_same = expected == after && findings(unmerged) == findings(merged);
        if (!is_same) std::ofstream(fmt::format("lockstep-machine-{}.ls", seed)) << print(merged);
        CHECK_MESSAGE(expected == after, fmt::format("{} states expected, {} reached", expected.size(), after.size()));
        CHECK(findings(unmerged) == findings(program));
        CHECK(findings(unmerged) == findings(merged));
        if (!is_same && ++failed > 5) break;
    }
    MESSAGE(fmt::format("{} Programs; {} states, {} of them after merging", compared, states_before, states_after));
    CHECK(states_after < states_before);
}

}  // namespace lockstep::testing
