#include "semantics/evaluator.h"

#include "base/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>

namespace lockstep {

namespace {

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

constexpr Trap null_pointer{"memory", "null pointer dereference"};
constexpr Trap wild_pointer{"memory", "access through a pointer that points at nothing"};
constexpr Trap out_of_bounds{"memory", "access outside an array's bounds"};
constexpr Trap wrong_type{"memory", "access through a pointer of another type than what it points at"};
constexpr Trap undefined_read{"memory", "read of a variable that was never written"};
constexpr Trap dead_access{"memory", "access to a variable whose scope has ended (dead stack frame)"};
constexpr Trap division_by_zero{"arithmetic", "division by zero"};
constexpr Trap bad_shift{"arithmetic", "shift by a negative number or by more than the width"};
constexpr Trap bad_cpu{"memory", "no CPU has this number"};
constexpr Trap long_integer{"memory", "an integer of more than 29 bits is kept in a pointer"};
constexpr Trap punned_write{"memory",
                            "write through a pointer to another struct than what it points at (type punning)"};
constexpr Trap undefined_copy{"memory", "what holds no value comes where a pointer's type did not say that it could"};

/// In load_indexed, store_indexed and check_index: a flag next to the count in the lower half of `imm`.
constexpr std::int64_t limit_is_cpus = std::int64_t{1} << 32;
std::uint64_t index_limit(const Instruction& i) { return static_cast<std::uint32_t>(i.imm); }
const Trap& bad_index(const Instruction& i) { return (i.imm & limit_is_cpus) != 0 ? bad_cpu : out_of_bounds; }

/// Behind an array's last element there is nothing that has members.
bool is_past_end(const Layout& layout, std::int64_t address)
{
    if (address <= 0 || static_cast<std::size_t>(address) >= layout.addresses.size()) return false;
    const Layout::Address& entry = layout.addresses[static_cast<std::size_t>(address)];
    if (entry.cell != Layout::no_cell || entry.array == Layout::no_cell) return false;
    return layout.arrays[entry.array].first != layout.arrays[entry.array].end;  // an empty array may begin a struct
}

std::int64_t class_code(SlotClass slot) { return static_cast<std::int64_t>(slot.kind) << 8 | slot.bits; }

}  // namespace

namespace {

/// One guard is written as the other's negation.
bool is_negation(const Program& program, ExpressionId left, ExpressionId right)
{
    if (!left.valid() || !right.valid()) return false;
    const auto negates = [&](ExpressionId a, ExpressionId b) {
        const auto* unary = std::get_if<Unary>(&program.expressions[a].node);
        return unary != nullptr && unary->op == UnaryOp::logical_not && unary->operand == b;
    };
    if (negates(left, right) || negates(right, left)) return true;
    const auto* a = std::get_if<Binary>(&program.expressions[left].node);
    const auto* b = std::get_if<Binary>(&program.expressions[right].node);
    if (a == nullptr || b == nullptr) return false;
    const auto ops = [&](BinaryOp x, BinaryOp y) { return (a->op == x && b->op == y) || (a->op == y && b->op == x); };
    if (ops(BinaryOp::equal, BinaryOp::not_equal)) return a->left == b->left && a->right == b->right;
    return ops(BinaryOp::less, BinaryOp::less_equal) && a->left == b->right && a->right == b->left;
}

}  // namespace

bool is_two_way(const Program& program, const Automaton& automaton, const Location& location)
{
    if (location.outgoing.size() != 2) return false;
    const Transition& a = automaton.transitions[location.outgoing[0]];
    const Transition& b = automaton.transitions[location.outgoing[1]];
    return !a.choice && !b.choice && is_negation(program, a.guard, b.guard);
}

struct Evaluator::Code {
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

namespace {

/// Compiles for one process.
class Compiler {
public:
    Compiler(const Program& the_program, const Layout& the_layout, ProcessId the_process,
             std::vector<Instruction>& the_code, std::vector<const Report*>& the_reports, std::vector<Trap>& the_traps)
        : program(the_program),
          layout(the_layout),
          process(the_process),
          code(the_code),
          reports(the_reports),
          traps(the_traps)
    {
    }

