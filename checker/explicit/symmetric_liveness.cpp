#include "explicit/symmetric_liveness.h"

#include "symmetry/fixed_cpus.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace lockstep::explicit_engine {

namespace {

constexpr std::size_t states_beyond = 1000;  // where an order was not unique, there may be some more

}  // namespace

StateSpace& SymmetricLiveness::space_of(std::uint32_t cpu)
{
    Tracked& found = tracked[cpu];
    if (found.space == nullptr) {
        found.symmetry = symmetry::with_fixed(*options.symmetry, {{cpu}});
        found.space = std::make_unique<StateSpace>(stepper, &found.symmetry);
    }
    return *found.space;
}

/// All that can be reached, the given state first; nothing if these are more than `most`.
std::optional<std::vector<std::uint32_t>> SymmetricLiveness::component_of(StateSpace& space,
                                                                          const std::vector<std::int64_t>& cells,
                                                                          std::size_t most)
{
    std::vector<std::uint32_t> states{space.insert(cells).state};
    std::unordered_set<std::uint32_t> known{states.front()};
    for (std::size_t i = 0; i < states.size(); ++i) {
        if (states.size() > most || (options.interrupted != nullptr && *options.interrupted)) return std::nullopt;
        if (i % 1024 == 1023 && std::chrono::steady_clock::now() > options.deadline) return std::nullopt;
        space.load(states[i]);
        space.steps_of(space.movers(), [&](const StepView& view) {
            if (view.trap.kind != nullptr || view.stopped) return;
            const std::uint32_t next = space.insert_successor(view).state;
            if (known.insert(next).second) states.push_back(next);
        });
    }
    return states;
}

SymmetricLiveness::Judgement SymmetricLiveness::judge(const std::vector<std::int64_t>& cells,
                                                      const std::vector<std::uint32_t>& alike, std::size_t size)
{
    std::vector<ProcessId> shared;
    std::vector<bool> is_shared(program.processes.size(), true);
    for (const symmetry::Block& block : options.symmetry->blocks)
        for (ProcessId p : block.processes) is_shared[p.index] = false;
    for (ProcessId p : ids_of(program.processes))
        if (is_shared[p.index]) shared.push_back(p);

    std::vector<ProcessId> stuck;
    bool is_deadlock = true, is_first = true;
    std::uint32_t first_slot = 0;
    for (const auto& members : options.symmetry->classes) {
        for (std::uint32_t member = 0; member < members.size(); ++member) {
            const std::uint32_t cpu = members[member], slot = first_slot + member;
            if (alike[slot] != slot) continue;
            StateSpace& space = space_of(cpu);
            const auto component = component_of(space, cells, members.size() * size * 2 + states_beyond);
            if (!component) return {std::nullopt, true};
            std::vector<ProcessId> judged = options.symmetry->blocks[cpu].processes;
            if (std::exchange(is_first, false)) judged.insert(judged.end(), shared.begin(), shared.end());
            const Fates fates = fates_in(program, space, StateList(*component), judged);
            if (fates.leaves) return {};
            is_deadlock = is_deadlock && fates.is_deadlock;
            for (ProcessId p : fates.stuck) {
                stuck.push_back(p);
                const auto& block = options.symmetry->blocks[cpu].processes;
                const auto at = std::ranges::find(block, p) - block.begin();
                if (is_shared[p.index]) continue;
                for (std::uint32_t other = member + 1; other < members.size(); ++other)
                    if (alike[first_slot + other] == slot)
                        stuck.push_back(
                            options.symmetry->blocks[members[other]].processes[static_cast<std::size_t>(at)]);
            }
        }
        first_slot += static_cast<std::uint32_t>(members.size());
    }
    if (stuck.empty()) return {};
    Stepper there(stepper);
    there.evaluator.cells = cells;
    return {describe_stuck(program, there, std::move(stuck), is_deadlock), false};
}

}  // namespace lockstep::explicit_engine
