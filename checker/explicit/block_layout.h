// Interchangeable CPUs' blocks (symmetry/cpu_symmetry.h) as the store of canonical states sees them.
//
//   slot    a place for a block: the CPUs of the first class in ascending order, then those of the second ...
//   index   of a cell within its block (and of an address, a task, a process); corresponding ones have the same in all
//           blocks of a class
//   shared  whatever belongs to no block
//
// A value *names* a slot if it is the number of the slot's CPU, one of its tasks or processes, or an address in its
// block; a set of CPUs names those of a class if it has some, but not all of them.
//
// What a block holds is stored in *relative* form, in which it does not matter which slot it is in: as if it and the
// first slot of its class had changed places. So a value that names the own slot becomes one that names the first.
#pragma once

#include "symmetry/cpu_symmetry.h"

#include <bit>
#include <cstdint>
#include <vector>

namespace lockstep::explicit_engine {

/// What a cell holds, as far as renaming is concerned.
struct CellKind {
    symmetry::Tag tag;
    bool is_pointer = false;
    [[nodiscard]] bool is_plain() const { return !is_pointer && tag.sort == symmetry::Sort::plain; }
};

class BlockLayout {
public:
    static constexpr std::uint32_t no_slot = UINT32_MAX;

    BlockLayout(const Program& program, const Layout& layout, const symmetry::CpuSymmetry& symmetry);

    struct Place {
        std::uint32_t slot = no_slot;
        std::uint32_t index = 0;
    };
    /// A register that holds something to be renamed where its process stands at a certain location.
    struct HeldRegister {
        std::uint32_t cell;  // of a block's process: its index
        CellKind kind;
    };
    /// A process with such registers.
    struct Holder {
        std::uint32_t location;                       // cell or index
        std::vector<std::uint32_t> registers;         // all of them
        std::vector<std::vector<HeldRegister>> held;  // by location
    };
    struct Class {
        std::uint32_t first, end;           // its slots
        Layout packing;                     // of a block: cell i is the block's i-th
        std::vector<std::uint32_t> stored;  // indices of the cells that are
        std::vector<CellKind> kinds;        // by index
        std::vector<std::uint32_t> named;   // indices of stored cells that are not plain
        std::vector<Holder> holders;
        std::vector<bool> is_held;  // by index: a holder's location, or one of its registers
    };

    std::vector<Class> classes;
    std::vector<std::uint32_t> class_of;            // by slot
    std::vector<std::vector<std::uint32_t>> cells;  // by slot and index
    std::vector<std::vector<ProcessId>> processes;  // by slot
    std::vector<ProcessId> shared_processes;
    std::vector<Place> place;  // by cell; no_slot: shared
    Layout shared;             // packing of the shared cells, which keep their numbers
    std::vector<std::pair<std::uint32_t, CellKind>> shared_names;  // shared cells that may name somebody, but registers
    std::vector<Holder> shared_holders;
    std::vector<bool> may_matter_to_names;  // by cell: one of these, or a holder's
    [[nodiscard]] std::uint32_t slots() const { return static_cast<std::uint32_t>(class_of.size()); }
    [[nodiscard]] const Class& class_at(std::uint32_t slot) const { return classes[class_of[slot]]; }

    /// visit(slot, index) for what a value names.
    template <typename Visit>
    void for_each_name(CellKind kind, std::int64_t value, Visit visit) const
    {
        if (kind.tag.sort == symmetry::Sort::mask) return for_each_in_mask(value, visit);
        if (const Place named = place_of(kind, value); named.slot != no_slot) visit(named.slot, named.index);
    }

    /// Whether a value in a slot names another one. (A set that has all others, or none, does not.)
    [[nodiscard]] bool names_others(CellKind kind, std::int64_t value, std::uint32_t own_slot) const
    {
        if (kind.tag.sort == symmetry::Sort::mask) return mask_names_others(value, own_slot);
        const Place named = place_of(kind, value);
        return named.slot != no_slot && named.slot != own_slot;
    }

    /// The value when what is in slot s has moved to slot map(s).
    template <typename Map>
    [[nodiscard]] std::int64_t renamed(CellKind kind, std::int64_t value, Map map) const
    {
        if (kind.tag.sort == symmetry::Sort::mask) return renamed_mask(value, map);
        const Place named = place_of(kind, value);
        return named.slot == no_slot ? value : value_at(kind, map(named.slot), named.index);
    }