    std::uint32_t compile_value(ExpressionId expression)
    {
        const auto entry = static_cast<std::uint32_t>(code.size());
        evaluate(expression, 0);
        emit({.op = Op::end});
        return entry;
    }

    /// Code for whole steps (Evaluator::step), by TransitionId. Each pass-through location is compiled once, and jumped
    /// to by whatever leads there.
    std::vector<std::uint32_t> compile_steps(const Automaton& automaton)
    {
        whole_steps = true;
        at_location.assign(automaton.locations.size(), 0);
        std::vector<std::uint32_t> entries(automaton.transitions.size(), 0);
        for (TransitionId t : ids_of(automaton.transitions)) {
            const Transition& transition = automaton.transitions[t];
            const bool starts_here = !automaton.locations[transition.source].is_pass_through;
            if (!starts_here || transition.choice || transition.when_settled) continue;
            entries[t.index] = static_cast<std::uint32_t>(code.size());
            compile_way(automaton, transition, Op::end);
        }
        while (!open_jumps.empty()) {
            const auto [jump, target] = open_jumps.back();
            open_jumps.pop_back();
            if (at_location[target.index] == 0) {
                at_location[target.index] = static_cast<std::uint32_t>(code.size());
                compile_pass_through(automaton, automaton.locations[target]);
            }
            code[jump].imm = at_location[target.index];
        }
        whole_steps = false;
        return entries;
    }

    std::uint32_t compile_effect(const std::vector<Statement>& effect)
    {
        const auto entry = static_cast<std::uint32_t>(code.size());
        for (const Statement& statement : effect) std::visit([&](const auto& s) { compile(s); }, statement);
        emit({.op = Op::end_effect});
        return entry;
    }

private:
    const Program& program;
    const Layout& layout;
    ProcessId process;
    std::vector<Instruction>& code;
    std::vector<const Report*>& reports;
    std::vector<Trap>& traps;

    bool whole_steps = false;
    std::vector<std::uint32_t> at_location;  // where a pass-through location's code begins; 0: not compiled yet
    std::vector<std::pair<std::size_t, LocationId>> open_jumps;

    void emit(Instruction i) { code.push_back(i); }

    /// Guard (where it is false: `otherwise`), effect, and what comes at the target.
    void compile_way(const Automaton& automaton, const Transition& transition, Op otherwise)
    {
        if (transition.guard.valid()) {
            evaluate(transition.guard, 0);
            emit({.op = Op::jump_if_not_zero, .a = 0, .imm = static_cast<std::int64_t>(code.size() + 2)});
            emit({.op = otherwise, .a = 0});
        }
        for (const Statement& statement : transition.effect) std::visit([&](const auto& s) { compile(s); }, statement);
        if (!automaton.locations[transition.target].is_pass_through) {
            emit({.op = Op::stop_at, .b = layout.processes[process].location_cell, .imm = transition.target.index});
            return;
        }
        emit({.op = Op::burn});
        open_jumps.emplace_back(code.size(), transition.target);
        emit({.op = Op::jump});
    }

    void compile_pass_through(const Automaton& automaton, const Location& location)
    {
        const auto has_choice = [&](TransitionId t) { return automaton.transitions[t].choice.has_value(); };
        const bool is_simple = location.outgoing.size() == 1 || is_two_way(program, automaton, location);
        if (!is_simple || std::ranges::any_of(location.outgoing, has_choice)) return emit({.op = Op::needs_detail});
        const Transition& first = automaton.transitions[location.outgoing[0]];
        if (location.outgoing.size() == 1) return compile_way(automaton, first, Op::not_happened);
        evaluate(first.guard, 0);
        const std::size_t to_second = code.size();
        emit({.op = Op::jump_if_zero, .a = 0});
        Transition unguarded = first;
        unguarded.guard = {};
        compile_way(automaton, unguarded, Op::not_happened);
        code[to_second].imm = static_cast<std::int64_t>(code.size());
        unguarded = automaton.transitions[location.outgoing[1]];
        unguarded.guard = {};
        compile_way(automaton, unguarded, Op::not_happened);
    }
    void emit_trap(Trap trap)
    {
        emit({.op = Op::trap, .imm = static_cast<std::int64_t>(traps.size())});
        traps.push_back(trap);
    }
    [[nodiscard]] const Type& type_of(ExpressionId e) const { return program.types[program.expressions[e].type]; }
    [[nodiscard]] std::uint32_t local_cell(VariableId v) const { return layout.processes[process].local[v.index]; }

