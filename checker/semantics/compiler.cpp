// Makes the evaluator's code (semantics/code.h).
//
// Expressions become straight-line code over registers r[0..], an operand's value in the register next to the one that
// will hold the result; the depth of an expression is so the number of registers that it needs. What the Program does
// not say beforehand is checked when it runs, the rest here: an address known now turns into a cell, with no checks at
// all, and an index into a table of equal cells into one comparison.
//
// Each transition has code for its guard, its effect and its choice, for those who want to see every detail (a trap's
// place, a report). Searching does not: for it a whole step, from one location where a process may stop over all
// pass-through locations to the next, is one piece of code, in which each location is compiled once and jumped to.
// What such code cannot do (choices, reports, several ways on) ends in needs_detail, and the stepper goes transition by
// transition. tests/engine holds both ways against each other and against an explorer of its own.
#include "base/diagnostic.h"
#include "semantics/code.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace lockstep {

using namespace traps;

bool is_past_end(const Layout& layout, std::int64_t address)
{
    if (address <= 0 || static_cast<std::size_t>(address) >= layout.addresses.size()) return false;
    const Layout::Address& entry = layout.addresses[static_cast<std::size_t>(address)];
    if (entry.cell != Layout::no_cell || entry.array == Layout::no_cell) return false;
    return layout.arrays[entry.array].first != layout.arrays[entry.array].end;  // an empty array may begin a struct
}

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
            compile_way(automaton, transition, transition.guard, Op::end);
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

    /// Guard (none: known to be true; where it is false: `otherwise`), effect, and what comes at the target.
    void compile_way(const Automaton& automaton, const Transition& transition, ExpressionId guard, Op otherwise)
    {
        if (guard.valid()) {
            evaluate(guard, 0);
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
        if (location.outgoing.size() == 1) return compile_way(automaton, first, first.guard, Op::not_happened);
        evaluate(first.guard, 0);
        const std::size_t to_second = code.size();
        emit({.op = Op::jump_if_zero, .a = 0});
        compile_way(automaton, first, {}, Op::not_happened);
        code[to_second].imm = static_cast<std::int64_t>(code.size());
        compile_way(automaton, automaton.transitions[location.outgoing[1]], {}, Op::not_happened);
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

Code compile_program(const Program& program, const Layout& layout)
{
    Code code;
    for (const Layout::Address& address : layout.addresses)
        code.slots.push_back({address.cell, static_cast<std::int32_t>(class_code(address.slot)), address.is_steady});
    for (std::uint32_t c = 0; c < layout.cells.size(); ++c)
        if (layout.cells[c].kind == SlotClass::Kind::time) code.time_cells.push_back(c);
    for (ProcessId p : ids_of(program.processes)) {
        Compiler compiler(program, layout, p, code.instructions, code.reports, code.traps);
        const Process& process = program.processes[p];
        code.running.add(process.running.valid() ? compiler.compile_value(process.running) : 0);
        code.own_cpu.add(process.cpu.valid() ? compiler.compile_value(process.cpu) : 0);
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
        code.transitions.add(std::move(entries));
    }
    return code;
}

}  // namespace lockstep
