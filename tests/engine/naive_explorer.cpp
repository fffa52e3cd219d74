// The whole meaning of Programs in one long file, on purpose: it shares nothing with checker/ but the Program itself,
// so that no mistake can be in both. Objects instead of cells, maps instead of tables, and a set of states.
#include "engine/naive_explorer.h"

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace lockstep::naive {

namespace {

__extension__ using Wide = __int128;

struct Slot {
    enum class Mark : std::uint8_t { defined, undefined, dead } mark = Mark::defined;
    std::int64_t value = 0;
    auto operator<=>(const Slot&) const = default;
};

struct State {
    std::vector<std::uint32_t> locations;  // by process
    std::vector<Slot> slots;               // of all objects, one behind the other
    auto operator<=>(const State&) const = default;
};

struct Trap {
    std::string kind;
};
[[noreturn]] void memory_trap() { throw Trap{"memory"}; }
[[noreturn]] void arithmetic_trap() { throw Trap{"arithmetic"}; }

/// One copy of a variable. Its slot i has the address (number + 1) * span + i, so that whatever lies outside an object
/// lies in none.
struct Object {
    VariableId variable;
    std::uint32_t cpu = 0;
    ProcessId process;  // of a local
    std::size_t first = 0;
    std::vector<TypeId> types;  // of its slots; none: one past the end of an array
};

constexpr std::int64_t span = 1 << 16;
constexpr std::int64_t integer_base = std::int64_t{1} << 50, string_base = std::int64_t{1} << 54,
                       function_base = std::int64_t{1} << 58;

struct Array {
    std::int64_t first, end, stride;  // offsets in an object; end: one past the last element
};

enum class End : std::uint8_t { moved, stopped, trapped };

struct Reported {
    const Report* report;
    std::int64_t cpu, task;
    std::uint32_t line;
};

struct Step {
    State after;
    End end = End::moved;
    std::string trap;
    std::uint32_t line = 0;  // of the last transition
    std::vector<Reported> reports;
    bool made_progress = false;
    std::vector<TransitionId> taken;
};

class Explorer {
public:
    Explorer(const Program& the_program, const Options& the_options) : program(the_program), options(the_options)
    {
        add_objects(Storage::global, false);
        for (std::uint32_t cpu = 0; cpu < program.cpus; ++cpu)
            for (VariableId v : ids_of(program.variables))
                if (program.variables[v].storage == Storage::per_cpu) add_object({v, cpu, {}, 0, {}});
        add_objects(Storage::global, true);
        for (ProcessId p : ids_of(program.processes))
            for (VariableId v : ids_of(program.variables))
                if (program.variables[v].storage == Storage::local &&
                    program.variables[v].owner == program.processes[p].automaton)
                    add_object({v, 0, p, 0, {}});
    }

    Result run()
    {
        for (const State& initial : initial_states()) insert(initial, 0);
        while (next < states.size()) {
            if (states.size() > options.max_states) {
                result.states = states.size();
                return result;
            }
            expand(next++);
        }
        result.complete = true;
        result.states = states.size();
        for (const auto& component : terminal_components()) judge(component);
        return result;
    }

private:
    const Program& program;
    mutable std::map<std::pair<std::uint32_t, State>, bool> settled_before;  // by process
    mutable bool left_out = false;                                           // a step met a Prune
    const Options& options;
    std::vector<Object> objects;
    std::size_t slot_count = 0;
    Result result;
    mutable std::vector<Step> held;  // invariants' steps that came to their end

    std::map<State, std::size_t> numbers;
    std::vector<const State*> states;
    std::vector<std::uint64_t> depths;
    std::vector<std::vector<std::size_t>> successors;
    std::size_t next = 0;

    // ---- Objects and addresses ----

    void add_objects(Storage storage, bool hardware)
    {
        for (VariableId v : ids_of(program.variables))
            if (program.variables[v].storage == storage && program.variables[v].is_hardware == hardware)
                add_object({v, 0, {}, 0, {}});
    }

    void add_object(Object object)
    {
        object.first = slot_count;
        add_types(program.variables[object.variable].type, object.types);
        slot_count += object.types.size();
        objects.push_back(std::move(object));
    }

    void add_types(TypeId id, std::vector<TypeId>& types) const
    {
        const Type& type = program.types[id];
        if (const auto* record = std::get_if<StructType>(&type.kind)) {
            for (const Field& field : record->fields) add_types(field.type, types);
        } else if (const auto* array = std::get_if<ArrayType>(&type.kind)) {
            for (std::uint32_t i = 0; i < array->count; ++i) add_types(array->element, types);
            types.push_back(TypeId());
        } else {
            types.push_back(id);
        }
    }

    [[nodiscard]] std::size_t object_of(VariableId v, ProcessId p, std::uint32_t cpu = 0) const
    {
        for (std::size_t i = 0; i < objects.size(); ++i) {
            const bool is_own = program.variables[v].storage != Storage::local || objects[i].process == p;
            if (objects[i].variable == v && objects[i].cpu == cpu && is_own) return i;
        }
        std::abort();
    }

    [[nodiscard]] std::int64_t address(std::size_t object, std::int64_t offset) const
    {
        return (static_cast<std::int64_t>(object) + 1) * span + offset;
    }

    /// The object that an address lies in; it may be the place past the end of an array in it.
    [[nodiscard]] std::optional<std::size_t> find_object(std::int64_t a) const
    {
        if (a < span || a / span > static_cast<std::int64_t>(objects.size())) return std::nullopt;
        const auto object = static_cast<std::size_t>(a / span - 1);
        if (static_cast<std::size_t>(a % span) >= objects[object].types.size()) return std::nullopt;
        return object;
    }

    /// The slot at an address, for an access as `type`.
    [[nodiscard]] std::size_t slot_at(std::int64_t a, TypeId type) const
    {
        const auto object = find_object(a);
        if (!object) memory_trap();
        const auto offset = static_cast<std::size_t>(a % span);
        const TypeId there = objects[*object].types[offset];
        if (!there.valid() || !same_class(there, type)) memory_trap();
        return objects[*object].first + offset;
    }

    [[nodiscard]] bool same_class(TypeId a, TypeId b) const
    {
        const Type& left = program.types[a];
        const Type& right = program.types[b];
        if (is_integer(left) && is_integer(right)) return bits_of(left) == bits_of(right);
        return left.kind.index() == right.kind.index();
    }

    /// The arrays that a slot of an object of this type lies in, innermost first.
    void find_arrays(TypeId id, std::int64_t first, std::int64_t offset, std::vector<Array>& arrays) const
    {
        const Type& type = program.types[id];
        if (offset < first || offset >= first + type.slots) return;
        if (const auto* record = std::get_if<StructType>(&type.kind)) {
            for (const Field& field : record->fields) find_arrays(field.type, first + field.offset, offset, arrays);
        } else if (const auto* array = std::get_if<ArrayType>(&type.kind)) {
            const std::int64_t stride = program.types[array->element].slots;
            for (std::int64_t i = 0; i < array->count; ++i)
                find_arrays(array->element, first + i * stride, offset, arrays);
            arrays.push_back({first, first + stride * array->count, stride});
        }
    }

    // ---- Initial states ----

    [[nodiscard]] State blank() const
    {
        State state;
        for (const Process& process : program.processes)
            state.locations.push_back(program.automata[process.automaton].entry.index);
        state.slots.resize(slot_count);
        for (const Object& object : objects) {
            const Variable& variable = program.variables[object.variable];
            if (variable.storage != Storage::local) continue;
            for (std::size_t i = 0; i < object.types.size(); ++i)
                state.slots[object.first + i] = out_of_scope(variable, object.types[i]);
        }
        return state;
    }

    /// What a local holds before and after its scope.
    [[nodiscard]] Slot out_of_scope(const Variable& variable, TypeId slot) const
    {
        if (!slot.valid()) return {};
        if (variable.in_memory) return {Slot::Mark::dead, 0};
        const bool is_time = std::holds_alternative<TimeType>(program.types[slot].kind);
        return {Slot::Mark::defined, is_time ? time_never : 0};
    }

    [[nodiscard]] std::vector<State> initial_states() const
    {
        std::vector<State> all;
        for (const auto& values : program.initial_states) {
            State state = blank();
            std::size_t i = 0;
            for (const Object& object : objects) {
                if (object.process.valid()) continue;
                for (std::size_t s = 0; s < object.types.size(); ++s)
                    if (object.types[s].valid()) state.slots[object.first + s].value = values[i++];
            }
            all.push_back(std::move(state));
        }
        if (!all.empty()) return all;
        State state = blank();
        for (const Object& object : objects)
            for (const auto& [slot, initial] : program.variables[object.variable].initial)
                state.slots[object.first + slot].value = initial_value(initial);
        return {state};
    }

    [[nodiscard]] std::int64_t initial_value(const InitialValue& initial) const
    {
        if (const auto* number = std::get_if<std::int64_t>(&initial)) return *number;
        if (const auto* function = std::get_if<FunctionId>(&initial)) return function_base + function->index;
        if (const auto* string = std::get_if<StringId>(&initial)) return string_base + string->index;
        const auto& target = std::get<InitialAddress>(initial);
        return address(object_of(target.variable, {}), target.offset);
    }

    // ---- Expressions ----

    [[nodiscard]] const Type& type_of(ExpressionId e) const { return program.types[program.expressions[e].type]; }

    /// What a value of a type stands for.
    static Wide number_of(std::int64_t value, const Type& type)
    {
        if (is_integer(type) && !is_signed(type)) return static_cast<std::uint64_t>(value);
        return value;
    }

    /// The value of a type that a number becomes, modulo two to the power of its bits.
    static std::int64_t value_of(Wide number, const Type& type)
    {
        if (std::holds_alternative<TimeType>(type.kind)) {
            if (number > time_never / 2) return time_never;
            return static_cast<std::int64_t>(std::clamp<Wide>(number, -time_saturation, time_saturation));
        }
        if (!is_integer(type)) return static_cast<std::int64_t>(number);
        const Wide modulus = Wide{1} << bits_of(type);
        Wide rest = number % modulus;
        if (rest < 0) rest += modulus;
        if (is_signed(type) && rest >= modulus / 2) rest -= modulus;
        return static_cast<std::int64_t>(static_cast<std::uint64_t>(rest));
    }

    static std::int64_t read(const Slot& slot)
    {
        if (slot.mark != Slot::Mark::defined) memory_trap();
        return slot.value;
    }

    std::int64_t evaluate(const State& s, ProcessId p, ExpressionId id) const
    {
        const Expression& e = program.expressions[id];
        const Type& type = program.types[e.type];
        if (const auto* constant = std::get_if<Constant>(&e.node)) return constant->value;
        if (const auto* function = std::get_if<FunctionConstant>(&e.node))
            return function_base + function->function.index;
        if (const auto* string = std::get_if<StringConstant>(&e.node)) return string_base + string->string.index;
        if (const auto* local = std::get_if<LocalValue>(&e.node))
            return read(s.slots[objects[object_of(local->variable, p)].first]);
        if (const auto* own = std::get_if<Own>(&e.node)) return own_value(s, p, own->what);
        if (const auto* of = std::get_if<AddressOf>(&e.node)) return address(object_of(of->variable, p), of->offset);
        if (const auto* field = std::get_if<FieldAddress>(&e.node)) return field_address(s, p, *field);
        if (const auto* element = std::get_if<ElementAddress>(&e.node)) return element_address(s, p, *element);
        if (const auto* per_cpu = std::get_if<PerCpuAddress>(&e.node)) return per_cpu_address(s, p, *per_cpu);
        if (const auto* load = std::get_if<Load>(&e.node))
            return read(s.slots[slot_at(evaluate(s, p, load->address), e.type)]);
        if (const auto* unary = std::get_if<Unary>(&e.node)) {
            const std::int64_t operand = evaluate(s, p, unary->operand);
            if (unary->op == UnaryOp::logical_not) return operand == 0 ? 1 : 0;
            const Wide number = number_of(operand, type);
            return value_of(unary->op == UnaryOp::negate ? -number : -number - 1, type);
        }
        if (const auto* binary = std::get_if<Binary>(&e.node)) return binary_value(s, p, *binary, type);
        if (const auto* convert = std::get_if<Convert>(&e.node)) return convert_value(s, p, *convert, type);
        const auto& select = std::get<Select>(e.node);
        return evaluate(s, p, evaluate(s, p, select.condition) != 0 ? select.if_true : select.if_false);
    }

    std::int64_t own_value(const State& s, ProcessId p, Own::What what) const
    {
        const Process& process = program.processes[p];
        switch (what) {
            case Own::What::cpu:
                return process.cpu.valid() ? evaluate(s, p, process.cpu) : p.index;
            case Own::What::task:
                return process.own_task.valid() ? evaluate(s, p, process.own_task) : process.task;
            case Own::What::process:
                return p.index;
            case Own::What::argument:
                return process.argument;
        }
        std::abort();
    }

    std::int64_t field_address(const State& s, ProcessId p, const FieldAddress& field) const
    {
        const std::int64_t base = evaluate(s, p, field.base);
        if (base <= 0 || base >= integer_base) memory_trap();
        const auto object = find_object(base);
        // One past the end of an array there is no struct.
        if (object && field.offset != 0 && !objects[*object].types[static_cast<std::size_t>(base % span)].valid())
            memory_trap();
        return base + field.offset;
    }

    std::int64_t element_address(const State& s, ProcessId p, const ElementAddress& element) const
    {
        const std::int64_t base = evaluate(s, p, element.base);
        const Wide index = number_of(evaluate(s, p, element.index), type_of(element.index));
        const Wide result = base + index * element.stride;
        if (element.count > 0) {
            if (index < 0 || index > element.count || base <= 0 || base >= integer_base) memory_trap();
            return static_cast<std::int64_t>(result);
        }
        if (index == 0) return base;
        const auto object = find_object(base);
        if (!object) memory_trap();
        std::vector<Array> arrays;
        find_arrays(program.variables[objects[*object].variable].type, 0, base % span, arrays);
        for (const Array& array : arrays) {
            if (array.stride != element.stride || (base % span - array.first) % array.stride != 0) continue;
            const Wide offset = result - (base - base % span);
            if (offset < array.first || offset > array.end) memory_trap();
            return static_cast<std::int64_t>(result);
        }
        memory_trap();
    }

    std::int64_t per_cpu_address(const State& s, ProcessId p, const PerCpuAddress& per_cpu) const
    {
        const std::int64_t base = evaluate(s, p, per_cpu.base);
        const Wide cpu = number_of(evaluate(s, p, per_cpu.cpu), type_of(per_cpu.cpu));
        const auto object = find_object(base);
        if (!object || program.variables[objects[*object].variable].storage != Storage::per_cpu) memory_trap();
        if (objects[*object].cpu != 0 || cpu < 0 || cpu >= program.cpus) memory_trap();
        return address(object_of(objects[*object].variable, {}, static_cast<std::uint32_t>(cpu)), base % span);
    }

    std::int64_t binary_value(const State& s, ProcessId p, const Binary& node, const Type& type) const
    {
        const std::int64_t left_value = evaluate(s, p, node.left);
        if (node.op == BinaryOp::logical_and) return left_value != 0 && evaluate(s, p, node.right) != 0 ? 1 : 0;
        if (node.op == BinaryOp::logical_or) return left_value != 0 || evaluate(s, p, node.right) != 0 ? 1 : 0;
        const Type& operands = type_of(node.left);
        const Wide left = number_of(left_value, operands);
        const Wide right = number_of(evaluate(s, p, node.right), type_of(node.right));
        const Wide bits = is_integer(operands) ? bits_of(operands) : 64;
        switch (node.op) {
            case BinaryOp::add:
                return value_of(left + right, type);
            case BinaryOp::subtract:
                return value_of(left - right, type);
            case BinaryOp::multiply:
                return value_of(left * right, type);
            case BinaryOp::divide:
                if (right == 0) arithmetic_trap();
                return value_of(left / right, type);
            case BinaryOp::remainder:
                if (right == 0) arithmetic_trap();
                return value_of(left % right, type);
            case BinaryOp::bit_and:
                return value_of(left & right, type);
            case BinaryOp::bit_or:
                return value_of(left | right, type);
            case BinaryOp::bit_xor:
                return value_of(left ^ right, type);
            case BinaryOp::shift_left:
                if (right < 0 || right >= bits) arithmetic_trap();
                return value_of(left * (Wide{1} << static_cast<int>(right)), type);
            case BinaryOp::shift_right:
                if (right < 0 || right >= bits) arithmetic_trap();
                return value_of(left >> static_cast<int>(right), type);
            case BinaryOp::equal:
                return left == right ? 1 : 0;
            case BinaryOp::not_equal:
                return left != right ? 1 : 0;
            case BinaryOp::less:
                return left < right ? 1 : 0;
            case BinaryOp::less_equal:
                return left <= right ? 1 : 0;
            case BinaryOp::slots_between:
                return value_of((left - right) / node.stride, type);
            case BinaryOp::logical_and:
            case BinaryOp::logical_or:
                break;
        }
        std::abort();
    }

    std::int64_t convert_value(const State& s, ProcessId p, const Convert& node, const Type& to) const
    {
        const std::int64_t value = evaluate(s, p, node.operand);
        const Type& from = type_of(node.operand);
        const bool from_number = is_integer(from) || std::holds_alternative<TimeType>(from.kind);
        const bool to_number = is_integer(to) || std::holds_alternative<TimeType>(to.kind);
        if (is_integer(to) && bits_of(to) == 1) return value != 0 ? 1 : 0;
        if (std::holds_alternative<TimeType>(to.kind)) return value_of(value, to);  // an age may be negative
        if (from_number && to_number) return value_of(number_of(value, from), to);
        if (from_number) {
            if (value < -(1 << 29) || value >= 1 << 29) memory_trap();
            return value == 0 ? 0 : integer_base + (1 << 30) + value;
        }
        if (to_number && value >= integer_base && value < string_base)
            return value_of(value - integer_base - (1 << 30), to);
        return to_number ? value_of(value, to) : value;
    }

    bool running(const State& s, ProcessId p) const
    {
        const ExpressionId condition = program.processes[p].running;
        try {
            return !condition.valid() || evaluate(s, p, condition) != 0;
        } catch (const Trap&) {
            return false;
        }
    }

    // ---- Effects ----

    /// False: the step is none after all.
    bool carry_out(Step& step, ProcessId p, const Transition& t) const
    {
        State& s = step.after;
        for (const Statement& statement : t.effect) {
            if (const auto* assign = std::get_if<AssignLocal>(&statement)) {
                s.slots[objects[object_of(assign->variable, p)].first] = {Slot::Mark::defined,
                                                                          evaluate(s, p, assign->value)};
            } else if (const auto* store = std::get_if<Store>(&statement)) {
                const std::int64_t to = evaluate(s, p, store->address);
                const std::int64_t value = evaluate(s, p, store->value);
                Slot& slot = s.slots[slot_at(to, program.expressions[store->value].type)];
                if (slot.mark == Slot::Mark::dead) memory_trap();
                slot = {Slot::Mark::defined, value};
            } else if (const auto* copy = std::get_if<Copy>(&statement)) {
                copy_slots(s, evaluate(s, p, copy->destination), evaluate(s, p, copy->source), copy->slots);
            } else if (const auto* undefine = std::get_if<Undefine>(&statement)) {
                const Object& object = objects[object_of(undefine->variable, p)];
                for (std::size_t i = 0; i < object.types.size(); ++i)
                    if (object.types[i].valid()) s.slots[object.first + i] = {Slot::Mark::undefined, 0};
            } else if (const auto* kill = std::get_if<Kill>(&statement)) {
                const Object& object = objects[object_of(kill->variable, p)];
                for (std::size_t i = 0; i < object.types.size(); ++i)
                    s.slots[object.first + i] = out_of_scope(program.variables[kill->variable], object.types[i]);
            } else if (const auto* invalidate = std::get_if<Invalidate>(&statement)) {
                invalidate_slots(s, evaluate(s, p, invalidate->address), invalidate->slots);
            } else if (const auto* report = std::get_if<Report>(&statement)) {
                for (ExpressionId argument : report->arguments) evaluate(s, p, argument);
                const auto cpu = report->cpu.valid() ? evaluate(s, p, report->cpu) : own_value(s, p, Own::What::cpu);
                const auto task =
                    report->task.valid() ? evaluate(s, p, report->task) : own_value(s, p, Own::What::task);
                step.reports.push_back({report, cpu, task, t.place.line});
                if (report->stops) {
                    step.end = End::stopped;
                    return true;
                }
            } else if (std::holds_alternative<Progress>(statement)) {
                step.made_progress = true;
            } else if (std::holds_alternative<Prune>(statement)) {
                left_out = true;
                return false;
            } else {
                age(s);
            }
        }
        return true;
    }

    void copy_slots(State& s, std::int64_t to, std::int64_t from, std::uint32_t count) const
    {
        for (std::uint32_t i = 0; i < count; ++i) {
            const auto target = find_object(to + i), source = find_object(from + i);
            if (!target || !source) memory_trap();
            const TypeId target_type = objects[*target].types[static_cast<std::size_t>((to + i) % span)];
            const TypeId source_type = objects[*source].types[static_cast<std::size_t>((from + i) % span)];
            if (!target_type.valid() && !source_type.valid()) continue;
            if (!target_type.valid() || !source_type.valid()) memory_trap();
            Slot& into = s.slots[slot_at(to + i, source_type)];
            const Slot value = s.slots[slot_at(from + i, target_type)];
            if (value.mark == Slot::Mark::dead || into.mark == Slot::Mark::dead) memory_trap();
            if (value.mark == Slot::Mark::undefined) check_undefinable(*target, (to + i) % span);
            into = value;
        }
    }

    void invalidate_slots(State& s, std::int64_t at, std::uint32_t count) const
    {
        for (std::uint32_t i = 0; i < count; ++i) {
            const auto object = find_object(at + i);
            if (!object) memory_trap();
            const auto offset = static_cast<std::size_t>((at + i) % span);
            if (!objects[*object].types[offset].valid()) continue;
            check_undefinable(*object, static_cast<std::int64_t>(offset));
            s.slots[objects[*object].first + offset] = {Slot::Mark::undefined, 0};
        }
    }

    /// Locals can be undefined, and of the other variables the slots of which it is said.
    void check_undefinable(std::size_t object, std::int64_t offset) const
    {
        if (objects[object].process.valid()) return;
        const std::vector<bool>& undefinable = program.variables[objects[object].variable].undefinable;
        if (undefinable.empty() || !undefinable[static_cast<std::size_t>(offset)]) memory_trap();
    }

    void age(State& s) const
    {
        for (const Object& object : objects)
            for (std::size_t i = 0; i < object.types.size(); ++i) {
                if (!object.types[i].valid()) continue;
                Slot& slot = s.slots[object.first + i];
                const bool is_time = std::holds_alternative<TimeType>(program.types[object.types[i]].kind);
                if (is_time && slot.mark == Slot::Mark::defined && slot.value < time_saturation) ++slot.value;
            }
    }

    // ---- Steps ----

    [[nodiscard]] const Automaton& automaton(ProcessId p) const
    {
        return program.automata[program.processes[p].automaton];
    }
    [[nodiscard]] const Location& location(const State& s, ProcessId p) const
    {
        return automaton(p).locations[LocationId(s.locations[p.index])];
    }
    [[nodiscard]] bool passes(const Location& at) const
    {
        return options.ignore_pass_through ? at.is_atomic : at.is_pass_through;
    }
    [[nodiscard]] bool is_invariant(ProcessId p) const
    {
        return std::ranges::find(program.invariants, p, &Invariant::process) != program.invariants.end();
    }
    [[nodiscard]] bool is_clock(ProcessId p) const { return program.processes[p].kind == ProcessKind::clock; }

    std::vector<Step> steps(const State& s, ProcessId p) const
    {
        std::vector<Step> all;
        if (is_invariant(p) || !running(s, p)) return all;
        Step start;
        start.after = s;
        for (TransitionId t : location(s, p).outgoing)
            if (!automaton(p).transitions[t].when_settled || everybody_settled(s)) take(start, p, t, all);
        // A tick that changes nothing is none.
        if (is_clock(p))
            std::erase_if(all, [&](const Step& step) { return step.end == End::moved && step.after == s; });
        return all;
    }

    /// A transition, with each value of its choice, and all that follows up to where the process stops.
    void take(const Step& before, ProcessId p, TransitionId id, std::vector<Step>& all) const
    {
        const Transition& t = automaton(p).transitions[id];
        Step failed = before;
        failed.end = End::trapped;
        failed.line = t.place.line;
        std::int64_t low = 0, high = 0;
        try {
            if (t.choice) low = evaluate(before.after, p, t.choice->low);
            if (t.choice) high = evaluate(before.after, p, t.choice->high);
        } catch (const Trap& trap) {
            failed.trap = trap.kind;
            if (t.source == automaton(p).entry) failed.taken.push_back(id);
            all.push_back(failed);
            return;
        }
        for (std::int64_t value = low; value <= high; ++value) {
            Step step = before;
            step.line = t.place.line;
            try {
                if (t.choice) choose(step.after, p, *t.choice, value);
                if (t.guard.valid() && evaluate(step.after, p, t.guard) == 0) continue;
                if (!carry_out(step, p, t)) continue;
            } catch (const Trap& trap) {
                step.end = End::trapped;
                step.trap = trap.kind;
            }
            if (step.end == End::moved || t.source == automaton(p).entry) step.taken.push_back(id);
            if (step.end != End::moved) {
                all.push_back(std::move(step));
                continue;
            }
            step.after.locations[p.index] = t.target.index;
            if (!passes(location(step.after, p))) {
                all.push_back(std::move(step));
                continue;
            }
            for (TransitionId following : location(step.after, p).outgoing) take(step, p, following, all);
            if (is_invariant(p) && location(step.after, p).outgoing.empty()) held.push_back(std::move(step));
        }
    }

    void choose(State& s, ProcessId p, const Choice& choice, std::int64_t value) const
    {
        const Type& type = program.types[program.variables[choice.variable].type];
        s.slots[objects[object_of(choice.variable, p)].first] = {Slot::Mark::defined, value_of(value, type)};
    }

    // ---- Waiting ----

    bool everybody_settled(const State& s) const
    {
        for (ProcessId p : ids_of(program.processes))
            if (!is_clock(p) && !is_invariant(p) && !settled(s, p)) return false;
        return true;
    }

    /// Not running, blocked, or in a loop in which it can come back to this state whatever was chosen.
    bool settled(const State& s, ProcessId p) const
    {
        if (!running(s, p)) return true;
        left_out = false;
        if (steps(s, p).empty()) return !left_out;
        if (!location(s, p).is_settle_point) return false;
        const auto known = settled_before.find({p.index, s});
        if (known != settled_before.end()) return known->second;
        return settled_before[{p.index, s}] = can_always_come_back(s, p);
    }

    /// From whatever p can reach alone, it can reach s again.
    bool can_always_come_back(const State& s, ProcessId p) const
    {
        const std::set<State> all = alone(s, p);
        if (all.size() >= 1000) return false;
        std::map<State, std::vector<State>> before;
        for (const State& now : all) {
            const std::vector<Step> next = steps(now, p);
            const auto is_quiet = [](const Step& step) { return step.end == End::moved && step.reports.empty(); };
            if (next.empty() || !std::ranges::all_of(next, is_quiet)) return false;
            for (const Step& step : next) before[step.after].push_back(now);
        }
        std::set<State> coming_back{s};
        std::vector<State> work{s};
        while (!work.empty()) {
            const State now = std::move(work.back());
            work.pop_back();
            for (const State& earlier : before[now])
                if (coming_back.insert(earlier).second) work.push_back(earlier);
        }
        return coming_back.size() == all.size();
    }

    /// Everything that p alone can reach.
    std::set<State> alone(const State& s, ProcessId p) const
    {
        std::set<State> seen{s};
        std::deque<State> work{s};
        while (!work.empty() && seen.size() < 1000) {
            for (Step& step : steps(work.front(), p))
                if (step.end == End::moved && seen.insert(step.after).second) work.push_back(std::move(step.after));
            work.pop_front();
        }
        return seen;
    }

    // ---- The search ----

    std::size_t insert(const State& s, std::uint64_t depth)
    {
        const auto [entry, is_new] = numbers.emplace(s, states.size());
        if (!is_new) return entry->second;
        states.push_back(&entry->first);
        depths.push_back(depth);
        successors.emplace_back();
        result.depth = std::max(result.depth, depth);
        for (const Invariant& invariant : program.invariants) check_invariant(s, invariant, depth);
        return entry->second;
    }

    void note(const Finding& finding, std::uint64_t length)
    {
        Length& known = result.findings[finding];
        known.steps = std::min(known.steps, length);
        known.steps_on_the_fly = std::min(known.steps_on_the_fly, length);
    }

    void note_taken(ProcessId p, const std::vector<Step>& all)
    {
        for (const Step& step : all)
            for (TransitionId t : step.taken) result.taken.emplace(program.processes[p].automaton, t);
    }

    void check_invariant(const State& s, const Invariant& invariant, std::uint64_t depth)
    {
        std::vector<Step> all;
        Step start;
        start.after = s;
        held.clear();
        for (TransitionId t : location(s, invariant.process).outgoing) take(start, invariant.process, t, all);
        note_taken(invariant.process, held);
        note_taken(invariant.process, all);
        for (const Step& step : all)
            if (step.end == End::trapped || !step.reports.empty())
                note({"invariant " + invariant.name, "", step.line}, depth);
    }

    void expand(std::size_t number)
    {
        const State s = *states[number];
        bool any = false, is_left_out = false;
        for (ProcessId p : ids_of(program.processes)) {
            left_out = false;
            const std::vector<Step> all = steps(s, p);
            note_taken(p, all);
            is_left_out = is_left_out || (left_out && !is_clock(p));
            for (const Step& step : all) {
                any = true;
                ++result.transitions;
                for (const Reported& reported : step.reports)
                    note({reported.report->kind, task_name(reported, p), reported.line}, depths[number] + 1);
                if (step.end == End::trapped)
                    note({step.trap, program.processes[p].name, step.line}, depths[number] + 1);
                if (step.end != End::moved) continue;
                const std::size_t successor = insert(step.after, depths[number] + 1);
                successors[number].push_back(successor);
            }
        }
        const std::vector<ProcessId> stuck = unfinished(s);
        if (!any && !is_left_out && !stuck.empty())
            note({"deadlock", program.processes[stuck.front()].name, 0}, depths[number]);
    }

    [[nodiscard]] std::string task_name(const Reported& reported, ProcessId reporter) const
    {
        if (program.processes[reporter].kind == ProcessKind::plain) return program.processes[reporter].name;
        std::string name;
        for (const Process& process : program.processes)
            if (process.kind == ProcessKind::task && process.task == reported.task) name = process.name;
        return name;
    }

    /// Tasks, then handlers, that have something to do before they may rest.
    [[nodiscard]] std::vector<ProcessId> unfinished(const State& s) const
    {
        std::vector<ProcessId> all, handlers;
        for (ProcessId p : ids_of(program.processes)) {
            if (!owes(s, p)) continue;
            (program.processes[p].kind == ProcessKind::interrupt ? handlers : all).push_back(p);
        }
        all.insert(all.end(), handlers.begin(), handlers.end());
        return all;
    }

    [[nodiscard]] bool has_begun(const State& s, ProcessId p) const
    {
        return s.locations[p.index] != program.automata[program.processes[p].automaton].entry.index;
    }

    [[nodiscard]] bool on_same_cpu(const State& s, ProcessId p, ProcessId q) const
    {
        const ExpressionId first = program.processes[p].cpu, second = program.processes[q].cpu;
        return first.valid() && second.valid() && evaluate(s, p, first) == evaluate(s, q, second);
    }

    [[nodiscard]] bool owes(const State& s, ProcessId p) const
    {
        const Process& process = program.processes[p];
        if (process.kind == ProcessKind::interrupt) return has_begun(s, p);
        const bool is_task = process.kind == ProcessKind::task || process.kind == ProcessKind::plain;
        if (!is_task || is_invariant(p)) return false;
        if (!location(s, p).is_finished) return !process.is_daemon;
        // It has returned; what it does on its way out has an end, too.
        return process.kind == ProcessKind::task && !location(s, p).outgoing.empty() && occupies_its_cpu(s, p);
    }

    [[nodiscard]] bool occupies_its_cpu(const State& s, ProcessId p) const
    {
        if (running(s, p)) return true;
        for (ProcessId q : ids_of(program.processes)) {
            const Process& other = program.processes[q];
            const bool is_own_hook = other.kind == ProcessKind::exit_hook && other.task == program.processes[p].task;
            if (other.kind != ProcessKind::interrupt && !is_own_hook) continue;
            if (has_begun(s, q) && running(s, q) && on_same_cpu(s, p, q)) return true;
        }
        return false;
    }

    // ---- Components (Kosaraju's algorithm: two walks) ----

    std::vector<std::vector<std::size_t>> terminal_components() const
    {
        std::vector<std::vector<std::size_t>> predecessors(states.size());
        for (std::size_t s = 0; s < states.size(); ++s)
            for (std::size_t t : successors[s]) predecessors[t].push_back(s);
        std::vector<std::size_t> finished;
        std::vector<bool> seen(states.size(), false);
        for (std::size_t s = 0; s < states.size(); ++s) walk(s, successors, seen, finished);
        std::vector<std::vector<std::size_t>> components;
        seen.assign(states.size(), false);
        for (std::size_t i = finished.size(); i-- > 0;) {
            std::vector<std::size_t> component;
            walk(finished[i], predecessors, seen, component);
            const std::set<std::size_t> members(component.begin(), component.end());
            const bool leaves = std::ranges::any_of(component, [&](std::size_t s) {
                return std::ranges::any_of(successors[s], [&](std::size_t t) { return !members.contains(t); });
            });
            if (!component.empty() && !leaves) components.push_back(std::move(component));
        }
        return components;
    }

    /// Depth-first from a state that has not been seen; adds what it reaches in the order in which it is left.
    static void walk(std::size_t from, const std::vector<std::vector<std::size_t>>& edges, std::vector<bool>& seen,
                     std::vector<std::size_t>& left)
    {
        if (seen[from]) return;
        std::vector<std::pair<std::size_t, std::size_t>> stack{{from, 0}};
        seen[from] = true;
        while (!stack.empty()) {
            auto& [state, edge] = stack.back();
            if (edge == edges[state].size()) {
                left.push_back(state);
                stack.pop_back();
                continue;
            }
            const std::size_t target = edges[state][edge++];
            if (seen[target]) continue;
            seen[target] = true;
            stack.emplace_back(target, 0);
        }
    }

    void judge(const std::vector<std::size_t>& component)
    {
        std::vector<ProcessId> stuck = unfinished(*states[component.front()]);
        std::set<std::uint32_t> stepping, cut_off;
        for (std::size_t s : component) {
            std::erase_if(stuck, [&](ProcessId p) { return !owes(*states[s], p); });
            if (stuck.empty()) return;
            for (ProcessId p : ids_of(program.processes)) {
                left_out = false;
                const std::vector<Step> next = steps(*states[s], p);
                if (!next.empty()) stepping.insert(p.index);
                if (next.empty() && left_out && !is_clock(p)) cut_off.insert(p.index);
                for (const Step& step : next) {
                    if (step.end != End::moved) return;  // a way out of the component, if a bad one
                    if (!step.made_progress) continue;
                    std::erase_if(stuck, [&](ProcessId q) { return is_progress_of(p, q); });
                }
            }
        }
        if (stuck.empty()) return;
        // Who can do nothing but what an ls_assume cuts off: no run stays here.
        if (std::ranges::any_of(cut_off, [&](std::uint32_t p) { return !stepping.contains(p); })) return;
        const bool is_deadlock =
            std::ranges::all_of(stuck, [&](ProcessId p) { return stays_in_one_wait(component, p); });
        std::uint64_t length = UINT64_MAX;
        for (std::size_t s : component) length = std::min(length, depths[s]);
        Length& known =
            result.findings[{is_deadlock ? "deadlock" : "livelock", program.processes[stuck.front()].name, 0}];
        known.steps = std::min(known.steps, length);
        known.kind_is_certain = known.kind_is_certain && component.size() <= 2048;
    }

    [[nodiscard]] bool is_progress_of(ProcessId mover, ProcessId task) const
    {
        return mover == task || (program.processes[mover].kind == ProcessKind::exit_hook &&
                                 program.processes[mover].task == program.processes[task].task);
    }

    /// p, going on alone, always ends up waiting at one place, and stands in the component only where it also comes by
    /// on its way round that wait.
    bool stays_in_one_wait(const std::vector<std::size_t>& component, ProcessId p) const
    {
        std::set<std::uint32_t> places, on_the_way, stands, off_cpu;
        for (std::size_t s : component) {
            const std::uint32_t here = states[s]->locations[p.index];
            if (!running(*states[s], p)) {
                off_cpu.insert(here);
                continue;
            }
            stands.insert(here);
            bool waits = false;
            for (const State& later : alone(*states[s], p)) {
                if (!settled(later, p)) continue;
                waits = true;
                places.insert(later.locations[p.index]);
                for (const State& round : alone(later, p)) on_the_way.insert(round.locations[p.index]);
            }
            if (!waits || places.size() > 1) return false;
        }
        if (places.empty()) return off_cpu.size() == 1;
        return std::ranges::all_of(stands, [&](std::uint32_t place) { return on_the_way.contains(place); });
    }
};

}  // namespace

Result explore(const Program& program, const Options& options) { return Explorer(program, options).run(); }

}  // namespace lockstep::naive