    /// The value of an expression into register `dst`; registers above it are free.
    void evaluate(ExpressionId e, unsigned dst)
    {
        if (dst + 3 >= register_count)
            reject_input("an expression is nested too deeply", "compute its parts in variables of their own");
        std::visit([&](const auto& node) { compile(node, e, dst); }, program.expressions[e].node);
    }

    void constant(std::int64_t value, unsigned dst) { emit({.op = Op::constant, .dst = reg(dst), .imm = value}); }
    static std::uint8_t reg(unsigned r) { return static_cast<std::uint8_t>(r); }
    static std::uint16_t source(unsigned r) { return static_cast<std::uint16_t>(r); }

    void compile(const Constant& node, ExpressionId, unsigned dst) { constant(node.value, dst); }
    void compile(const FunctionConstant& node, ExpressionId, unsigned dst)
    {
        constant(function_value(node.function), dst);
    }
    void compile(const StringConstant& node, ExpressionId, unsigned dst) { constant(string_value(node.string), dst); }

    void compile(const LocalValue& node, ExpressionId, unsigned dst)
    {
        const std::uint32_t cell = local_cell(node.variable);
        const bool checked = layout.cells[cell].has_mark;
        emit({.op = checked ? Op::cell_checked : Op::cell, .dst = reg(dst), .b = cell});
    }

    void compile(const Own& node, ExpressionId, unsigned dst)
    {
        const Process& p = program.processes[process];
        switch (node.what) {
            case Own::What::cpu:
                return p.cpu.valid() ? evaluate(p.cpu, dst) : constant(process.index, dst);
            case Own::What::task:
                return p.own_task.valid() ? evaluate(p.own_task, dst) : constant(p.task, dst);
            case Own::What::process:
                return constant(process.index, dst);
            case Own::What::argument:
                return constant(p.argument, dst);
        }
    }

    void compile(const AddressOf& node, ExpressionId, unsigned dst)
    {
        constant(layout.address_of(program, node.variable, node.offset, process), dst);
    }

    void compile(const FieldAddress& node, ExpressionId e, unsigned dst)
    {
        if (const auto address = constant_address(e)) return constant(*address, dst);
        evaluate(node.base, dst);
        emit({.op = Op::field, .dst = reg(dst), .a = source(dst), .imm = node.offset});
    }

    void compile(const ElementAddress& node, ExpressionId, unsigned dst)
    {
        evaluate(node.base, dst);
        evaluate(node.index, dst + 1);
        const Op op = node.count > 0 ? Op::element : Op::pointer_add;
        emit({.op = op,
              .dst = reg(dst),
              .a = source(dst),
              .b = dst + 1,
              .c = node.stride,
              .imm = static_cast<std::int64_t>(node.count)});
    }

    void compile(const PerCpuAddress& node, ExpressionId, unsigned dst)
    {
        evaluate(node.base, dst);
        evaluate(node.cpu, dst + 1);
        emit({.op = Op::per_cpu, .dst = reg(dst), .a = source(dst), .b = dst + 1});
    }

    /// The address where it does not depend on the state.
    [[nodiscard]] std::optional<std::uint32_t> constant_address(ExpressionId e) const
    {
        const auto& node = program.expressions[e].node;
        if (const auto* address = std::get_if<AddressOf>(&node))
            return layout.address_of(program, address->variable, address->offset, process);
        if (const auto* field = std::get_if<FieldAddress>(&node))
            if (const auto base = constant_address(field->base); base && !is_past_end(layout, *base))
                return *base + field->offset;
        return std::nullopt;
    }

