#include "semantics/evaluator.h"

#include "semantics/code.h"

#include <array>

namespace lockstep {

using namespace traps;

namespace {

constexpr std::size_t writes_at_first = std::size_t{1} << 14;

}  // namespace

Evaluator::Evaluator(const Program& the_program, const Layout& the_layout)
    : Evaluator(the_program, the_layout, std::make_shared<const Code>(compile_program(the_program, the_layout)), {})
{
}

Evaluator::Evaluator(const Program& the_program, const Layout& the_layout, std::shared_ptr<const Code> the_code,
                     std::shared_ptr<NativeCode> the_native)
    : program(the_program), layout(the_layout), code(std::move(the_code)), native(std::move(the_native))
{
    cells.resize(layout.cells.size());
    read_mark.resize(layout.cells.size());
    reads.reserve(layout.cells.size());
    writes.reserve(writes_at_first);
}

Evaluator::~Evaluator() = default;

Evaluator Evaluator::sibling() const { return Evaluator(program, layout, code, native); }

bool Evaluator::running(ProcessId p)
{
    trap = {};
    const std::uint32_t entry = code->running[p];
    return entry == 0 || (run(entry, p, {}) != 0 && trap.kind == nullptr);
}

std::int64_t Evaluator::own_cpu(ProcessId p)
{
    trap = {};
    const std::uint32_t entry = code->own_cpu[p];
    if (entry == 0) return p.index;
    const std::int64_t cpu = run(entry, p, {});
    return trap.kind == nullptr ? cpu : -1;
}

bool Evaluator::enabled(ProcessId p, TransitionId t)
{
    trap = {};
    const std::uint32_t entry = code->transitions[p][t.index].guard;
    if (entry == 0) return true;
    const std::int64_t value = run(entry, p, t);
    return trap.kind == nullptr && value != 0;
}

bool Evaluator::choice_bounds(ProcessId p, TransitionId t, std::int64_t& low, std::int64_t& high)
{
    trap = {};
    const Code::Entry& entry = code->transitions[p][t.index];
    low = run(entry.low, p, t);
    if (trap.kind == nullptr) high = run(entry.high, p, t);
    return trap.kind == nullptr;
}

void Evaluator::set_choice(ProcessId p, TransitionId t, std::int64_t value)
{
    const Code::Entry& entry = code->transitions[p][t.index];
    write(entry.choice_cell, wrap(value, program.types[program.variables[entry.choice_variable].type]));
}

Evaluator::Stepped Evaluator::step(ProcessId p, TransitionId t)
{
    const std::uint32_t entry = code->transitions[p][t.index].step;
    if (entry == 0) return Stepped::needs_detail;
    trap = {};
    const std::int64_t result = run(entry, p, t);
    if (trap.kind != nullptr) return Stepped::needs_detail;
    switch (result) {
        case step_done:
            return Stepped::done;
        case step_disabled:
            return Stepped::disabled;
        case step_pruned:
            return Stepped::pruned;
        case step_not_happened:
            return Stepped::not_happened;
        default:
            return Stepped::needs_detail;
    }
}

Evaluator::Applied Evaluator::apply(ProcessId p, TransitionId t)
{
    trap = {};
    const std::uint32_t entry = code->transitions[p][t.index].effect;
    if (entry == 0) return Applied::done;
    const std::int64_t result = run(entry, p, t);
    if (trap.kind != nullptr) return Applied::trapped;
    return result == effect_done ? Applied::done : result == effect_pruned ? Applied::pruned : Applied::stopped;
}

// ---- What takes long -----------------------------------------------------------------------------------------------

Trap Evaluator::bad_address(std::int64_t address) const
{
    if (address == 0) return null_pointer;
    if (address < 0 || static_cast<std::size_t>(address) >= code->slots.size()) return wild_pointer;
    return layout.addresses[static_cast<std::size_t>(address)].array == Layout::no_cell ? wild_pointer : out_of_bounds;
}

bool Evaluator::copy_slots(std::int64_t to_first, std::int64_t from_first, std::int64_t slots)
{
    const auto has_slot = [&](std::int64_t address) { return static_cast<std::size_t>(address) < code->slots.size(); };
    for (std::int64_t slot = 0; slot < slots; ++slot) {
        const std::int64_t to = to_first + slot, from = from_first + slot;
        if (to_first <= 0 || !has_slot(to)) return fail(bad_address(to_first));
        if (from_first <= 0 || !has_slot(from)) return fail(bad_address(from_first));
        const Code::Slot& target = code->slots[static_cast<std::size_t>(to)];
        const Code::Slot& source = code->slots[static_cast<std::size_t>(from)];
        if (target.cell == Layout::no_cell && source.cell == Layout::no_cell) continue;
        if (target.cell == Layout::no_cell) return fail(bad_address(to));
        if (source.cell == Layout::no_cell) return fail(bad_address(from));
        if (target.slot_class != source.slot_class) return fail(wrong_type);
        const std::int64_t value = read(source.cell);
        if (value == dead_value || read(target.cell) == dead_value) return fail(dead_access);
        if (value == undefined_value && !layout.cells[target.cell].has_mark) return fail(undefined_copy);
        if (target.is_steady) return fail(punned_write);
        write(target.cell, value);
    }
    return true;
}

bool Evaluator::invalidate_slots(std::int64_t first, std::int64_t slots)
{
    for (std::int64_t slot = 0; slot < slots; ++slot) {
        const std::int64_t address = first + slot;
        if (first <= 0 || static_cast<std::size_t>(address) >= code->slots.size()) return fail(bad_address(address));
        const std::uint32_t cell = code->slots[static_cast<std::size_t>(address)].cell;
        if (cell == Layout::no_cell) continue;
        if (!layout.cells[cell].has_mark) return fail(undefined_copy);
        write(cell, undefined_value);
    }
    return true;
}

bool Evaluator::add_to_pointer(std::int64_t base, std::int64_t index, std::uint32_t stride, std::int64_t& result)
{
    result = base;
    if (index == 0) return true;
    const auto addresses = static_cast<std::int64_t>(layout.addresses.size());
    if (base == 0) return fail(null_pointer);
    if (base < 0 || base >= addresses) return fail(wild_pointer);
    const auto address = static_cast<std::uint32_t>(base);
    std::uint32_t array = layout.addresses[address].array;
    while (array != Layout::no_cell &&
           (layout.arrays[array].stride != stride || (address - layout.arrays[array].first) % stride != 0))
        array = layout.arrays[array].outer;
    if (array == Layout::no_cell || index > addresses || index < -addresses) return fail(out_of_bounds);
    result = base + index * static_cast<std::int64_t>(stride);
    return (result >= layout.arrays[array].first && result <= layout.arrays[array].end) || fail(out_of_bounds);
}

void Evaluator::age_times()
{
    for (const std::uint32_t cell : code->time_cells) {
        const std::int64_t age = read(cell);
        if (age < time_saturation) write(cell, age + 1);  // undefined and dead are larger
    }
}

// ---- Native code ---------------------------------------------------------------------------------------------------

struct SlowOperations {
    static std::int64_t copy(std::int64_t*, Evaluator* evaluator, std::int64_t to, std::int64_t from,
                             std::int64_t slots)
    {
        return evaluator->copy_slots(to, from, slots) ? 0 : -1;
    }
    static std::int64_t invalidate(std::int64_t*, Evaluator* evaluator, std::int64_t address, std::int64_t slots,
                                   std::int64_t)
    {
        return evaluator->invalidate_slots(address, slots) ? 0 : -1;
    }
    static std::int64_t fill(std::int64_t*, Evaluator* evaluator, std::int64_t cell, std::int64_t count,
                             std::int64_t value)
    {
        for (std::int64_t c = 0; c < count; ++c) evaluator->write(static_cast<std::uint32_t>(cell + c), value);
        return 0;
    }
    static std::int64_t pointer_add(std::int64_t*, Evaluator* evaluator, std::int64_t base, std::int64_t index,
                                    std::int64_t stride)
    {
        std::int64_t result = 0;
        return evaluator->add_to_pointer(base, index, static_cast<std::uint32_t>(stride), result) ? result : -1;
    }
    static std::int64_t age_times(std::int64_t*, Evaluator* evaluator, std::int64_t, std::int64_t, std::int64_t)
    {
        evaluator->age_times();
        return 0;
    }
    static std::int64_t progress(std::int64_t*, Evaluator* evaluator, std::int64_t, std::int64_t, std::int64_t)
    {
        evaluator->made_progress = true;
        return 0;
    }
    static constexpr NativeCalls all{copy, invalidate, fill, pointer_add, age_times, progress};
};

void Evaluator::use_native(NativeMode mode)
{
    native.reset();
    if (mode != NativeMode::off)
        native = std::make_shared<NativeCode>(code, layout, program.cpus, SlowOperations::all, mode);
}

void Evaluator::native_gave_up(std::size_t writes_before)
{
    ++given_up;
    undo_to(writes_before);
    trap = {};
    writes.reserve(writes_before + writes_at_first);  // it may be that there was no room
}

// ---- The interpreter -----------------------------------------------------------------------------------------------

template <bool recording>
std::int64_t Evaluator::run_code(std::uint32_t entry, ProcessId p, TransitionId t)
{
    std::array<std::int64_t, register_count> r;  // NOLINT: every register is written before it is read
    std::int64_t fuel = step_fuel;
    const Instruction* pc = &code->instructions[entry];

    const auto fail = [&](const Trap& what) {
        trap = what;
        return std::int64_t{0};
    };
    // The cell at an address, or no_cell with the trap set.
    const auto resolve = [&](std::int64_t address, std::int64_t slot) -> std::uint32_t {
        if (address <= 0 || static_cast<std::size_t>(address) >= code->slots.size()) {
            trap = bad_address(address);
            return Layout::no_cell;
        }
        const Code::Slot& entry_slot = code->slots[static_cast<std::size_t>(address)];
        if (entry_slot.cell == Layout::no_cell) {
            trap = bad_address(address);
            return Layout::no_cell;
        }
        if (entry_slot.slot_class != slot) {
            trap = wrong_type;
            return Layout::no_cell;
        }
        return entry_slot.cell;
    };
    const auto value_of = [&](std::size_t cell) {
        if constexpr (recording) note_read(static_cast<std::uint32_t>(cell));
        return cells[cell];
    };
    const auto u = [](std::int64_t value) { return static_cast<std::uint64_t>(value); };
    const auto s = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };

