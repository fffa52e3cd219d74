#include "passes/passes.h"

#include "base/diagnostic.h"
#include "passes/find_steady.h"
#include "passes/find_undefinable.h"
#include "passes/mark_locations.h"
#include "passes/propagate_constants.h"
#include "passes/prune_unreachable.h"
#include "passes/reset_dead_locals.h"
#include "program/verifier.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace lockstep {

namespace {

// mark-locations and merge-invisible derive the same marks, the second with more locations passed through; without the
// second every transition outside LS_ATOMIC is a step.
constexpr std::array<Pass, 10> passes = {{
    {"prune-unreachable", "take out locations that no process can come to", prune_unreachable, false,
     Stage::before_boot},
    {"reset-dead-locals", "set locals to 0 where their value no longer matters", reset_dead_locals, true,
     Stage::before_boot},
    {"find-undefinable", "find what may come to hold no value", find_undefinable, false, Stage::before_boot},
    {"find-steady", "let reads of what never changes after boot join their neighbours", find_steady, true,
     Stage::before_boot},
    {"mark-for-boot", "find where boot's steps may stop",
     [](Program& program) { mark_locations(program, MergeInvisible::no); }, false, Stage::before_boot},
    {"propagate-constants", "replace what is known beforehand, and take out branches that it decides",
     propagate_constants, true, Stage::after_boot},
    {"prune-decided", "take out what decided branches led to", prune_unreachable, false, Stage::after_boot},
    {"thread-jumps", "take out jumps that do nothing", thread_jumps, true, Stage::after_boot},
    {"mark-locations", "find where steps may stop and where waits are recognised",
     [](Program& program) { mark_locations(program, MergeInvisible::no); }, false, Stage::after_boot},
    {"merge-invisible", "let a step that nobody can see join the one before it",
     [](Program& program) { mark_locations(program, MergeInvisible::yes); }, true, Stage::after_boot},
}};

bool contains(const std::vector<std::string>& names, std::string_view name)
{
    return std::ranges::find(names, name) != names.end();
}

void check_names(const std::vector<std::string>& disabled)
{
    for (const std::string& name : disabled) {
        const auto* found = std::ranges::find(passes, name, &Pass::name);
        if (found != passes.end() && found->is_reduction) continue;
        std::string known;
        for (const Pass& pass : passes)
            if (pass.is_reduction) known += fmt::format("{}{}", known.empty() ? "" : ", ", pass.name);
        reject_input(fmt::format("no reduction is called '{}'", name), "there are " + known);
    }
}

struct Size {
    std::size_t locations = 0, transitions = 0;
};

Size size_of(const Program& program)
{
    Size size;
    for (const Automaton& automaton : program.automata) {
        size.locations += automaton.locations.size();
        size.transitions += automaton.transitions.size();
    }
    return size;
}

PassReport run_pass(Program& program, const Pass& pass, Verification verification)
{
    const Size before = size_of(program);
    const auto start = std::chrono::steady_clock::now();
    pass.run(program);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    if (verification == Verification::after_each) verify(program);
    const Size after = size_of(program);
    return {pass.name, seconds.count(), before.locations, after.locations, before.transitions, after.transitions};
}

}  // namespace

std::span<const Pass> all_passes() { return passes; }

std::vector<PassReport> run_passes(Program& program, Stage stage, const PassOptions& options)
{
    check_names(options.disabled);
    verify(program);
    std::vector<PassReport> reports;
    for (const Pass& pass : passes)
        if (pass.stage == stage && !contains(options.disabled, pass.name))
            reports.push_back(run_pass(program, pass, options.verification));
    return reports;
}

std::vector<PassReport> run_passes(Program& program, const PassOptions& options)
{
    std::vector<PassReport> reports = run_passes(program, Stage::before_boot, options);
    for (const PassReport& report : run_passes(program, Stage::after_boot, options)) reports.push_back(report);
    return reports;
}

}  // namespace lockstep