    /// base + index * stride with a constant base: cells at a constant distance from each other. `field` slots behind
    /// the element's first are accessed.
    struct Indexed {
        ExpressionId index;
        std::uint32_t cell, cell_stride;
        std::int64_t count;
        bool is_cpu;
        [[nodiscard]] std::int64_t limit() const { return count | (is_cpu ? limit_is_cpus : 0); }
    };
    [[nodiscard]] std::optional<Indexed> indexed_address(ExpressionId e, SlotClass slot) const
    {
        std::uint32_t offset = 0;
        const auto* node = &program.expressions[e].node;
        while (const auto* field = std::get_if<FieldAddress>(node)) {
            offset += static_cast<std::uint32_t>(field->offset);
            node = &program.expressions[field->base].node;
        }
        std::optional<std::uint32_t> base;
        Indexed indexed{};
        std::uint32_t stride = 0;
        if (const auto* element = std::get_if<ElementAddress>(node); element != nullptr && element->count > 0) {
            base = constant_address(element->base);
            indexed.index = element->index;
            indexed.count = element->count;
            stride = element->stride;
        } else if (const auto* per_cpu = std::get_if<PerCpuAddress>(node)) {
            base = constant_address(per_cpu->base);
            indexed.index = per_cpu->cpu;
            indexed.count = program.cpus;
            indexed.is_cpu = true;
            stride = layout.per_cpu_stride;
            if (base && (*base < layout.per_cpu_first || *base >= layout.per_cpu_first + stride)) return std::nullopt;
        }
        // A member of the element, not something around it.
        if (!base || offset >= stride) return std::nullopt;
        const std::size_t first = *base + offset;
        if (indexed.is_cpu && first >= layout.per_cpu_first + stride) return std::nullopt;
        const std::size_t last = first + stride * static_cast<std::size_t>(indexed.count - 1);
        if (last >= layout.addresses.size()) return std::nullopt;
        const Layout::Address& address = layout.addresses[first];
        if (address.cell == Layout::no_cell || !(address.slot == slot) ||
            layout.addresses[last].cell == Layout::no_cell)
            return std::nullopt;
        indexed.cell = address.cell;
        indexed.cell_stride = indexed.count > 1 ? layout.addresses[first + stride].cell - address.cell : 0;
        return indexed;
    }

    void compile(const Load& node, ExpressionId e, unsigned dst)
    {
        const SlotClass slot = slot_class(type_of(e));
        if (const auto address = constant_address(node.address)) return load_constant(*address, slot, dst);
        if (const auto indexed = indexed_address(node.address, slot)) {
            evaluate(indexed->index, dst);
            emit({.op = Op::load_indexed,
                  .dst = reg(dst),
                  .a = source(dst),
                  .b = indexed->cell,
                  .c = indexed->cell_stride,
                  .imm = indexed->limit()});
            return;
        }
        evaluate(node.address, dst);
        emit({.op = Op::load, .dst = reg(dst), .a = source(dst), .imm = class_code(slot)});
    }

    void load_constant(std::uint32_t address, SlotClass slot, unsigned dst)
    {
        const Trap trap = static_trap(address, slot);
        if (trap.kind != nullptr) return emit_trap(trap);
        const std::uint32_t cell = layout.addresses[address].cell;
        const bool checked = layout.cells[cell].has_mark;
        emit({.op = checked ? Op::cell_checked : Op::cell, .dst = reg(dst), .b = cell});
    }

    [[nodiscard]] Trap static_trap(std::uint32_t address, SlotClass slot) const
    {
        if (address >= layout.addresses.size()) return wild_pointer;
        const Layout::Address& entry = layout.addresses[address];
        if (entry.cell == Layout::no_cell) return entry.array == Layout::no_cell ? wild_pointer : out_of_bounds;
        return entry.slot == slot ? Trap{} : wrong_type;
    }

    void compile(const Unary& node, ExpressionId e, unsigned dst)
    {
        evaluate(node.operand, dst);
        const Op op = node.op == UnaryOp::negate    ? Op::negate
                      : node.op == UnaryOp::bit_not ? Op::bit_not
                                                    : Op::logical_not;
        emit({.op = op, .dst = reg(dst), .a = source(dst)});
        if (node.op != UnaryOp::logical_not) wrap_to(type_of(e), dst);
    }

