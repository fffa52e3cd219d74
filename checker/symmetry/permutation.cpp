#include "symmetry/permutation.h"

#include <algorithm>
#include <numeric>

namespace lockstep::symmetry {

Permutation identity(const Program& program, const Layout& layout)
{
    Permutation p;
    p.cpus.resize(program.cpus);
    p.addresses.resize(layout.addresses.size());
    p.cells.resize(layout.cells.size());
    for (auto* map : {&p.cpus, &p.addresses, &p.cells}) std::iota(map->begin(), map->end(), 0U);
    std::int64_t last_task = -1;
    for (ProcessId process : ids_of(program.processes)) {
        p.processes.push_back(process);
        last_task = std::max(last_task, program.processes[process].task);
    }
    p.tasks.resize(static_cast<std::size_t>(last_task + 1));
    std::iota(p.tasks.begin(), p.tasks.end(), 0);
    return p;
}

std::int64_t Permutation::address(std::int64_t value) const
{
    if (value <= 0 || value >= static_cast<std::int64_t>(addresses.size())) return value;
    return addresses[static_cast<std::size_t>(value)];
}

std::int64_t Permutation::value(Tag tag, std::int64_t value) const
{
    if (value == undefined_value || value == dead_value) return value;
    const std::int64_t number = value - tag.offset;
    const auto at = static_cast<std::size_t>(number);  // a negative number is beyond every end
    switch (tag.sort) {
        case Sort::plain:
            return value;
        case Sort::cpu:
            return at < cpus.size() ? cpus[at] + tag.offset : value;
        case Sort::task:
            return at < tasks.size() ? tasks[at] + tag.offset : value;
        case Sort::process:
            return at < processes.size() ? processes[at].index + tag.offset : value;
        case Sort::mask:
            break;
    }
    const auto mask = static_cast<std::uint64_t>(value);
    std::uint64_t renamed = mask;
    for (std::uint32_t cpu = 0; cpu < cpus.size() && cpu < 64; ++cpu) {
        const std::uint64_t bit = std::uint64_t{1} << cpus[cpu];
        renamed = (mask >> cpu & 1) != 0 ? renamed | bit : renamed & ~bit;
    }
    return static_cast<std::int64_t>(renamed);
}

}  // namespace lockstep::symmetry
