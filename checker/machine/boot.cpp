// After the C code has been read: runs ls_boot, alone, and makes a process of everything that it created.
//
// Boot runs on the same evaluator as everything else, as the only process. Where it chooses (ls_choose), each of its
// ends is an initial state. Which tasks and handlers there are must not depend on a choice: processes are static.
#include "base/diagnostic.h"
#include "machine/clock.h"
#include "machine/machine.h"
#include "machine/parts.h"
#include "program/builder.h"
#include "semantics/report_text.h"
#include "semantics/stepper.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace lockstep::machine {

using namespace build;  // NOLINT: this file does nothing but build

namespace {

using Cells = std::vector<std::int64_t>;

constexpr std::size_t max_boot_steps = 200000;

[[noreturn]] void reject_boot(const Program& program, const StepView& view, std::string message)
{
    Diagnostic diagnostic;
    const Move& move = view.moves.back();
    const SourcePlace& place =
        program.automata[program.processes[move.process].automaton].transitions[move.transition].place;
    if (place.file.valid()) diagnostic.file = program.files[place.file].name;
    diagnostic.line = place.line;
    diagnostic.column = place.column;
    diagnostic.message = "ls_boot() fails: " + std::move(message);
    diagnostic.hint = "boot runs once, alone, before everything else; it must not wait or fail";
    throw InputError(std::move(diagnostic));
}

/// Every state in which boot has come to its end.
class BootRun {
public:
    BootRun(const Program& the_program, const Layout& the_layout, const Machine& machine, ProcessId the_boot)
        : program(the_program),
          layout(the_layout),
          m(machine),
          boot(the_boot),
          stepper(program, layout),
          points(program, std::vector<bool>(program.points.size(), true), program.boot)
    {
        stepper.passed = &points;
    }

    std::set<Cells> run()
    {
        std::vector<Cells> work = initial_cells(program, layout);
        std::set<Cells> seen;  // what lies before a choice's ways, and every 64th state, so that loops are noticed
        std::set<Cells> ends;
        std::size_t steps = 0;
        bool is_ruled_out = false;  // some run of it, by an ls_assume
        const Automaton& automaton = program.automata[program.processes[boot].automaton];
        while (!work.empty()) {
            stepper.evaluator.cells = std::move(work.back());
            work.pop_back();
            if (automaton.locations[stepper.evaluator.location(boot)].outgoing.empty()) {
                ends.insert(stepper.evaluator.cells);
                continue;
            }
            stepper.met_prune = false;
            std::vector<Cells> next;
            const bool any = stepper.steps_of(boot, [&](const StepView& view) {
                if (view.trap.kind != nullptr && tasks() == max_tasks) reject_too_many_tasks();
                if (view.trap.kind != nullptr) reject_boot(program, view, view.trap.message);
                if (!view.reports.empty()) reject_boot(program, view, format_report(program, view.reports.front()));
                next.push_back(stepper.evaluator.cells);
            });
            for (Cells& cells : next)
                if ((++steps % 64 != 0 && next.size() == 1) || seen.insert(cells).second)
                    work.push_back(std::move(cells));
            is_ruled_out |= stepper.met_prune;
            if (!any && !stepper.met_prune)
                reject_input("ls_boot() waits for something that nobody will do", "boot must not wait");
            if (steps > max_boot_steps)
                reject_input(fmt::format("ls_boot() does not end within {} steps", max_boot_steps));
        }
        if (ends.empty() && is_ruled_out)
            reject_input("ls_boot() is left out whatever it chooses", "some ls_assume in it is never true");
        if (ends.empty()) reject_input("ls_boot() never ends", "it goes round a loop for ever");
        return ends;
    }

    /// By PointId, in any of its runs.
    [[nodiscard]] std::vector<bool> passed() const { return points.passed(); }

private:
    const Program& program;
    const Layout& layout;
    const Machine& m;
    ProcessId boot;
    Stepper stepper;
    PassedPoints points;

    [[nodiscard]] std::uint32_t tasks() const
    {
        const std::uint32_t address = layout.address_of(program, m.task_count, 0);
        return static_cast<std::uint32_t>(stepper.evaluator.cells[layout.addresses[address].cell]);
    }