    void wrap_to(const Type& type, unsigned dst)
    {
        if (std::holds_alternative<TimeType>(type.kind))
            return emit({.op = Op::saturate_time, .dst = reg(dst), .a = source(dst)});
        if (!is_integer(type)) return;
        const std::uint32_t bits = bits_of(type);
        if (bits == 64) return;
        emit({.op = is_signed(type) ? Op::wrap_signed : Op::wrap_unsigned,
              .dst = reg(dst),
              .a = source(dst),
              .b = bits});
    }

    void compile(const Binary& node, ExpressionId e, unsigned dst)
    {
        if (node.op == BinaryOp::logical_and || node.op == BinaryOp::logical_or) return short_circuit(node, dst);
        if (node.op == BinaryOp::equal && compile_cell_equals(node, dst)) return;
        evaluate(node.left, dst);
        evaluate(node.right, dst + 1);
        const Type& operands = type_of(node.left);
        const bool is_signed_operand = is_signed(operands) || !is_integer(operands);
        auto [op, imm, wraps] = binary_op(node, is_signed_operand, operands);
        emit({.op = op, .dst = reg(dst), .a = source(dst), .b = dst + 1, .imm = imm});
        if (wraps) wrap_to(type_of(e), dst);
    }

    bool compile_cell_equals(const Binary& node, unsigned dst)
    {
        const auto* value = std::get_if<Constant>(&program.expressions[node.right].node);
        if (value == nullptr) return false;
        std::optional<std::uint32_t> cell;
        if (const auto* local = std::get_if<LocalValue>(&program.expressions[node.left].node)) {
            cell = local_cell(local->variable);
        } else if (const auto* load = std::get_if<Load>(&program.expressions[node.left].node)) {
            const auto address = constant_address(load->address);
            if (address && static_trap(*address, slot_class(type_of(node.left))).kind == nullptr)
                cell = layout.addresses[*address].cell;
        }
        if (!cell || layout.cells[*cell].has_mark) return false;
        emit({.op = Op::cell_equals, .dst = reg(dst), .b = *cell, .imm = value->value});
        return true;
    }

    struct BinaryCode {
        Op op;
        std::int64_t imm;
        bool wraps;
    };
    static BinaryCode binary_op(const Binary& node, bool is_signed_operand, const Type& operands)
    {
        const std::int64_t bits = is_integer(operands) ? bits_of(operands) : 64;
        switch (node.op) {
            case BinaryOp::add:
                return {Op::add, 0, true};
            case BinaryOp::subtract:
                return {Op::subtract, 0, true};
            case BinaryOp::multiply:
                return {Op::multiply, 0, true};
            case BinaryOp::divide:
                return {is_signed_operand ? Op::divide_signed : Op::divide_unsigned, 0, true};
            case BinaryOp::remainder:
                return {is_signed_operand ? Op::remainder_signed : Op::remainder_unsigned, 0, true};
            case BinaryOp::bit_and:
                return {Op::bit_and, 0, false};
            case BinaryOp::bit_or:
                return {Op::bit_or, 0, false};
            case BinaryOp::bit_xor:
                return {Op::bit_xor, 0, false};
            case BinaryOp::shift_left:
                return {Op::shift_left, bits, true};
            case BinaryOp::shift_right:
                return {is_signed_operand ? Op::shift_right_signed : Op::shift_right_unsigned, bits, false};
            case BinaryOp::equal:
                return {Op::equal, 0, false};
            case BinaryOp::not_equal:
                return {Op::not_equal, 0, false};
            case BinaryOp::less:
                return {is_signed_operand ? Op::less_signed : Op::less_unsigned, 0, false};
            case BinaryOp::less_equal:
                return {is_signed_operand ? Op::less_equal_signed : Op::less_equal_unsigned, 0, false};
            case BinaryOp::slots_between:
                return {Op::slots_between, node.stride, false};
            case BinaryOp::logical_and:
            case BinaryOp::logical_or:
                break;
        }
        assert(false);
        return {Op::trap, 0, false};
    }