    for (;; ++pc) {
        const Instruction& i = *pc;
        switch (i.op) {
            case Op::constant:
                r[i.dst] = i.imm;
                break;
            case Op::cell:
                r[i.dst] = value_of(i.b);
                break;
            case Op::cell_checked: {
                const std::int64_t value = value_of(i.b);
                if (value == undefined_value) return fail(undefined_read);
                if (value == dead_value) return fail(dead_access);
                r[i.dst] = value;
                break;
            }
            case Op::load: {
                const std::uint32_t cell = resolve(r[i.a], i.imm);
                if (cell == Layout::no_cell) return 0;
                const std::int64_t value = value_of(cell);
                if (value == undefined_value) return fail(undefined_read);
                if (value == dead_value) return fail(dead_access);
                r[i.dst] = value;
                break;
            }
            case Op::load_indexed: {
                if (u(r[i.a]) >= index_limit(i)) return fail(bad_index(i));
                const std::int64_t value = value_of(i.b + static_cast<std::size_t>(r[i.a]) * i.c);
                if (value == undefined_value) return fail(undefined_read);
                if (value == dead_value) return fail(dead_access);
                r[i.dst] = value;
                break;
            }
            case Op::wrap_signed:
                r[i.dst] = s(u(r[i.a]) << (64 - i.b)) >> (64 - i.b);
                break;
            case Op::wrap_unsigned:
                r[i.dst] = s(u(r[i.a]) & ((std::uint64_t{1} << i.b) - 1));
                break;
            case Op::saturate_time:
                r[i.dst] = r[i.a] > time_never / 2 ? time_never : std::clamp(r[i.a], -time_saturation, time_saturation);
                break;
            case Op::to_bool:
                r[i.dst] = r[i.a] != 0;
                break;
            case Op::to_pointer: {
                const std::int64_t value = r[i.a];
                if (value < -(1 << 29) || value >= 1 << 29) return fail(long_integer);
                r[i.dst] = value == 0 ? 0 : integer_pointer_tag | (value & 0x3fffffff);
                break;
            }
            case Op::from_pointer:
                r[i.dst] = (r[i.a] & integer_pointer_tag) != 0 && r[i.a] < string_pointer_tag ? s(u(r[i.a]) << 34) >> 34
                                                                                              : r[i.a];
                break;
            case Op::add:
                r[i.dst] = s(u(r[i.a]) + u(r[i.b]));
                break;
            case Op::subtract:
                r[i.dst] = s(u(r[i.a]) - u(r[i.b]));
                break;
            case Op::multiply:
                r[i.dst] = s(u(r[i.a]) * u(r[i.b]));
                break;
            case Op::divide_signed:
                if (r[i.b] == 0) return fail(division_by_zero);
                r[i.dst] = r[i.b] == -1 ? s(-u(r[i.a])) : r[i.a] / r[i.b];
                break;
            case Op::divide_unsigned:
                if (r[i.b] == 0) return fail(division_by_zero);
                r[i.dst] = s(u(r[i.a]) / u(r[i.b]));
                break;
            case Op::remainder_signed:
                if (r[i.b] == 0) return fail(division_by_zero);
                r[i.dst] = r[i.b] == -1 ? 0 : r[i.a] % r[i.b];
                break;
            case Op::remainder_unsigned:
                if (r[i.b] == 0) return fail(division_by_zero);
                r[i.dst] = s(u(r[i.a]) % u(r[i.b]));
                break;
            case Op::bit_and:
                r[i.dst] = r[i.a] & r[i.b];
                break;
            case Op::bit_or:
                r[i.dst] = r[i.a] | r[i.b];
                break;
            case Op::bit_xor:
                r[i.dst] = r[i.a] ^ r[i.b];
                break;
            case Op::shift_left:
                if (u(r[i.b]) >= u(i.imm)) return fail(bad_shift);
                r[i.dst] = s(u(r[i.a]) << r[i.b]);
                break;
            case Op::shift_right_signed:
                if (u(r[i.b]) >= u(i.imm)) return fail(bad_shift);
                r[i.dst] = r[i.a] >> r[i.b];
                break;
            case Op::shift_right_unsigned:
                if (u(r[i.b]) >= u(i.imm)) return fail(bad_shift);
                r[i.dst] = s(u(r[i.a]) >> r[i.b]);
                break;
            case Op::equal:
                r[i.dst] = r[i.a] == r[i.b];
                break;
            case Op::not_equal:
                r[i.dst] = r[i.a] != r[i.b];
                break;
            case Op::less_signed:
                r[i.dst] = r[i.a] < r[i.b];
                break;
            case Op::less_unsigned:
                r[i.dst] = u(r[i.a]) < u(r[i.b]);
                break;
            case Op::less_equal_signed:
                r[i.dst] = r[i.a] <= r[i.b];
                break;
            case Op::less_equal_unsigned:
                r[i.dst] = u(r[i.a]) <= u(r[i.b]);
                break;
            case Op::cell_equals:
                r[i.dst] = value_of(i.b) == i.imm;
                break;
            case Op::slots_between:
                r[i.dst] = (r[i.a] - r[i.b]) / i.imm;
                break;
            case Op::negate:
                r[i.dst] = s(-u(r[i.a]));
                break;
            case Op::bit_not:
                r[i.dst] = ~r[i.a];
                break;
            case Op::logical_not:
                r[i.dst] = r[i.a] == 0;
                break;
            case Op::jump:
                pc = &code->instructions[static_cast<std::size_t>(i.imm)] - 1;
                break;
            case Op::jump_if_zero:
                if (r[i.a] == 0) pc = &code->instructions[static_cast<std::size_t>(i.imm)] - 1;
                break;
            case Op::jump_if_not_zero:
                if (r[i.a] != 0) pc = &code->instructions[static_cast<std::size_t>(i.imm)] - 1;
                break;
            case Op::field:
                if (r[i.a] == 0) return fail(null_pointer);
                if (r[i.a] < 0 || r[i.a] >= integer_pointer_tag) return fail(wild_pointer);
                if (i.imm != 0 && is_past_end(layout, r[i.a])) return fail(out_of_bounds);
                r[i.dst] = r[i.a] + i.imm;
                break;
            case Op::element:
                if (u(r[i.b]) > u(i.imm)) return fail(out_of_bounds);
                if (r[i.a] == 0) return fail(null_pointer);
                if (r[i.a] < 0 || r[i.a] >= integer_pointer_tag) return fail(wild_pointer);
                r[i.dst] = r[i.a] + r[i.b] * i.c;
                break;
            case Op::pointer_add:
                if (!add_to_pointer(r[i.a], r[i.b], i.c, r[i.dst])) return 0;
                break;
            case Op::per_cpu: {
                if (r[i.a] < layout.per_cpu_first || r[i.a] >= layout.per_cpu_first + layout.per_cpu_stride)
                    return fail(r[i.a] == 0 ? null_pointer : wild_pointer);
                if (u(r[i.b]) >= program.cpus) return fail(bad_cpu);
                r[i.dst] = r[i.a] + r[i.b] * layout.per_cpu_stride;
                break;
            }
            case Op::set_cell:
                write(i.b, r[i.a]);
                break;
            case Op::store: {
                const std::uint32_t cell = resolve(r[i.a], i.imm);
                if (cell == Layout::no_cell) return 0;
                if (value_of(cell) == dead_value) return fail(dead_access);
                if (code->slots[u(r[i.a])].is_steady) return fail(punned_write);
                write(cell, r[i.b]);
                break;
            }
            case Op::check_index:
                if (u(r[i.a]) >= index_limit(i) + ((i.imm & limit_is_cpus) != 0 ? 0 : 1)) return fail(bad_index(i));
                break;
            case Op::store_indexed:
                if (u(r[i.a]) >= index_limit(i)) return fail(bad_index(i));
                write(i.b + static_cast<std::uint32_t>(r[i.a]) * i.c, r[i.dst]);
                break;
            case Op::copy:
                if (!copy_slots(r[i.a], r[i.b], i.imm)) return 0;
                break;
            case Op::fill:
                for (std::uint32_t c = 0; c < i.c; ++c) write(i.b + c, i.imm);
                break;
            case Op::invalidate:
                if (!invalidate_slots(r[i.a], i.imm)) return 0;
                break;
            case Op::push_argument:
                arguments.push_back(r[i.a]);
                break;
            case Op::report:
                reports.push_back({p, t, code->reports[i.b], std::move(arguments), r[i.a], r[i.c]});
                arguments.clear();
                if (i.imm != 0) return effect_stopped;
                break;
            case Op::progress:
                made_progress = true;
                break;
            case Op::prune:
                return effect_pruned;
            case Op::age_times:
                age_times();
                break;
            case Op::trap:
                return fail(code->traps[static_cast<std::size_t>(i.imm)]);
            case Op::stop_at:
                write(i.b, i.imm);
                return step_done;
            case Op::not_happened:
                return step_not_happened;
            case Op::needs_detail:
                return step_needs_detail;
            case Op::burn:
                if (--fuel == 0) return step_needs_detail;
                break;
            case Op::end:
                return r[0];
            case Op::end_effect:
                return effect_done;
        }
    }
}

}  // namespace lockstep
