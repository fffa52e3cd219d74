#include "explicit/block_layout.h"

#include <algorithm>

namespace lockstep::explicit_engine {

namespace {

using symmetry::CpuSymmetry;
using symmetry::Sort;

CellKind kind_of(const Layout& layout, const CpuSymmetry& symmetry, std::uint32_t cell)
{
    return {symmetry.cell_tags[cell], layout.cells[cell].kind == SlotClass::Kind::pointer};
}

/// `name_of` gives a cell its number in the holder.
template <typename NameOf>
BlockLayout::Holder make_holder(const Program& program, const Layout& layout, const CpuSymmetry& symmetry, ProcessId p,
                                NameOf name_of)
{
    BlockLayout::Holder holder;
    holder.location = name_of(layout.processes[p].location_cell);
    for (const auto& at_location : symmetry.registers[program.processes[p].automaton]) {
        std::vector<BlockLayout::HeldRegister>& held = holder.held.emplace_back();
        for (const symmetry::RegisterSort& held_here : at_location) {
            const std::uint32_t cell = layout.processes[p].local[held_here.variable.index];
            if (cell == Layout::no_cell || layout.cells[cell].word == Layout::no_word) continue;
            held.push_back({name_of(cell), {held_here.tag, false}});
            holder.registers.push_back(held.back().cell);
        }
    }
    std::ranges::sort(holder.registers);
    const auto rest = std::ranges::unique(holder.registers);
    holder.registers.erase(rest.begin(), rest.end());
    return holder;
}

}  // namespace

BlockLayout::BlockLayout(const Program& program, const Layout& layout, const CpuSymmetry& symmetry)
    : place(layout.cells.size()),
      may_matter_to_names(layout.cells.size(), false),
      address_place(layout.addresses.size()),
      process_place(program.processes.size()),
      cpu_place(program.cpus)
{
    std::int64_t tasks_end = 0;
    for (const Process& process : program.processes) tasks_end = std::max(tasks_end, process.task + 1);
    task_place.resize(static_cast<std::size_t>(tasks_end));
    for (const auto& members : symmetry.classes) add_class(program, layout, symmetry, members);
    add_shared(program, layout, symmetry);
}

void BlockLayout::add_class(const Program& program, const Layout& layout, const CpuSymmetry& symmetry,
                            const std::vector<std::uint32_t>& members)
{
    Class& added = classes.emplace_back();
    added.first = slots();
    for (std::uint32_t cpu : members) {
        const symmetry::Block& block = symmetry.blocks[cpu];
        const std::uint32_t slot = slots();
        const auto note = [slot](std::vector<Place>& places, const auto& numbers, auto number_of) {
            for (std::uint32_t i = 0; i < numbers.size(); ++i)
                places[static_cast<std::size_t>(number_of(numbers[i]))] = {slot, i};
        };
        note(place, block.cells, [](auto n) { return n; });
        note(address_place, block.addresses, [](auto n) { return n; });
        note(task_place, block.tasks, [](auto n) { return n; });
        note(process_place, block.processes, [](ProcessId p) { return p.index; });
        cpu_place[cpu] = {slot, 0};
        class_of.push_back(static_cast<std::uint32_t>(classes.size() - 1));
        cells.push_back(block.cells);
        processes.push_back(block.processes);
        addresses.push_back(block.addresses);
        tasks.push_back(block.tasks);
        cpus.push_back(cpu);
    }
    added.end = slots();

    // A cell is stored if it is in any of the blocks.
    std::vector<Layout::Cell> kept;
    for (std::uint32_t i = 0; i < cells[added.first].size(); ++i) {
        kept.push_back(layout.cells[cells[added.first][i]]);
        added.kinds.push_back(kind_of(layout, symmetry, cells[added.first][i]));
        for (std::uint32_t slot = added.first; slot < added.end; ++slot) {
            kept.back().has_mark |= layout.cells[cells[slot][i]].has_mark;
            if (layout.cells[cells[slot][i]].word == Layout::no_word) continue;
            if (added.stored.empty() || added.stored.back() != i) added.stored.push_back(i);
        }
    }
    std::ranges::copy_if(added.stored, std::back_inserter(added.named),
                         [&](std::uint32_t i) { return !added.kinds[i].is_plain(); });
    added.packing = make_packing(std::move(kept), {added.stored});
    added.is_held.resize(cells[added.first].size(), false);
    for (ProcessId p : processes[added.first]) {
        Holder holder =
            make_holder(program, layout, symmetry, p, [&](std::uint32_t cell) { return place[cell].index; });
        if (holder.registers.empty()) continue;
        added.is_held[holder.location] = true;
        for (std::uint32_t index : holder.registers) added.is_held[index] = true;
        added.holders.push_back(std::move(holder));
    }
}

void BlockLayout::add_shared(const Program& program, const Layout& layout, const CpuSymmetry& symmetry)
{
    // In the order of the layout's words, in which what changes together lies together.
    std::vector<std::uint32_t> stored;
    for (std::uint32_t cell = 0; cell < layout.cells.size(); ++cell)
        if (place[cell].slot == no_slot && layout.cells[cell].word != Layout::no_word) stored.push_back(cell);
    for (std::uint32_t cell : stored) {
        const CellKind kind = kind_of(layout, symmetry, cell);
        if (kind.is_plain()) continue;
        shared_names.emplace_back(cell, kind);
        may_matter_to_names[cell] = true;
    }
    std::ranges::stable_sort(stored, {}, [&](std::uint32_t cell) { return layout.cells[cell].word; });
    shared = make_packing(layout.cells, {stored});
    for (ProcessId p : ids_of(program.processes)) {
        if (process_place[p.index].slot != no_slot) continue;
        shared_processes.push_back(p);
        Holder holder = make_holder(program, layout, symmetry, p, [](std::uint32_t cell) { return cell; });
        if (holder.registers.empty()) continue;
        may_matter_to_names[holder.location] = true;
        for (std::uint32_t cell : holder.registers) may_matter_to_names[cell] = true;
        shared_holders.push_back(std::move(holder));
    }
}

}  // namespace lockstep::explicit_engine