    [[noreturn]] void reject_too_many_tasks() const
    {
        reject_input(fmt::format("the model creates more than {} tasks on {} CPUs", max_tasks, program.cpus),
                     "check it with fewer CPUs (--cpus)");
    }
};

/// What boot left in the machine's boot-only variables.
struct BootTables {
    struct Task {
        FunctionId entry;
        std::int64_t argument, pid, flags;
        std::string name;
        auto operator<=>(const Task&) const = default;
    };
    struct Handler {
        std::int64_t vector;
        FunctionId function;
        bool is_nmi;
        auto operator<=>(const Handler&) const = default;
    };
    std::vector<Task> tasks;
    std::vector<Handler> handlers;
    bool operator==(const BootTables&) const = default;
};

std::string task_name(const Program& program, std::int64_t name, std::int64_t number)
{
    std::string text = name == 0 ? "task" : program.strings[StringId(static_cast<std::uint32_t>(name))];
    for (const char* conversion : {"%d", "%u", "%i"})
        if (const auto at = text.find(conversion); at != std::string::npos)
            return text.replace(at, 2, std::to_string(number));
    return text;
}

FunctionId function_of(std::int64_t value)
{
    if ((value & function_pointer_tag) == 0)
        reject_input("a task or an interrupt handler was set up with NULL instead of a function");
    return FunctionId(static_cast<std::uint32_t>(value));
}

BootTables read_tables(const Program& program, const Layout& layout, const Machine& m, const Cells& cells)
{
    const auto value = [&](VariableId v, std::size_t i) {
        return cells[layout.addresses[layout.variable_address[v.index] + i].cell];
    };
    BootTables tables;
    std::set<std::string> names;
    const auto count = static_cast<std::size_t>(value(m.task_count, 0));
    for (std::size_t i = 0; i < count; ++i) {
        // A task is known by its name from here on.
        const std::string own = task_name(program, value(m.task_name, i), value(m.task_name_number, i));
        std::string name = own;
        for (int which = 2; !names.insert(name).second; ++which) name = fmt::format("{}#{}", own, which);
        tables.tasks.push_back({function_of(value(m.task_entry, i)), value(m.task_argument, i), value(m.task_pid, i),
                                value(m.task_flags, i), name});
    }
    for (std::uint32_t v = 0; v < max_vectors; ++v)
        if (value(m.handler, v) != 0)
            tables.handlers.push_back({v, function_of(value(m.handler, v)), value(m.handler_is_nmi, v) != 0});
    return tables;
}

/// Adds the processes. Each `running` is written with constants only, since it is asked in every state.
class ProcessMaker {
public:
    ProcessMaker(Program& the_program, const Machine& the_machine, const Entries& the_entries)
        : program(the_program), m(the_machine), entries(the_entries)
    {
    }

    void add(const BootTables& tables)
    {
        for (std::size_t i = 0; i < tables.tasks.size(); ++i) add_task(tables.tasks[i], i);
        for (const BootTables::Handler& handler : tables.handlers)
            for (std::uint32_t cpu = 0; cpu < program.cpus; ++cpu) add_handler(handler, cpu);
    }

private:
    Program& program;
    const Machine& m;
    const Entries& entries;

    AutomatonId automaton_of(const std::vector<std::pair<FunctionId, AutomatonId>>& list, FunctionId function)
    {
        const auto found = std::ranges::find(list, function, &std::pair<FunctionId, AutomatonId>::first);
        if (found == list.end())
            reject_input(fmt::format("'{}' became a task or a handler on a way that lockstep could not follow",
                                     program.functions[function].name),
                         "pass the function itself, or keep it in a field of a function pointer type");
        return found->second;
    }

    void add_task(const BootTables::Task& task, std::size_t number)
    {
        const ExpressionId n = int_constant(program, static_cast<std::int64_t>(number));
        const ExpressionId cpu = convert(program, load(program, element(program, m.task_cpu, n)), m.int_type);
        const ExpressionId current = load(program, on_cpu(program, m.current, cpu));
        ExpressionId on_top =
            equal(program, current, constant(program, static_cast<std::int64_t>(number), type_of(program, current)));
        for (VariableId v : {m.context, m.stolen})
            on_top = conjunction(program, on_top, is_zero(program, on_cpu(program, v, cpu)));
        const ExpressionId in_hook = load(program, element(program, m.in_hook, n));

        Process process;
        process.name = task.name;
        process.automaton = automaton_of(entries.tasks, task.entry);
        process.kind = ProcessKind::task;
        process.argument = task.argument;
        process.pid = task.pid;
        process.task = static_cast<std::int64_t>(number);
        process.is_daemon = task.flags != 0;
        process.cpu = cpu;
        process.running = on_top;
        if (entries.exit_hook.valid()) process.running = conjunction(program, on_top, logical_not(program, in_hook));
        program.processes.add(process);
        if (!entries.exit_hook.valid()) return;
        process.name += " (irq exit)";
        process.automaton = entries.exit_hook;
        process.kind = ProcessKind::exit_hook;
        process.is_daemon = true;
        process.running = conjunction(program, in_hook, on_top);
        program.processes.add(process);
    }

