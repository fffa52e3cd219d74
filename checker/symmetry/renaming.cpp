#include "symmetry/renaming.h"

namespace lockstep::symmetry {

Permutation permutation_of(const Program& program, const Layout& layout, const CpuSymmetry& symmetry,
                           const std::vector<std::uint32_t>& cpus)
{
    Permutation p = identity(program, layout);
    p.cpus = cpus;
    for (std::uint32_t cpu = 0; cpu < cpus.size(); ++cpu) {
        const Block& from = symmetry.blocks[cpu];
        const Block& to = symmetry.blocks[cpus[cpu]];
        for (std::size_t i = 0; i < from.addresses.size(); ++i) p.addresses[from.addresses[i]] = to.addresses[i];
        for (std::size_t i = 0; i < from.cells.size(); ++i) p.cells[from.cells[i]] = to.cells[i];
        for (std::size_t i = 0; i < from.processes.size(); ++i) p.processes[from.processes[i].index] = to.processes[i];
        for (std::size_t i = 0; i < from.tasks.size(); ++i)
            p.tasks[static_cast<std::size_t>(from.tasks[i])] = to.tasks[i];
    }
    return p;
}

std::vector<std::int64_t> rename(const Program& program, const Layout& layout, const CpuSymmetry& symmetry,
                                 const Permutation& permutation, std::span<const std::int64_t> cells)
{
    std::vector<std::int64_t> after(cells.size());
    for (std::uint32_t cell = 0; cell < cells.size(); ++cell)
        after[permutation.cells[cell]] = layout.cells[cell].kind == SlotClass::Kind::pointer
                                             ? permutation.address(cells[cell])
                                             : permutation.value(symmetry.cell_tags[cell], cells[cell]);
    for (ProcessId p : ids_of(program.processes)) {
        const Layout::ProcessLayout& process = layout.processes[p];
        const auto location = static_cast<std::size_t>(cells[process.location_cell]);
        for (const RegisterSort& held : symmetry.registers[program.processes[p].automaton][location]) {
            const std::uint32_t cell = process.local[held.variable.index];
            after[permutation.cells[cell]] = permutation.value(held.tag, cells[cell]);
        }
    }
    return after;
}

}  // namespace lockstep::symmetry