    void short_circuit(const Binary& node, unsigned dst)
    {
        evaluate(node.left, dst);
        emit({.op = Op::to_bool, .dst = reg(dst), .a = source(dst)});
        const std::size_t jump = code.size();
        emit({.op = node.op == BinaryOp::logical_and ? Op::jump_if_zero : Op::jump_if_not_zero, .a = source(dst)});
        evaluate(node.right, dst);
        emit({.op = Op::to_bool, .dst = reg(dst), .a = source(dst)});
        code[jump].imm = static_cast<std::int64_t>(code.size());
    }

    void compile(const Convert& node, ExpressionId e, unsigned dst)
    {
        evaluate(node.operand, dst);
        const Type& to = type_of(e);
        const Type& from = type_of(node.operand);
        const auto is_address = [](const Type& t) {
            return is_pointer(t) || std::holds_alternative<FunctionPointerType>(t.kind);
        };
        if (is_integer(to) && bits_of(to) == 1) {
            emit({.op = Op::to_bool, .dst = reg(dst), .a = source(dst)});
        } else if (is_address(to) && is_integer(from)) {
            emit({.op = Op::to_pointer, .dst = reg(dst), .a = source(dst)});
        } else if (is_integer(to)) {
            if (is_address(from)) emit({.op = Op::from_pointer, .dst = reg(dst), .a = source(dst)});
            wrap_to(to, dst);
        } else if (!is_address(to)) {
            wrap_to(to, dst);
        }
    }

    void compile(const Select& node, ExpressionId, unsigned dst)
    {
        evaluate(node.condition, dst);
        const std::size_t to_false = code.size();
        emit({.op = Op::jump_if_zero, .a = source(dst)});
        evaluate(node.if_true, dst);
        const std::size_t to_end = code.size();
        emit({.op = Op::jump});
        code[to_false].imm = static_cast<std::int64_t>(code.size());
        evaluate(node.if_false, dst);
        code[to_end].imm = static_cast<std::int64_t>(code.size());
    }

    // ---- Statements ----

    void compile(const AssignLocal& s)
    {
        evaluate(s.value, 0);
        emit({.op = Op::set_cell, .a = 0, .b = local_cell(s.variable)});
    }

    [[nodiscard]] bool may_trap(ExpressionId e) const
    {
        const auto& node = program.expressions[e].node;
        if (std::holds_alternative<Constant>(node) || std::holds_alternative<FunctionConstant>(node)) return false;
        const auto* local = std::get_if<LocalValue>(&node);
        return local == nullptr || layout.cells[local_cell(local->variable)].has_mark;
    }

    void compile(const Store& s)
    {
        const SlotClass slot = slot_class(type_of(s.value));
        const auto address = constant_address(s.address);
        if (address && layout.addresses.size() > *address &&
            !layout.cells[std::min<std::size_t>(layout.addresses[*address].cell, layout.cells.size() - 1)].has_mark) {
            const Trap trap = static_trap(*address, slot);
            evaluate(s.value, 0);
            if (trap.kind != nullptr) return emit_trap(trap);
            emit({.op = Op::set_cell, .a = 0, .b = layout.addresses[*address].cell});
            return;
        }
        if (const auto indexed = indexed_address(s.address, slot); indexed && !layout.cells[indexed->cell].has_mark) {
            evaluate(indexed->index, 0);
            // A bad address is noticed before a bad value, whichever way they are computed.
            if (may_trap(s.value)) emit({.op = Op::check_index, .a = 0, .imm = indexed->limit()});
            evaluate(s.value, 1);
            emit({.op = Op::store_indexed,
                  .dst = 1,
                  .a = 0,
                  .b = indexed->cell,
                  .c = indexed->cell_stride,
                  .imm = indexed->limit()});
            return;
        }
        evaluate(s.address, 0);
        evaluate(s.value, 1);
        emit({.op = Op::store, .a = 0, .b = 1, .imm = class_code(slot)});
    }

    void compile(const Copy& s)
    {
        evaluate(s.destination, 0);
        evaluate(s.source, 1);
        emit({.op = Op::copy, .a = 0, .b = 1, .imm = s.slots});
    }

