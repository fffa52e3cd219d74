#include "machine/machine.h"

#include "machine/parts.h"
#include "program/builder.h"

#include <algorithm>

namespace lockstep::machine {

using namespace build;  // NOLINT: this file does nothing but build

namespace {

VariableId hardware(Program& program, std::string name, TypeId type, Storage storage)
{
    const VariableId v =
        storage == Storage::global ? global(program, std::move(name), type) : per_cpu(program, std::move(name), type);
    program.variables[v].is_hardware = true;
    return v;
}

}  // namespace

Machine declare(Program& program)
{
    Machine m;
    m.int_type = int_type(program);
    m.bool_type = bool_type(program);
    m.void_pointer_type = void_pointer_type(program);
    m.time_type = time_type(program);
    const TypeId function = function_pointer_type(program);
    const TypeId name = pointer_type(program, integer_type(program, 8, true));
    const TypeId task_number = integer_type(program, 10, true);
    static_assert(max_tasks < 1 << 9);
    const TypeId small = integer_type(program, 8, false);
    const TypeId ticks = integer_type(program, 16, false);

    const auto own = [&](const char* n, TypeId type) { return hardware(program, n, type, Storage::per_cpu); };
    const auto array = [&](const char* n, TypeId type, std::uint32_t count) {
        return hardware(program, n, array_type(program, type, count), Storage::global);
    };
    m.current = own("ls_current", task_number);
    m.context = own("ls_context", small);
    m.irqs_off = own("ls_irqs_off", m.bool_type);
    m.halted = own("ls_halted", m.bool_type);
    m.stolen = own("ls_stolen", ticks);
    m.pending = own("ls_pending", array_type(program, m.bool_type, max_vectors));
    m.timer = own("ls_timer", array_type(program, ticks, max_vectors));
    m.due = own("ls_due", integer_type(program, max_vectors, false));
    set_initial(program, m.current, std::int64_t{-1});

    m.task_cpu = array("ls_task_cpu", small, max_tasks);
    m.task_data = array("ls_task_data", m.void_pointer_type, max_tasks);
    m.in_hook = array("ls_in_hook", m.bool_type, max_tasks);
    m.delay = array("ls_delay", ticks, max_processes);
    m.task_count = hardware(program, "ls_task_count", m.int_type, Storage::global);
    m.task_entry = array("ls_task_entry", function, max_tasks);
    m.task_argument = array("ls_task_argument", m.void_pointer_type, max_tasks);
    m.task_pid = array("ls_task_pid", m.int_type, max_tasks);
    m.task_flags = array("ls_task_flags", m.int_type, max_tasks);
    m.task_name = array("ls_task_name", name, max_tasks);
    m.task_name_number = array("ls_task_name_number", m.int_type, max_tasks);
    m.handler = array("ls_handler", function, max_vectors);
    m.handler_is_nmi = array("ls_handler_is_nmi", m.bool_type, max_vectors);
    // Of these a context reads what it alone changes (the own CPU's), or what nobody changes after boot.
    for (VariableId v : {m.context, m.irqs_off, m.task_cpu, m.task_data})
        program.variables[v].steady.assign(program.types[program.variables[v].type].slots, true);
    return m;
}

// ---- Places --------------------------------------------------------------------------------------------------------

ExpressionId on_cpu(Program& program, VariableId variable, ExpressionId cpu)
{
    return per_cpu_address(program, address_of(program, variable), cpu);
}

ExpressionId on_own_cpu(Program& program, VariableId variable)
{
    return on_cpu(program, variable, own(program, Own::What::cpu));
}

ExpressionId element(Program& program, VariableId array, ExpressionId index)
{
    return element_address(program, address_of(program, array), index);
}

ExpressionId element_on_cpu(Program& program, VariableId array, ExpressionId cpu, ExpressionId index)
{
    return element_address(program, on_cpu(program, array, cpu), index);
}

Statement set(Program& program, ExpressionId address, ExpressionId value)
{
    return Store{address, convert(program, value, pointee_of(program, type_of(program, address)))};
}

Statement set(Program& program, ExpressionId address, std::int64_t value)
{
    return Store{address, constant(program, value, pointee_of(program, type_of(program, address)))};
}

Statement leave_to_interrupts(Program& program, const Machine& m, ExpressionId has_irqs_on)
{
    const ExpressionId is_due = load(program, on_own_cpu(program, m.due));
    return set(program, on_own_cpu(program, m.context),
               select(program, conjunction(program, has_irqs_on, convert(program, is_due, m.bool_type)),
                      int_constant(program, interrupt_first), int_constant(program, 0)));
}

ExpressionId is_in_task(Program& program, const Machine& m)
{
    const ExpressionId context = load(program, on_own_cpu(program, m.context));
    return binary(program, BinaryOp::logical_or, logical_not(program, context),
                  equal(program, context, constant(program, interrupt_first, type_of(program, context))));
}

ExpressionId is_zero(Program& program, ExpressionId address) { return logical_not(program, load(program, address)); }

// ---- Wrapping ------------------------------------------------------------------------------------------------------

namespace {

struct Wrapped {
    LocationId front, body;
    std::vector<LocationId> ends;
};

// The new front is the automaton's entry. The body's ends are its locations that nothing leaves.
Wrapped add_front(Program& program, AutomatonId id)
{
    Automaton& automaton = program.automata[id];
    Wrapped w;
    w.body = automaton.entry;
    std::vector<bool> leaves(automaton.locations.size(), false);
    for (const Transition& t : automaton.transitions) leaves[t.source.index] = true;
    for (LocationId l : ids_of(automaton.locations))
        if (!leaves[l.index]) w.ends.push_back(l);
    Location front;
    front.place = automaton.locations[w.body].place;
    front.frame = automaton.locations[w.body].frame;
    front.is_await = true;
    w.front = automaton.locations.add(front);
    automaton.entry = w.front;
    return w;
}

void add_end(Program& program, AutomatonId id, const Wrapped& w, const std::vector<Statement>& effect)
{
    for (LocationId end : w.ends) {
        Automaton& automaton = program.automata[id];
        automaton.locations[end].is_finished = false;
        transition(program, id, end, w.front, {}, effect, automaton.locations[end].place);
    }
}

}  // namespace

void wrap_handler(Program& program, const Machine& m, AutomatonId body, bool exit_hook_exists)
{
    const Wrapped w = add_front(program, body);
    const ExpressionId cpu = own(program, Own::What::cpu);
    const ExpressionId vector = own(program, Own::What::argument);
    const ExpressionId pending = element_on_cpu(program, m.pending, cpu, vector);
    ExpressionId guard = conjunction(program, load(program, pending), is_in_task(program, m));
    for (VariableId v : {m.irqs_off, m.stolen})
        guard = conjunction(program, guard, is_zero(program, on_own_cpu(program, v)));
    const ExpressionId due = on_own_cpu(program, m.due);
    const TypeId due_type = type_of(program, load(program, due));
    const ExpressionId all_but_this = unary(
        program, UnaryOp::bit_not,
        binary(program, BinaryOp::shift_left, constant(program, 1, due_type), convert(program, vector, due_type)));
    const ExpressionId context = binary(program, BinaryOp::add, vector, int_constant(program, 1));
    transition(program, body, w.front, w.body, guard,
               {set(program, pending, 0), set(program, on_own_cpu(program, m.context), context),
                set(program, due, binary(program, BinaryOp::bit_and, load(program, due), all_but_this)),
                set(program, on_own_cpu(program, m.irqs_off), 1), set(program, on_own_cpu(program, m.halted), 0)},
               program.automata[body].locations[w.front].place);

    std::vector<Statement> end;
    if (!exit_hook_exists) {
        end.push_back(leave_to_interrupts(program, m, {}));
        end.push_back(set(program, on_own_cpu(program, m.irqs_off), 0));
    } else {
        // The interrupted task enters its hook with interrupts off, unless there is none or it was in it already.
        const ExpressionId task = convert(program, load(program, on_own_cpu(program, m.current)), m.int_type);
        const ExpressionId zero = int_constant(program, 0);
        const ExpressionId exists = binary(program, BinaryOp::less_equal, zero, task);
        const ExpressionId in_hook = element(program, m.in_hook, select(program, exists, task, zero));
        const ExpressionId enters =
            binary(program, BinaryOp::logical_and, exists, logical_not(program, load(program, in_hook)));
        end.push_back(leave_to_interrupts(program, m, logical_not(program, enters)));
        end.push_back(set(program, on_own_cpu(program, m.irqs_off), enters));
        end.push_back(set(program, in_hook, binary(program, BinaryOp::logical_or, exists, load(program, in_hook))));
    }
    add_end(program, body, w, end);
}

void wrap_nmi(Program& program, const Machine& m, AutomatonId body)
{
    for (Location& location : program.automata[body].locations) location.is_atomic = true;
    const Wrapped w = add_front(program, body);
    const ExpressionId pending =
        element_on_cpu(program, m.pending, own(program, Own::What::cpu), own(program, Own::What::argument));
    transition(program, body, w.front, w.body, load(program, pending), {set(program, pending, 0)},
               program.automata[body].locations[w.front].place);
    add_end(program, body, w, {});
}

void wrap_exit_hook(Program& program, const Machine& m, AutomatonId body)
{
    const Wrapped w = add_front(program, body);
    transition(program, body, w.front, w.body, {}, {}, program.automata[body].locations[w.front].place);
    add_end(program, body, w,
            {set(program, element(program, m.in_hook, own(program, Own::What::task)), 0),
             leave_to_interrupts(program, m, {}), set(program, on_own_cpu(program, m.irqs_off), 0)});
}

}  // namespace lockstep::machine
