#include "result/interpreter.h"

#include <algorithm>
#include <cassert>
#include <set>

namespace lockstep {

namespace {

template <typename... Functions>
struct Overloaded : Functions... {
    using Functions::operator()...;
};

[[noreturn]] void trap(const char* kind, const char* message) { throw Trap{kind, message}; }
[[noreturn]] void memory_trap(const char* message) { trap("memory", message); }

constexpr const char* null_text = "null pointer dereference";
constexpr const char* wild_text = "access through a pointer that points at nothing";
constexpr const char* bounds_text = "access outside an array's bounds";
constexpr const char* punning_text = "write through a pointer to another struct than what it points at (type punning)";
constexpr const char* undefined_text = "what holds no value comes where a pointer's type did not say that it could";
constexpr int loop_budget = 1000;
/// A step longer than this is taken for one that never ends (by recursion, so that it must not be too many).
constexpr std::size_t max_moves = 1000;
constexpr Trap endless_step{"livelock", "a step that never ends: a loop without an access that others can see"};

std::uint64_t u(std::int64_t v) { return static_cast<std::uint64_t>(v); }
std::int64_t s(std::uint64_t v) { return static_cast<std::int64_t>(v); }

void check_defined(std::int64_t value)
{
    if (value == undefined_value) memory_trap("read of a variable that was never written");
    if (value == dead_value) memory_trap("access to a variable whose scope has ended (dead stack frame)");
}

void check_base(std::int64_t address)
{
    if (address == 0) memory_trap(null_text);
    if (address < 0 || address >= integer_pointer_tag) memory_trap(wild_text);
}

}  // namespace

Interpreter::Interpreter(const Program& the_program, const Layout& the_layout)
    : program(the_program), layout(the_layout), register_of(program.variables.size(), 0)
{
    std::vector<std::size_t> count(program.automata.size(), 0);
    for (VariableId v : ids_of(program.variables))
        if (program.variables[v].storage == Storage::local && !program.variables[v].in_memory)
            register_of[v.index] = count[program.variables[v].owner.index]++;
    std::size_t first = 0;
    for (const Process& process : program.processes) {
        first_register.push_back(first);
        first += count[process.automaton.index];
    }
}

bool Interpreter::is_invariant(ProcessId p) const
{
    return std::ranges::find(program.invariants, p, &Invariant::process) != program.invariants.end();
}

Interpreter::State Interpreter::initial(std::uint32_t index) const
{
    State state;
    const auto cells = initial_cells(program, layout)[index];
    state.memory.assign(layout.addresses.size(), 0);
    for (std::size_t a = 0; a < layout.addresses.size(); ++a) {
        const Layout::Address& address = layout.addresses[a];
        if (address.cell == Layout::no_cell) continue;
        state.memory[a] = address.process.valid() ? dead_value : cells[address.cell];
    }
    for (const Process& process : program.processes) {
        for (const Variable& v : program.variables)
            if (v.storage == Storage::local && !v.in_memory && v.owner == process.automaton)
                state.registers.push_back(std::holds_alternative<TimeType>(program.types[v.type].kind) ? time_never
                                                                                                       : 0);
        state.locations.push_back(program.automata[process.automaton].entry);
    }
    return state;
}

Interpreter::State Interpreter::from_cells(std::span<const std::int64_t> cells) const
{
    State state;
    state.memory.assign(layout.addresses.size(), 0);
    for (std::size_t a = 0; a < layout.addresses.size(); ++a)
        if (layout.addresses[a].cell != Layout::no_cell) state.memory[a] = cells[layout.addresses[a].cell];
    for (ProcessId p : ids_of(program.processes)) {
        for (VariableId v : ids_of(program.variables)) {
            const Variable& variable = program.variables[v];
            if (variable.storage == Storage::local && !variable.in_memory &&
                variable.owner == program.processes[p].automaton)
                state.registers.push_back(cells[layout.processes[p].local[v.index]]);
        }
        state.locations.emplace_back(static_cast<std::size_t>(cells[layout.processes[p].location_cell]));
    }
    return state;
}

// ---- Expressions ---------------------------------------------------------------------------------------------------

/// One past the end of an array that has elements: there is nothing that has members.
bool Interpreter::is_past_end(std::int64_t address) const
{
    if (address <= 0 || u(address) >= layout.addresses.size()) return false;
    const Layout::Address& entry = layout.addresses[u(address)];
    if (entry.cell != Layout::no_cell || entry.array == Layout::no_cell) return false;
    return layout.arrays[entry.array].first != layout.arrays[entry.array].end;
}

std::uint32_t Interpreter::slot(std::int64_t address, SlotClass expected) const
{
    if (address == 0) memory_trap(null_text);
    if (address < 0 || u(address) >= layout.addresses.size()) memory_trap(wild_text);
    const Layout::Address& entry = layout.addresses[u(address)];
    if (entry.cell == Layout::no_cell) memory_trap(entry.array == Layout::no_cell ? wild_text : bounds_text);
    if (!(entry.slot == expected)) memory_trap("access through a pointer of another type than what it points at");
    return static_cast<std::uint32_t>(address);
}

/// A computed value, brought into its type: wrapped around; a time stamp saturates.
static std::int64_t bring_into(const Type& type, std::int64_t value)
{
    if (!std::holds_alternative<TimeType>(type.kind)) return wrap(value, type);
    if (value > time_never / 2) return time_never;
    return std::clamp(value, -time_saturation, time_saturation);
}

static std::int64_t binary_value(const Binary& node, std::int64_t left, std::int64_t right, const Type& operands)
{
    const bool is_signed_operand = is_signed(operands) || !is_integer(operands);
    const std::uint64_t width = is_integer(operands) ? bits_of(operands) : 64;
    const bool divides = node.op == BinaryOp::divide || node.op == BinaryOp::remainder;
    const bool shifts = node.op == BinaryOp::shift_left || node.op == BinaryOp::shift_right;
    if (divides && right == 0) trap("arithmetic", "division by zero");
    if (shifts && u(right) >= width) trap("arithmetic", "shift by a negative number or by more than the width");
    switch (node.op) {
        case BinaryOp::add:
            return s(u(left) + u(right));
        case BinaryOp::subtract:
            return s(u(left) - u(right));
        case BinaryOp::multiply:
            return s(u(left) * u(right));
        case BinaryOp::divide:
            if (!is_signed_operand) return s(u(left) / u(right));
            return right == -1 ? s(0 - u(left)) : left / right;
        case BinaryOp::remainder:
            if (!is_signed_operand) return s(u(left) % u(right));
            return right == -1 ? 0 : left % right;
        case BinaryOp::bit_and:
            return left & right;
        case BinaryOp::bit_or:
            return left | right;
        case BinaryOp::bit_xor:
            return left ^ right;
        case BinaryOp::shift_left:
            return s(u(left) << right);
        case BinaryOp::shift_right:
            return is_signed_operand ? left >> right : s(u(left) >> right);
        case BinaryOp::equal:
            return left == right;
        case BinaryOp::not_equal:
            return left != right;
        case BinaryOp::less:
            return is_signed_operand ? left < right : u(left) < u(right);
        case BinaryOp::less_equal:
            return is_signed_operand ? left <= right : u(left) <= u(right);
        case BinaryOp::slots_between:
            return (left - right) / node.stride;
        case BinaryOp::logical_and:
        case BinaryOp::logical_or:
            break;
    }
    assert(false);
    return 0;
}

std::int64_t Interpreter::value(const Context& c, ExpressionId id)
{
    const Expression& e = program.expressions[id];
    const Type& type = program.types[e.type];
    const auto type_of = [&](ExpressionId x) -> const Type& { return program.types[program.expressions[x].type]; };
    return std::visit(
        Overloaded{
            [&](const Constant& n) { return n.value; },
            [&](const FunctionConstant& n) { return function_value(n.function); },
            [&](const StringConstant& n) { return string_value(n.string); },
            [&](const LocalValue& n) {
                const std::int64_t v = c.state->registers[register_index(c.process, n.variable)];
                if (v == undefined_value) check_defined(v);
                return v;
            },
            [&](const Own& n) -> std::int64_t {
                const Process& process = program.processes[c.process];
                switch (n.what) {
                    case Own::What::cpu:
                        return process.cpu.valid() ? value(c, process.cpu) : c.process.index;
                    case Own::What::task:
                        return process.own_task.valid() ? value(c, process.own_task) : process.task;
                    case Own::What::process:
                        return c.process.index;
                    case Own::What::argument:
                        return process.argument;
                }
                return 0;
            },
            [&](const AddressOf& n) -> std::int64_t {
                return layout.address_of(program, n.variable, n.offset, c.process);
            },
            [&](const FieldAddress& n) {
                const std::int64_t base = value(c, n.base);
                check_base(base);
                if (n.offset != 0 && is_past_end(base)) memory_trap(bounds_text);
                return base + n.offset;
            },
            [&](const ElementAddress& n) -> std::int64_t {
                const std::int64_t base = value(c, n.base), index = value(c, n.index);
                if (n.count > 0) {
                    if (u(index) > n.count) memory_trap(bounds_text);
                    check_base(base);
                    return base + index * static_cast<std::int64_t>(n.stride);
                }
                if (index == 0) return base;
                if (base == 0) memory_trap(null_text);
                if (base < 0 || u(base) >= layout.addresses.size()) memory_trap(wild_text);
                const auto farthest = static_cast<std::int64_t>(layout.addresses.size());
                if (index > farthest || index < -farthest) memory_trap(bounds_text);
                const std::int64_t result = base + index * static_cast<std::int64_t>(n.stride);
                for (std::uint32_t a = layout.addresses[u(base)].array; a != Layout::no_cell;
                     a = layout.arrays[a].outer) {
                    const Layout::Array& array = layout.arrays[a];
                    if (array.stride != n.stride || (u(base) - array.first) % n.stride != 0) continue;
                    if (result < array.first || result > array.end) break;
                    return result;
                }
                memory_trap(bounds_text);
            },
            [&](const PerCpuAddress& n) {
                const std::int64_t base = value(c, n.base), cpu = value(c, n.cpu);
                if (base < layout.per_cpu_first || base >= layout.per_cpu_first + layout.per_cpu_stride)
                    memory_trap(base == 0 ? null_text : wild_text);
                if (u(cpu) >= program.cpus) memory_trap("no CPU has this number");
                return base + cpu * static_cast<std::int64_t>(layout.per_cpu_stride);
            },
            [&](const Load& n) {
                const std::uint32_t at = slot(value(c, n.address), slot_class(type));
                if (read_log != nullptr) read_log->push_back(at);
                touch(at);
                check_defined(c.state->memory[at]);
                return c.state->memory[at];
            },
            [&](const Unary& n) {
                const std::int64_t v = value(c, n.operand);
                if (n.op == UnaryOp::logical_not) return std::int64_t{v == 0};
                return bring_into(type, n.op == UnaryOp::negate ? s(0 - u(v)) : ~v);
            },
            [&](const Binary& n) -> std::int64_t {
                const std::int64_t left = value(c, n.left);
                if (n.op == BinaryOp::logical_and) return left != 0 && value(c, n.right) != 0;
                if (n.op == BinaryOp::logical_or) return left != 0 || value(c, n.right) != 0;
                return bring_into(type, binary_value(n, left, value(c, n.right), type_of(n.left)));
            },
            [&](const Convert& n) -> std::int64_t {
                const std::int64_t v = value(c, n.operand);
                const Type& from = type_of(n.operand);
                const auto is_address = [](const Type& t) {
                    return is_pointer(t) || std::holds_alternative<FunctionPointerType>(t.kind);
                };
                if (is_integer(type) && bits_of(type) == 1) return v != 0;
                if (is_address(type) && is_integer(from)) {
                    if (v < -(1 << 29) || v >= 1 << 29)
                        memory_trap("an integer of more than 29 bits is kept in a pointer");
                    return v == 0 ? 0 : integer_pointer_tag | (v & 0x3fffffff);
                }
                const bool is_tagged = is_address(from) && (v & integer_pointer_tag) != 0 && v < string_pointer_tag;
                if (is_integer(type) && is_tagged) return wrap(s(u(v) << 34) >> 34, type);
                return bring_into(type, v);
            },
            [&](const Select& n) { return value(c, n.condition) != 0 ? value(c, n.if_true) : value(c, n.if_false); }},
        e.node);
}

bool Interpreter::running(const State& state, ProcessId p)
{
    const ExpressionId condition = program.processes[p].running;
    try {
        return !condition.valid() || value({&state, p}, condition) != 0;
    } catch (const Trap&) {
        return false;
    }
}

std::int64_t Interpreter::own_cpu(const State& state, ProcessId p)
{
    const Process& process = program.processes[p];
    return process.cpu.valid() ? value({&state, p}, process.cpu) : p.index;
}

std::int64_t Interpreter::own_task(const State& state, ProcessId p)
{
    const Process& process = program.processes[p];
    return process.own_task.valid() ? value({&state, p}, process.own_task) : process.task;
}

// ---- Statements ----------------------------------------------------------------------------------------------------

void Interpreter::assign_register(State& state, ProcessId p, VariableId v, std::int64_t new_value) const
{
    state.registers[register_index(p, v)] = new_value;
}

void Interpreter::set_scope(State& state, ProcessId p, VariableId v, bool begins) const
{
    const Variable& variable = program.variables[v];
    const Type& type = program.types[variable.type];
    if (!variable.in_memory) {
        const bool is_time = std::holds_alternative<TimeType>(type.kind);
        assign_register(state, p, v, begins ? undefined_value : is_time ? time_never : 0);
        return;
    }
    const std::uint32_t first = layout.address_of(program, v, 0, p);
    for (std::uint32_t i = 0; i < type.slots; ++i)
        if (layout.addresses[first + i].cell != Layout::no_cell) {
            touch_written(first + i);
            state.memory[first + i] = begins ? undefined_value : dead_value;
        }
}

void Interpreter::copy(State& state, std::int64_t to, std::int64_t from, std::uint32_t slots) const
{
    for (std::uint32_t i = 0; i < slots; ++i) {
        for (std::int64_t base : {to, from}) {
            if (base == 0) memory_trap(null_text);
            if (base < 0 || u(base + i) >= layout.addresses.size()) memory_trap(wild_text);
        }
        const Layout::Address& target = layout.addresses[u(to + i)];
        const Layout::Address& source = layout.addresses[u(from + i)];
        if (target.cell == Layout::no_cell && source.cell == Layout::no_cell) continue;
        slot(to + i, source.cell == Layout::no_cell ? target.slot : source.slot);
        slot(from + i, target.slot);
        if (read_log != nullptr) read_log->push_back(static_cast<std::uint32_t>(from + i));
        touch(static_cast<std::uint32_t>(from + i));
        touch_written(static_cast<std::uint32_t>(to + i));
        const std::int64_t v = state.memory[u(from + i)];
        if (v == dead_value || state.memory[u(to + i)] == dead_value) check_defined(dead_value);
        if (v == undefined_value && !layout.cells[target.cell].has_mark) memory_trap(undefined_text);
        if (target.is_steady) memory_trap(punning_text);
        state.memory[u(to + i)] = v;
    }
}

void Interpreter::invalidate(State& state, std::int64_t address, std::uint32_t slots) const
{
    for (std::uint32_t i = 0; i < slots; ++i) {
        check_base(address);
        const Layout::Address& entry = layout.addresses[u(address + i)];
        if (entry.cell == Layout::no_cell) continue;
        if (!layout.cells[entry.cell].has_mark) memory_trap(undefined_text);
        touch_written(static_cast<std::uint32_t>(address + i));
        state.memory[u(address + i)] = undefined_value;
    }
}

void Interpreter::age_times(State& state) const
{
    const auto age = [](std::int64_t& v) {
        if (v < time_saturation) ++v;  // undefined and dead are larger
    };
    for (std::size_t a = 0; a < layout.addresses.size(); ++a)
        if (layout.addresses[a].cell != Layout::no_cell && layout.addresses[a].slot.kind == SlotClass::Kind::time)
            age(state.memory[a]);
    for (ProcessId p : ids_of(program.processes))
        for (VariableId v : ids_of(program.variables)) {
            const Variable& variable = program.variables[v];
            if (variable.storage == Storage::local && !variable.in_memory &&
                variable.owner == program.processes[p].automaton &&
                std::holds_alternative<TimeType>(program.types[variable.type].kind))
                age(state.registers[register_index(p, v)]);
        }
}

void Interpreter::carry_out(State& state, const Move& move, Outcome& outcome)
{
    const ProcessId p = move.process;
    const auto get = [&](ExpressionId e) { return value({&state, p}, e); };
    const auto store = [&](ExpressionId address, ExpressionId e) {
        const std::int64_t to = get(address);
        const std::int64_t v = get(e);
        const std::uint32_t at = slot(to, slot_class(program.types[program.expressions[e].type]));
        touch_written(at);
        if (state.memory[at] == dead_value) check_defined(dead_value);
        if (layout.addresses[at].is_steady) memory_trap(punning_text);
        state.memory[at] = v;
    };
    const auto report = [&](const Report& r) {
        ReportEvent event{p, move.transition, &r, {}, 0, 0};
        for (ExpressionId a : r.arguments) event.arguments.push_back(get(a));
        event.cpu = r.cpu.valid() ? get(r.cpu) : own_cpu(state, p);
        event.task = r.task.valid() ? get(r.task) : own_task(state, p);
        outcome.reports.push_back(std::move(event));
        if (r.stops) outcome.end = Outcome::End::stopped;
    };
    for (const Statement& statement : automaton(p).transitions[move.transition].effect) {
        std::visit(
            Overloaded{[&](const AssignLocal& x) { assign_register(state, p, x.variable, get(x.value)); },
                       [&](const Store& x) { store(x.address, x.value); },
                       [&](const Copy& x) { copy(state, get(x.destination), get(x.source), x.slots); },
                       [&](const Undefine& x) { set_scope(state, p, x.variable, true); },
                       [&](const Kill& x) { set_scope(state, p, x.variable, false); },
                       [&](const Invalidate& x) { invalidate(state, get(x.address), x.slots); },
                       [&](const Report& x) { report(x); }, [&](const Progress&) { outcome.made_progress = true; },
                       [&](const Prune&) { outcome.end = Outcome::End::pruned; },
                       [&](const AgeTimes&) { age_times(state); }},
            statement);
        if (outcome.end != Outcome::End::moved) return;
    }
}

Interpreter::Outcome Interpreter::take(State& state, const Move& move, bool force)
{
    Outcome outcome;
    const Transition& t = automaton(move.process).transitions[move.transition];
    State next = state;
    try {
        if (t.choice) {
            const VariableId v = t.choice->variable;
            assign_register(next, move.process, v, wrap(move.choice, program.types[program.variables[v].type]));
        }
        if (!force && t.guard.valid() && value({&next, move.process}, t.guard) == 0) {
            outcome.end = Outcome::End::disabled;
            return outcome;
        }
        carry_out(next, move, outcome);
    } catch (const Trap& what) {
        outcome.end = Outcome::End::trapped;
        outcome.trap = what;
        return outcome;
    }
    if (outcome.end != Outcome::End::moved) return outcome;
    next.locations[move.process.index] = t.target;
    state = std::move(next);
    return outcome;
}

std::vector<std::int64_t> Interpreter::choices(const State& state, ProcessId p, TransitionId t)
{
    const auto& choice = automaton(p).transitions[t].choice;
    if (!choice) return {0};
    std::vector<std::int64_t> values;
    const std::int64_t high = value({&state, p}, choice->high);
    for (std::int64_t v = value({&state, p}, choice->low); v <= high; ++v) values.push_back(v);
    return values;
}

// ---- Steps ---------------------------------------------------------------------------------------------------------

void Interpreter::go_on(StepOutcome step, ProcessId p, std::vector<StepOutcome>& all, bool is_first)
{
    if (!is_first && !location(step.state, p).is_pass_through) {
        all.push_back(std::move(step));
        return;
    }
    if (step.moves.size() > max_moves) {
        step.last.end = Outcome::End::trapped;
        step.last.trap = endless_step;
        all.push_back(std::move(step));
        return;
    }
    const auto is_endless = [&] { return !all.empty() && all.back().last.trap.message == endless_step.message; };
    for (TransitionId t : location(step.state, p).outgoing) {
        if (is_endless()) return;
        std::vector<std::int64_t> values{0};
        StepOutcome trapped = step;
        try {
            values = choices(step.state, p, t);
        } catch (const Trap& what) {
            trapped.moves.push_back({p, t, 0});
            trapped.last.end = Outcome::End::trapped;
            trapped.last.trap = what;
            all.push_back(std::move(trapped));
            continue;
        }
        for (std::int64_t v : values) {
            if (is_endless()) return;
            StepOutcome next = step;
            next.moves.push_back({p, t, v});
            next.last = take(next.state, next.moves.back());
            next.reports.insert(next.reports.end(), next.last.reports.begin(), next.last.reports.end());
            next.made_progress |= next.last.made_progress;
            switch (next.last.end) {
                case Outcome::End::moved:
                    go_on(std::move(next), p, all, false);
                    break;
                case Outcome::End::stopped:
                case Outcome::End::trapped:
                    all.push_back(std::move(next));
                    break;
                case Outcome::End::pruned:
                    met_prune = true;
                    break;
                case Outcome::End::disabled:
                    break;
            }
        }
    }
}

std::vector<Interpreter::StepOutcome> Interpreter::steps(const State& state, ProcessId p)
{
    std::vector<StepOutcome> all;
    if (is_invariant(p) || !running(state, p)) return all;
    if (is_clock(p)) {
        for (ProcessId other : ids_of(program.processes))
            if (!is_clock(other) && !is_invariant(other) && !settled(state, other)) return all;
    }
    StepOutcome start;
    start.state = state;
    go_on(std::move(start), p, all, true);
    if (is_clock(p)) std::erase_if(all, [&](const StepOutcome& step) { return step.state == state; });
    return all;
}

bool Interpreter::settled(const State& state, ProcessId p)
{
    if (!running(state, p)) return true;
    met_prune = false;
    if (steps(state, p).empty()) return !met_prune;
    if (!location(state, p).is_settle_point) return false;
    // What p can reach alone, and from where each was reached.
    std::map<State, std::vector<const State*>> reached{{state, {}}};
    std::vector<const State*> work{&reached.begin()->first};
    int budget = loop_budget;
    for (std::size_t i = 0; i < work.size(); ++i) {
        const auto next = steps(*work[i], p);
        if (next.empty()) return false;
        for (const StepOutcome& step : next) {
            if (step.last.end != Outcome::End::moved || !step.reports.empty() || --budget < 0) return false;
            const auto [entry, is_new] = reached.emplace(step.state, std::vector<const State*>());
            entry->second.push_back(work[i]);
            if (is_new) work.push_back(&entry->first);
        }
    }
    std::set<const State*> come_back{work[0]};
    std::vector<const State*> backwards{work[0]};
    for (std::size_t i = 0; i < backwards.size(); ++i)
        for (const State* before : reached.at(*backwards[i]))
            if (come_back.insert(before).second) backwards.push_back(before);
    return come_back.size() == reached.size();
}

std::vector<Interpreter::StepOutcome> Interpreter::failures(const State& state, const Invariant& invariant)
{
    std::vector<StepOutcome> all;
    StepOutcome start;
    start.state = state;
    go_on(std::move(start), invariant.process, all, true);
    std::erase_if(
        all, [](const StepOutcome& step) { return step.last.end != Outcome::End::trapped && step.reports.empty(); });
    return all;
}

}  // namespace lockstep