    /// The cells of a local: a register's one, or its slots in memory (cells of one variable are contiguous).
    [[nodiscard]] std::pair<std::uint32_t, std::uint32_t> cells_of(VariableId v) const
    {
        const Variable& variable = program.variables[v];
        if (!variable.in_memory) return {local_cell(v), 1};
        std::uint32_t first = Layout::no_cell, count = 0;
        for (std::uint32_t i = 0; i < program.types[variable.type].slots; ++i) {
            const std::uint32_t cell = layout.addresses[local_cell(v) + i].cell;
            if (cell == Layout::no_cell) continue;
            if (first == Layout::no_cell) first = cell;
            ++count;
        }
        return {first, count};
    }

    void compile(const Undefine& s)
    {
        const auto [cell, count] = cells_of(s.variable);
        if (count > 0) emit({.op = Op::fill, .b = cell, .c = count, .imm = undefined_value});
    }

    void compile(const Kill& s)
    {
        const auto [cell, count] = cells_of(s.variable);
        std::int64_t value = dead_value;
        if (!program.variables[s.variable].in_memory)
            value = layout.cells[cell].kind == SlotClass::Kind::time ? time_never : 0;
        if (count > 0) emit({.op = Op::fill, .b = cell, .c = count, .imm = value});
    }

    void compile(const Invalidate& s)
    {
        evaluate(s.address, 0);
        emit({.op = Op::invalidate, .a = 0, .imm = s.slots});
    }

    void compile(const Report& s)
    {
        if (whole_steps) return emit({.op = Op::needs_detail});
        for (ExpressionId argument : s.arguments) {
            evaluate(argument, 0);
            emit({.op = Op::push_argument, .a = 0});
        }
        s.cpu.valid() ? evaluate(s.cpu, 0) : compile(Own{Own::What::cpu}, ExpressionId(), 0);
        s.task.valid() ? evaluate(s.task, 1) : compile(Own{Own::What::task}, ExpressionId(), 1);
        emit({.op = Op::report,
              .a = 0,
              .b = static_cast<std::uint32_t>(reports.size()),
              .c = 1,
              .imm = s.stops ? 1 : 0});
        reports.push_back(&s);
    }

