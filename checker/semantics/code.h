// The code that the evaluator runs: guards and effects for a small register machine.
//
// The Program's expressions are compiled for each process, so that everything that is known beforehand (addresses of
// globals, the process's own cells, element strides, types) is a constant in the code. compile_program() makes it,
// Evaluator runs it; nobody else needs to know of it.
#pragma once

#include "program/program.h"
#include "semantics/layout.h"
#include "semantics/trap.h"

#include <cstdint>
#include <vector>

namespace lockstep {

enum class Op : std::uint8_t {
    constant,       // dst = imm
    cell,           // dst = cells[b]
    cell_checked,   // the same; traps on a mark
    load,           // dst = the slot at address r[a], of class imm
    load_indexed,   // dst = cells[b + r[a] * c], r[a] < the count in imm (see index_limit)
    wrap_signed,    // dst = sign-extended low `b` bits of r[a]
    wrap_unsigned,  // dst = low `b` bits of r[a]
    saturate_time,  // dst = the age r[a], at most time_saturation into the past or future, or never
    to_bool,
    to_pointer,
    from_pointer,
    add,
    subtract,
    multiply,
    divide_signed,
    divide_unsigned,
    remainder_signed,
    remainder_unsigned,
    bit_and,
    bit_or,
    bit_xor,
    shift_left,
    shift_right_signed,
    shift_right_unsigned,  // shifts: imm = bits
    equal,
    not_equal,
    less_signed,
    less_unsigned,
    less_equal_signed,
    less_equal_unsigned,
    cell_equals,    // dst = cells[b] == imm
    slots_between,  // dst = (r[a] - r[b]) / imm
    negate,
    bit_not,
    logical_not,
    jump,
    jump_if_zero,
    jump_if_not_zero,  // to imm; on r[a]
    field,             // dst = r[a] + imm
    element,           // dst = r[a] + r[b] * c, r[b] <= imm
    pointer_add,       // dst = r[a] + r[b] * c within the array
    per_cpu,           // dst = r[a] in the copy of CPU r[b]
    set_cell,          // cells[b] = r[a]
    store,             // the slot at address r[a], of class imm, = r[b]
    check_index,       // r[a] makes an address: at most the count in imm, or less than that of CPUs
    store_indexed,     // cells[b + r[a] * c] = r[dst], r[a] < the count in imm
    copy,              // imm slots at address r[a] = those at r[b]
    fill,              // c cells from b on = imm
    invalidate,        // imm slots at address r[a] are undefined
    push_argument,     // for the report that follows: r[a]
    report,            // statement b, of CPU r[a] and task r[c]
    progress,
    prune,
    age_times,
    trap,     // imm: index into traps
    stop_at,  // cells[b] = imm; the step is done
    not_happened,
    needs_detail,
    burn,  // a loop within a step: one unit of fuel
    end,   // result r[a]
    end_effect,
};

struct Instruction {
    Op op;
    std::uint8_t dst = 0;
    std::uint16_t a = 0;
    std::uint32_t b = 0;
    std::uint32_t c = 0;
    std::int64_t imm = 0;
};

constexpr std::size_t register_count = 256;

/// In load_indexed, store_indexed and check_index: a flag next to the count in the lower half of `imm`.
inline constexpr std::int64_t limit_is_cpus = std::int64_t{1} << 32;
inline std::uint64_t index_limit(const Instruction& i) { return static_cast<std::uint32_t>(i.imm); }
inline const Trap& bad_index(const Instruction& i)
{
    return (i.imm & limit_is_cpus) != 0 ? traps::bad_cpu : traps::out_of_bounds;
}

/// Load and store name the class of the slot that they expect as a number.
inline std::int64_t class_code(SlotClass slot) { return static_cast<std::int64_t>(slot.kind) << 8 | slot.bits; }

// Results of an effect's code.
inline constexpr std::int64_t effect_done = 0, effect_pruned = 1, effect_stopped = 2;
// Results of a step's code; a guard that is false is 0, too.
inline constexpr std::int64_t step_disabled = 0, step_pruned = 1, step_done = 3, step_not_happened = 4;
inline constexpr std::int64_t step_needs_detail = 5;

/// So many times may a step come to a `burn`; then it needs detail.
inline constexpr std::int64_t step_fuel = 10000;

struct Code {
    struct Entry {
        std::uint32_t guard = 0, effect = 0, low = 0, high = 0;  // index into `instructions`; 0: none
        std::uint32_t step = 0;                                  // 0: needs_detail
        std::uint32_t choice_cell = Layout::no_cell;
        VariableId choice_variable;
    };
    std::vector<Instruction> instructions{Instruction{Op::end}};
    IdVector<ProcessId, std::vector<Entry>> transitions;
    IdVector<ProcessId, std::uint32_t> running, own_cpu;
    std::vector<const Report*> reports;
    std::vector<std::uint32_t> time_cells;
    std::vector<Trap> traps;
    struct Slot {
        std::uint32_t cell;
        std::int32_t slot_class;
        bool is_steady;
    };
    std::vector<Slot> slots;  // by address
};

Code compile_program(const Program& program, const Layout& layout);

/// Behind an array's last element there is nothing that has members.
bool is_past_end(const Layout& layout, std::int64_t address);

/// A location left by two transitions without choices, the second's guard being the first's negation: one look
/// decides.
bool is_two_way(const Program& program, const Automaton& automaton, const Location& location);

}  // namespace lockstep
