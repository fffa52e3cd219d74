#include "passes/passes.h"

#include "base/diagnostic.h"
#include "passes/find_steady.h"
#include "passes/find_unaliased.h"
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

bool contains(const std::vector<std::string>& names, std::string_view name)
{
    return std::ranges::find(names, name) != names.end();
}

Merge merges_of(const PassOptions& options)
{
    if (contains(options.disabled, "merge-invisible")) return Merge::nothing;
    return contains(options.disabled, "merge-private") ? Merge::invisible : Merge::private_accesses;
}

template <void (*pass)(Program&)>
constexpr auto plain = [](Program& program, const PassOptions&) { pass(program); };

constexpr std::array<Pass, 12> passes = {{
    {"prune-unreachable", "take out locations that no process can come to", plain<prune_unreachable>, false,
     Stage::before_boot},
    {"reset-dead-locals", "set locals to 0 where their value no longer matters", plain<reset_dead_locals>, true,
     Stage::before_boot},
    {"find-undefinable", "find what may come to hold no value", plain<find_undefinable>, false, Stage::before_boot},
    {"find-unaliased", "find what no pointer points into", plain<find_unaliased>, false, Stage::before_boot},
    {"find-steady", "let reads of what never changes after boot join their neighbours", plain<find_steady>, true,
     Stage::before_boot},
    {"mark-for-boot", "find where boot's steps may stop",
     [](Program& program, const PassOptions&) { mark_locations(program, Merge::nothing); }, false, Stage::before_boot},
    {"propagate-constants", "replace what is known beforehand, and take out branches that it decides",
     plain<propagate_constants>, true, Stage::after_boot},
    {"prune-decided", "take out what decided branches led to", plain<prune_unreachable>, false, Stage::after_boot},
    {"thread-jumps", "take out jumps that do nothing", plain<thread_jumps>, true, Stage::after_boot},
    {"mark-locations", "find where steps may stop and where waits are recognised",
     [](Program& program, const PassOptions& options) { mark_locations(program, merges_of(options)); }, false,
     Stage::after_boot},
    {"merge-invisible", "let a step that nobody can see join the one before it", nullptr, true, Stage::after_boot},
    {"merge-private",
     "let an access of what nobody else can reach at that moment join the step before it (with merge-invisible only)",
     nullptr, true, Stage::after_boot},
}};

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

PassReport run_pass(Program& program, const Pass& pass, const PassOptions& options)
{
    const Size before = size_of(program);
    const auto start = std::chrono::steady_clock::now();
    pass.run(program, options);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    if (options.verification == Verification::after_each) verify(program);
    const Size after = size_of(program);
    return {pass.name, seconds.count(), before.locations, after.locations, before.transitions, after.transitions};
}

}  // namespace

std::span<const Pass> all_passes() { return passes; }

std::vector<PassReport> run_passes(Program& program, Stage stage, const PassOptions& options)
{
    check_names(options.disabled);
    if (stage == Stage::before_boot || options.verification == Verification::after_each) verify(program);
    std::vector<PassReport> reports;
    for (const Pass& pass : passes)
        if (pass.stage == stage && pass.run != nullptr && !contains(options.disabled, pass.name))
            reports.push_back(run_pass(program, pass, options));
    return reports;
}

std::vector<PassReport> run_passes(Program& program, const PassOptions& options)
{
    std::vector<PassReport> reports = run_passes(program, Stage::before_boot, options);
    for (const PassReport& report : run_passes(program, Stage::after_boot, options)) reports.push_back(report);
    return reports;
}

}  // namespace lockstep