    void compile(const Progress&) { emit({.op = Op::progress}); }
    void compile(const Prune&) { emit({.op = Op::prune}); }
    void compile(const AgeTimes&) { emit({.op = Op::age_times}); }
};

}  // namespace

Evaluator::Evaluator(const Program& the_program, const Layout& the_layout)
    : program(the_program), layout(the_layout), code(std::make_unique<Code>())
{
    for (const Layout::Address& address : layout.addresses)
        code->slots.push_back({address.cell, static_cast<std::int32_t>(class_code(address.slot)), address.is_steady});
    for (std::uint32_t c = 0; c < layout.cells.size(); ++c)
        if (layout.cells[c].kind == SlotClass::Kind::time) code->time_cells.push_back(c);
    for (ProcessId p : ids_of(program.processes)) {
        Compiler compiler(program, layout, p, code->instructions, code->reports, code->traps);
        const Process& process = program.processes[p];
        code->running.add(process.running.valid() ? compiler.compile_value(process.running) : 0);
        code->own_cpu.add(process.cpu.valid() ? compiler.compile_value(process.cpu) : 0);
        std::vector<Code::Entry> entries;
        for (const Transition& transition : program.automata[process.automaton].transitions) {
            Code::Entry entry;
            if (transition.guard.valid()) entry.guard = compiler.compile_value(transition.guard);
            if (!transition.effect.empty()) entry.effect = compiler.compile_effect(transition.effect);
            if (transition.choice) {
                entry.low = compiler.compile_value(transition.choice->low);
                entry.high = compiler.compile_value(transition.choice->high);
                entry.choice_variable = transition.choice->variable;
                entry.choice_cell = layout.processes[p].local[entry.choice_variable.index];
            }
            entries.push_back(entry);
        }
        const std::vector<std::uint32_t> steps = compiler.compile_steps(program.automata[process.automaton]);
        for (std::size_t t = 0; t < entries.size(); ++t) entries[t].step = steps[t];
        code->transitions.add(std::move(entries));
    }
    cells.resize(layout.cells.size());
    read_mark.resize(layout.cells.size());
}

Evaluator::~Evaluator() = default;

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

// Results of an effect's code.
static constexpr std::int64_t effect_done = 0, effect_pruned = 1, effect_stopped = 2;
// Results of a step's code; a guard that is false is 0, too.
static constexpr std::int64_t step_disabled = 0, step_pruned = 1, step_done = 3, step_not_happened = 4;
static constexpr std::int64_t step_needs_detail = 5;

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

template <bool recording>
std::int64_t Evaluator::run_code(std::uint32_t entry, ProcessId p, TransitionId t)
{
    std::array<std::int64_t, register_count> r;  // NOLINT: every register is written before it is read
    int fuel = 10000;
    const Instruction* pc = &code->instructions[entry];

    const auto fail = [&](const Trap& what) {
        trap = what;
        return std::int64_t{0};
    };
    const auto bad_address = [&](std::int64_t address) -> Trap {
        if (address == 0) return null_pointer;
        if (address < 0 || static_cast<std::size_t>(address) >= code->slots.size()) return wild_pointer;
        return layout.addresses[static_cast<std::size_t>(address)].array == Layout::no_cell ? wild_pointer
                                                                                            : out_of_bounds;
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
            case Op::pointer_add: {
                const std::int64_t base = r[i.a], index = r[i.b];
                if (index != 0) {
                    if (base == 0) return fail(null_pointer);
                    if (base < 0 || u(base) >= layout.addresses.size()) return fail(wild_pointer);
                    std::uint32_t array = layout.addresses[u(base)].array;
                    while (array != Layout::no_cell &&
                           (layout.arrays[array].stride != i.c || (u(base) - layout.arrays[array].first) % i.c != 0))
                        array = layout.arrays[array].outer;
                    const auto farthest = static_cast<std::int64_t>(layout.addresses.size());
                    if (array == Layout::no_cell || index > farthest || index < -farthest) return fail(out_of_bounds);
                    const std::int64_t result = base + index * static_cast<std::int64_t>(i.c);
                    if (result < layout.arrays[array].first || result > layout.arrays[array].end)
                        return fail(out_of_bounds);
                }
                r[i.dst] = base + index * static_cast<std::int64_t>(i.c);
                break;
            }
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
            case Op::copy: {
                for (std::int64_t slot = 0; slot < i.imm; ++slot) {
                    const std::int64_t to = r[i.a] + slot, from = r[i.b] + slot;
                    if (r[i.a] <= 0 || u(to) >= code->slots.size()) return fail(bad_address(r[i.a]));
                    if (r[i.b] <= 0 || u(from) >= code->slots.size()) return fail(bad_address(r[i.b]));
                    const Code::Slot& target = code->slots[u(to)];
                    const Code::Slot& source = code->slots[u(from)];
                    if (target.cell == Layout::no_cell && source.cell == Layout::no_cell) continue;
                    if (target.cell == Layout::no_cell) return fail(bad_address(to));
                    if (source.cell == Layout::no_cell) return fail(bad_address(from));
                    if (target.slot_class != source.slot_class) return fail(wrong_type);
                    const std::int64_t value = value_of(source.cell);
                    if (value == dead_value || value_of(target.cell) == dead_value) return fail(dead_access);
                    if (value == undefined_value && !layout.cells[target.cell].has_mark) return fail(undefined_copy);
                    if (target.is_steady) return fail(punned_write);
                    write(target.cell, value);
                }
                break;
            }
            case Op::fill:
                for (std::uint32_t c = 0; c < i.c; ++c) write(i.b + c, i.imm);
                break;
            case Op::invalidate:
                for (std::int64_t slot = 0; slot < i.imm; ++slot) {
                    const std::int64_t address = r[i.a] + slot;
                    if (r[i.a] <= 0 || u(address) >= code->slots.size()) return fail(bad_address(address));
                    const std::uint32_t cell = code->slots[u(address)].cell;
                    if (cell == Layout::no_cell) continue;
                    if (!layout.cells[cell].has_mark) return fail(undefined_copy);
                    write(cell, undefined_value);
                }
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
                for (std::uint32_t cell : code->time_cells) {
                    const std::int64_t age = value_of(cell);
                    if (age < time_saturation) write(cell, age + 1);  // undefined and dead are larger
                }
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