    /// To relative form and back.
    [[nodiscard]] std::int64_t relative(CellKind kind, std::int64_t value, std::uint32_t slot) const
    {
        const std::uint32_t first = class_at(slot).first;
        return renamed(kind, value, [&](std::uint32_t s) { return s == slot ? first : s == first ? slot : s; });
    }

private:
    std::vector<Place> address_place, task_place, process_place, cpu_place;
    std::vector<std::vector<std::uint32_t>> addresses;  // by slot and index
    std::vector<std::vector<std::int64_t>> tasks;
    std::vector<std::uint32_t> cpus;  // by slot

    void add_class(const Program& program, const Layout& layout, const symmetry::CpuSymmetry& symmetry,
                   const std::vector<std::uint32_t>& members);
    void add_shared(const Program& program, const Layout& layout, const symmetry::CpuSymmetry& symmetry);

    [[nodiscard]] Place place_of(CellKind kind, std::int64_t value) const
    {
        const auto at = [](const std::vector<Place>& places, std::int64_t number) {
            return number >= 0 && number < static_cast<std::int64_t>(places.size())
                       ? places[static_cast<std::size_t>(number)]
                       : Place{};
        };
        if (kind.is_pointer) return at(address_place, value);
        if (value == undefined_value || value == dead_value) return {};
        switch (kind.tag.sort) {
            case symmetry::Sort::cpu:
                return at(cpu_place, value - kind.tag.offset);
            case symmetry::Sort::task:
                return at(task_place, value - kind.tag.offset);
            case symmetry::Sort::process:
                return at(process_place, value - kind.tag.offset);
            default:
                return {};
        }
    }

    [[nodiscard]] std::int64_t value_at(CellKind kind, std::uint32_t slot, std::uint32_t index) const
    {
        if (kind.is_pointer) return addresses[slot][index];
        switch (kind.tag.sort) {
            case symmetry::Sort::cpu:
                return cpus[slot] + kind.tag.offset;
            case symmetry::Sort::task:
                return tasks[slot][index] + kind.tag.offset;
            default:
                return processes[slot][index].index + kind.tag.offset;
        }
    }

    [[nodiscard]] bool has_bit(std::int64_t mask, std::uint32_t slot) const
    {
        return cpus[slot] < 64 && (static_cast<std::uint64_t>(mask) >> cpus[slot] & 1) != 0;
    }

    template <typename Visit>
    void for_each_in_mask(std::int64_t mask, Visit visit) const
    {
        if (mask == undefined_value || mask == dead_value) return;
        for (const Class& c : classes) {
            std::uint32_t count = 0;
            for (std::uint32_t slot = c.first; slot < c.end; ++slot) count += has_bit(mask, slot) ? 1 : 0;
            if (count == 0 || count == c.end - c.first) continue;
            for (std::uint32_t slot = c.first; slot < c.end; ++slot)
                if (has_bit(mask, slot)) visit(slot, 0U);
        }
    }

    [[nodiscard]] bool mask_names_others(std::int64_t mask, std::uint32_t own_slot) const
    {
        if (mask == undefined_value || mask == dead_value) return false;
        for (const Class& c : classes) {
            bool any = false, all = true;
            for (std::uint32_t slot = c.first; slot < c.end; ++slot) {
                if (slot == own_slot) continue;
                (has_bit(mask, slot) ? any : all) = has_bit(mask, slot);
            }
            if (any && !all) return true;
        }
        return false;
    }

    template <typename Map>
    [[nodiscard]] std::int64_t renamed_mask(std::int64_t mask, Map map) const
    {
        if (mask == undefined_value || mask == dead_value) return mask;
        auto result = static_cast<std::uint64_t>(mask);
        for (std::uint32_t slot = 0; slot < slots(); ++slot) {
            const std::uint32_t cpu = cpus[map(slot)];
            if (cpu >= 64) continue;
            const std::uint64_t bit = std::uint64_t{1} << cpu;
            result = has_bit(mask, slot) ? result | bit : result & ~bit;
        }
        return static_cast<std::int64_t>(result);
    }
};

}  // namespace lockstep::explicit_engine
