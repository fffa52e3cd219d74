#include "symmetry/fixed_cpus.h"

#include <algorithm>

namespace lockstep::symmetry {

CpuSymmetry with_fixed(CpuSymmetry symmetry, std::span<const std::uint32_t> cpus)
{
    for (std::vector<std::uint32_t>& members : symmetry.classes)
        std::erase_if(members, [&](std::uint32_t cpu) { return std::ranges::find(cpus, cpu) != cpus.end(); });
    std::erase_if(symmetry.classes, [](const auto& members) { return members.size() < 2; });
    std::vector<bool> in_class(symmetry.blocks.size(), false);
    for (const std::vector<std::uint32_t>& members : symmetry.classes)
        for (std::uint32_t cpu : members) in_class[cpu] = true;
    for (std::uint32_t cpu = 0; cpu < symmetry.blocks.size(); ++cpu) {
        if (in_class[cpu]) continue;
        for (std::uint32_t cell : symmetry.blocks[cpu].cells)
            if (symmetry.cell_tags[cell].sort != Sort::plain) symmetry.renamed.push_back(cell);
        symmetry.blocks[cpu] = {};
    }
    return symmetry;
}

std::optional<std::uint32_t> owner_of(const CpuSymmetry& symmetry, ProcessId process)
{
    for (std::uint32_t cpu = 0; cpu < symmetry.blocks.size(); ++cpu)
        if (std::ranges::find(symmetry.blocks[cpu].processes, process) != symmetry.blocks[cpu].processes.end())
            return cpu;
    return std::nullopt;
}

}  // namespace lockstep::symmetry