    void add_handler(const BootTables::Handler& handler, std::uint32_t cpu)
    {
        const ExpressionId c = int_constant(program, cpu);
        Process process;
        process.name = fmt::format("{} on CPU{}", program.functions[handler.function].name, cpu);
        process.automaton = automaton_of(handler.is_nmi ? entries.nmis : entries.handlers, handler.function);
        process.kind = handler.is_nmi ? ProcessKind::nmi : ProcessKind::interrupt;
        process.argument = handler.vector;
        process.is_daemon = true;
        process.cpu = c;
        process.own_task = convert(program, load(program, on_cpu(program, m.current, c)), m.int_type);
        process.running = handler.vector == observer_vector && handler.is_nmi
                              ? bool_constant(program, true)
                              : is_zero(program, on_cpu(program, m.stolen, c));
        program.processes.add(process);
    }
};

/// Gives an array of the machine its final size; what indexes it follows.
void resize(Program& program, VariableId array, std::uint32_t count)
{
    const auto old = std::get<ArrayType>(program.types[program.variables[array].type].kind);
    program.variables[array].type = array_type(program, old.element, count);
    if (!program.variables[array].steady.empty()) program.variables[array].steady.assign(count + 1, true);
    const TypeId pointer = pointer_type(program, program.variables[array].type);
    for (ExpressionId e : ids_of(program.expressions)) {
        auto* element = std::get_if<ElementAddress>(&program.expressions[e].node);
        if (element == nullptr) continue;
        Expression& base = program.expressions[element->base];
        const auto* address = std::get_if<AddressOf>(&base.node);
        if (address == nullptr || address->variable != array) continue;
        element->count = count;
        base.type = pointer;
    }
}

/// Boot's own code is gone, and with it all that only boot could do.
void forget_boot(Program& program, const Machine& m, ProcessId boot)
{
    const AutomatonId automaton = program.boot;
    program.boot = {};
    program.processes.resize(boot.index);
    Automaton& code = program.automata[automaton];
    Location only = code.locations[code.entry];
    only.outgoing.clear();
    only.is_pass_through = only.is_settle_point = only.is_atomic = false;
    code.locations = {};
    code.transitions = {};
    code.entry = code.locations.add(only);
    for (VariableId array : {m.task_entry, m.task_argument, m.task_pid, m.task_flags, m.task_name, m.task_name_number,
                             m.handler, m.handler_is_nmi})
        resize(program, array, 1);
}

}  // namespace

void instantiate(Program& program, Machine& m, const Entries& entries)
{
    for (ProcessId p : ids_of(program.processes)) {
        program.processes[p].cpu = int_constant(program, 0);
        program.processes[p].own_task = int_constant(program, -1);
    }
    const ProcessId boot = process(program, "boot", program.boot);
    program.processes[boot].cpu = int_constant(program, 0);
    program.processes[boot].own_task = int_constant(program, -1);
    const Layout boot_layout = make_layout(program);
    BootRun run(program, boot_layout, m, boot);
    const std::set<Cells> ends = run.run();
    const std::vector<bool> passed = run.passed();
    for (const PointId point : ids_of(program.points)) program.points[point].is_passed_by_boot = passed[point.index];

    const BootTables tables = read_tables(program, boot_layout, m, *ends.begin());
    for (const Cells& end : ends)
        if (!(read_tables(program, boot_layout, m, end) == tables))
            reject_input("ls_boot() creates other tasks or handlers depending on what ls_choose() gives",
                         "create all of them, and choose in the tasks");
    if (tables.tasks.empty())
        reject_input("the model has no tasks", "create at least one in ls_boot(): ls_run(cpu, ls_task(...))");

    forget_boot(program, m, boot);
    ProcessMaker(program, m, entries).add(tables);
    const auto has_theft = [&](const Cells& end) {
        for (std::uint32_t cpu = 0; cpu < program.cpus; ++cpu) {
            const std::uint32_t stolen =
                boot_layout.address_of(program, m.stolen, 0) + cpu * boot_layout.per_cpu_stride;
            if (end[boot_layout.addresses[stolen].cell] != 0) return true;
        }
        return false;
    };
    add_clock(program, m, steals(program, m) || std::ranges::any_of(ends, has_theft));
    const auto tasks = static_cast<std::uint32_t>(tables.tasks.size());
    for (VariableId array : {m.task_cpu, m.task_data, m.in_hook}) resize(program, array, tasks);
    resize(program, m.delay, static_cast<std::uint32_t>(program.processes.size()));

    const Layout layout = make_layout(program);
    program.initial_states.clear();
    for (const Cells& end : ends) {
        Cells globals(layout.global_cells, 0);
        for (std::size_t a = 1; a < layout.addresses.size(); ++a) {
            const Layout::Address& address = layout.addresses[a];
            if (address.cell == Layout::no_cell || address.process.valid()) continue;
            const std::uint32_t old = boot_layout.variable_address[address.variable.index] + address.offset +
                                      address.cpu * boot_layout.per_cpu_stride;
            globals[address.cell] = end[boot_layout.addresses[old].cell];
        }
        if (std::ranges::find(program.initial_states, globals) == program.initial_states.end())
            program.initial_states.push_back(std::move(globals));
    }
}

}  // namespace lockstep::machine
