#include "engine/random_machine.h"

#include "engine/random_program.h"
#include "machine/machine.h"
#include "passes/passes.h"
#include "program/builder.h"

#include <string>
#include <vector>

namespace lockstep::testing {

using namespace build;  // NOLINT: this file does nothing but build

namespace {

/// In whose code something stands.
enum class Context : std::uint8_t { task, handler, nmi, hook };

class Generator {
public:
    Generator(std::uint64_t seed, const MachineShape& the_shape) : shape(the_shape), random(seed) {}

    Program make()
    {
        program.name = "random machine";
        program.files.add({"random", ""});
        program.cpus = shape.cpus != 0 ? shape.cpus : static_cast<std::uint32_t>(1 + random.below(2));
        draw_style();
        m = machine::declare(program);
        small = integer_type(program, 2, false);
        make_variables();
        machine::Entries entries;
        make_handlers(entries);
        make_tasks(entries);
        make_boot();
        run_passes(program, Stage::before_boot, shape.passes);
        machine::instantiate(program, m, entries);
        return std::move(program);
    }

private:
    struct Style {
        bool has_nmi, has_hook, switches, raises, times, steals, delays, remote, halts, hides;
        std::size_t tasks_per_cpu, vectors, length;
    };

    MachineShape shape;
    Random random;
    Program program;
    Style style{};
    machine::Machine m;
    TypeId small;
    std::vector<VariableId> per_cpus, globals;
    VariableId row, left, lock;
    std::uint32_t line = 0;
    std::vector<std::pair<FunctionId, bool>> tasks;  // whether it is a daemon
    std::vector<FunctionId> handlers;

    // Of the automaton that is being made:
    AutomatonId body;
    Context context = Context::task;
    std::vector<VariableId> registers;
    VariableId hidden;   // a struct-like local in memory that nobody points at
    VariableId exposed;  // one whose address is given away
    LocationId at;
    bool is_in_atomic = false;
    unsigned depth = 0;

    bool flip(unsigned percent = 50) { return random.chance(percent); }
    SourcePlace here() { return {FileId(0), ++line, 1}; }

    void draw_style()
    {
        style.has_nmi = flip(30);
        style.has_hook = flip(35);
        style.switches = flip(35);
        style.raises = flip(60);
        style.times = flip(40);
        style.steals = flip(15);
        style.delays = flip(20);
        style.remote = flip(40);
        style.halts = flip(15);
        style.tasks_per_cpu = style.switches ? 2 : 1;
        style.vectors = 1 + random.below(2);
        style.length = 3 + random.below(program.cpus == 1 ? 6 : 3);
    }

    void make_variables()
    {
        for (const char* name : {"c0", "c1", "c2"}) per_cpus.push_back(per_cpu(program, name, small));
        for (const char* name : {"g0", "g1"}) globals.push_back(global(program, name, small));
        row = global(program, "row", array_type(program, small, program.cpus));
        if (!shape.meets) return;
        left = global(program, "left", small);
        program.variables[left].initial = {{0, static_cast<std::int64_t>(1 + random.below(3))}};
        lock = global(program, "lock", small);
    }

    // ---- Places and values ----

    ExpressionId number(std::int64_t value) { return constant(program, value, small); }

    ExpressionId some_cpu()
    {
        if (style.remote && flip(25))
            return int_constant(program, static_cast<std::int64_t>(random.below(program.cpus)));
        return own(program, Own::What::cpu);
    }

    ExpressionId place()
    {
        switch (random.below(8)) {
            case 0:
                return address_of(program, random.pick(globals));
            case 1:
                return element_address(program, address_of(program, row), own(program, Own::What::cpu));
            case 2:
                if (hidden.valid()) return address_of(program, hidden);
                [[fallthrough]];
            default:
                return per_cpu_address(program, address_of(program, random.pick(per_cpus)), some_cpu());
        }
    }

    ExpressionId value(int levels = 1)
    {
        switch (random.below(levels > 0 ? 5 : 3)) {
            case 0:
                return number(static_cast<std::int64_t>(random.below(4)));
            case 1:
                return local_value(program, random.pick(registers));
            case 2:
                return load(program, place());
            default:
                return binary(program, random.pick(std::vector{BinaryOp::add, BinaryOp::subtract, BinaryOp::bit_xor}),
                              value(levels - 1), value(levels - 1));
        }
    }

    ExpressionId condition() { return equal(program, value(), number(static_cast<std::int64_t>(random.below(2)))); }

    ExpressionId negation(ExpressionId e)
    {
        const Binary equality = std::get<Binary>(program.expressions[e].node);
        return flip() ? binary(program, BinaryOp::not_equal, equality.left, equality.right) : logical_not(program, e);
    }

    // ---- Automata ----

    LocationId add_location(bool is_await = false)
    {
        Location l;
        l.place = here();
        l.is_await = is_await;
        l.is_atomic = is_in_atomic;
        l.frame = program.frames.add({.function = program.automata[body].name, .caller = {}, .call_place = {}});
        return location(program, body, l);
    }

    void go(LocationId from, LocationId to, ExpressionId guard = {}, std::vector<Statement> effect = {})
    {
        transition(program, body, from, to, guard, std::move(effect), here());
    }

    void step(std::vector<Statement> effect)
    {
        const LocationId next = add_location();
        go(at, next, {}, std::move(effect));
        at = next;
    }

    void call(const char* name, const std::vector<ExpressionId>& arguments)
    {
        machine::Lowered lowered = machine::lower(program, m, name, arguments);
        if (lowered.guard.valid()) program.automata[body].locations[at].is_await = true;
        const LocationId next = add_location(lowered.blocks_after.valid());
        go(at, next, lowered.guard, std::move(lowered.effect));
        at = next;
        if (!lowered.blocks_after.valid()) return;
        const auto* always = std::get_if<Constant>(&program.expressions[lowered.blocks_after].node);
        const LocationId after = add_location();
        go(at, after, always != nullptr ? ExpressionId() : lowered.blocks_after);
        at = after;
    }

    void begin(const std::string& name, Context of)
    {
        body = automaton(program, name);
        context = of;
        registers.clear();
        for (const char* r : {"r", "s"}) registers.push_back(register_local(program, body, r, small));
        hidden = {};
        at = add_location();
        if (!flip(30)) return;
        hidden = memory_local(program, body, "hidden", small);
        step({Undefine{hidden}, assign(program, hidden, number(0))});
    }

    void finish(bool is_task)
    {
        if (hidden.valid()) step({Kill{hidden}});
        if (is_task && shape.meets) tell(random.pick(globals));
        const LocationId end = add_location();
        program.automata[body].locations[end].is_finished = is_task;
        std::vector<Statement> effect;
        for (VariableId r : registers) effect.emplace_back(Kill{r});
        go(at, end, {}, effect);
    }

    /// A report of its own for each value.
    void tell(VariableId variable)
    {
        const LocationId next = add_location();
        for (std::int64_t v = 0; v < 4; ++v) {
            const LocationId reported = add_location();
            Report report;
            report.kind = "warning";
            go(at, reported, equal(program, load(program, address_of(program, variable)), number(v)));
            go(reported, next, {}, {report});
        }
        at = next;
    }

    void make_code(std::size_t length)
    {
        for (std::size_t i = 0; i < length; ++i) make_piece();
    }

    void make_piece()
    {
        if (shape.meets && context == Context::task && !is_in_atomic && flip(35)) return make_meeting();
        std::vector<int> ways{0, 0, 0, 1, 1, 2, 3};
        if (context != Context::nmi && !is_in_atomic) ways.insert(ways.end(), {4, 4, 5, 6});
        if (context != Context::nmi) ways.insert(ways.end(), {7, 8, 8});
        switch (random.pick(ways)) {
            case 0:
                return step({Store{place(), value()}});
            case 1:
                return step({AssignLocal{random.pick(registers), load(program, place())}});
            case 2:
                return step({AssignLocal{random.pick(registers), value()}});
            case 3:
                return make_branch();
            case 4:
                return make_atomic();
            case 5:
                return make_machine_call();
            case 6:
                return make_wait();
            case 7:
                return make_assertion();
            default:
                if (context == Context::handler && !flip(10)) return;
                return call(flip(60) ? "ls_irq_disable" : "ls_irq_enable", {});
        }
    }

    /// Counts, the last one maybe doing something; waits for a count; or takes the lock for some pieces.
    void make_meeting()
    {
        const auto now = [&] { return load(program, address_of(program, left)); };
        const auto wait_until = [&](VariableId variable, std::vector<Statement> effect) {
            program.automata[body].locations[at].is_await = true;
            const LocationId next = add_location();
            go(at, next, equal(program, load(program, address_of(program, variable)), number(0)), std::move(effect));
            at = next;
        };
        switch (depth > 0 ? random.below(2) : random.below(4)) {
            case 0:
            case 1: {
                step({Store{address_of(program, left), binary(program, BinaryOp::subtract, now(), number(1))},
                      AssignLocal{registers[0], flip() ? number(0) : now()}});
                if (flip()) step({Store{place(), local_value(program, registers[0])}});
                return;
            }
            case 2:
                return wait_until(left, {});
            default:
                ++depth;
                wait_until(lock, {Store{address_of(program, lock), number(1)}});
                make_code(1 + random.below(2));
                step({Store{address_of(program, lock), number(0)}});
                --depth;
        }
    }

    void make_branch()
    {
        if (depth > 1) return;
        ++depth;
        const ExpressionId guard = condition();
        const LocationId yes = add_location(), end = add_location();
        go(at, yes, guard);
        const LocationId no = flip() ? add_location() : end;
        go(at, no, negation(guard));
        for (LocationId way : {yes, no}) {
            if (way == end) continue;
            at = way;
            make_code(random.below(3));
            go(at, end);
        }
        at = end;
        --depth;
    }

    void make_atomic()
    {
        program.automata[body].locations[at].is_await = true;
        const LocationId start = at;
        is_in_atomic = true;
        make_code(1 + random.below(3));
        is_in_atomic = false;
        if (at == start) return;
        const LocationId next = add_location();
        go(at, next);
        at = next;
    }

    /// while (condition) ;
    void make_wait()
    {
        if (context == Context::handler || flip()) return;
        const ExpressionId guard = condition();
        const LocationId next = add_location();
        if (flip()) {
            program.automata[body].locations[at].is_await = true;
        } else {
            go(at, at, negation(guard));
        }
        go(at, next, guard);
        at = next;
    }

    void make_assertion()
    {
        const ExpressionId failed =
            equal(program, load(program, place()), number(static_cast<std::int64_t>(random.below(4))));
        const LocationId next = add_location(), reported = add_location();
        Report report;
        report.kind = flip(70) ? "warning" : "assertion";
        report.stops = report.kind == "assertion";
        go(at, reported, failed);
        go(at, next, negation(failed));
        go(reported, next, {}, {report});
        at = next;
    }

    ExpressionId vector() { return int_constant(program, static_cast<std::int64_t>(random.below(style.vectors))); }
    ExpressionId cpu() { return int_constant(program, static_cast<std::int64_t>(random.below(program.cpus))); }

    void make_machine_call()
    {
        std::vector<int> ways;
        if (style.raises) ways.insert(ways.end(), {0, 0});
        if (style.times) ways.push_back(1);
        if (style.delays) ways.push_back(2);
        if (style.steals) ways.push_back(3);
        if (style.switches && context != Context::handler) ways.insert(ways.end(), {4, 4});
        if (style.halts && context == Context::task) ways.push_back(5);
        if (style.has_hook && context == Context::task) ways.push_back(6);
        if (ways.empty()) return;
        switch (random.pick(ways)) {
            case 0:
                return call("ls_irq_raise", {flip(70) ? own(program, Own::What::cpu) : cpu(), vector()});
            case 1:
                return call("ls_timer_start", {own(program, Own::What::cpu), vector(), int_constant(program, 1)});
            case 2:
                return call("ls_delay", {int_constant(program, 1)});
            case 3:
                return call("ls_steal", {cpu(), int_constant(program, 1)});
            case 4: {
                // The other task of this CPU, with interrupts off as a scheduler would, or not.
                if (flip(70)) call("ls_irq_disable", {});
                const ExpressionId two = int_constant(program, static_cast<std::int64_t>(style.tasks_per_cpu));
                const ExpressionId self = own(program, Own::What::task);
                const ExpressionId first =
                    binary(program, BinaryOp::equal, binary(program, BinaryOp::remainder, self, two),
                           int_constant(program, 0));
                const ExpressionId one = int_constant(program, 1);
                return call("ls_switch_to", {select(program, first, binary(program, BinaryOp::add, self, one),
                                                    binary(program, BinaryOp::subtract, self, one))});
            }
            case 5:
                return call("ls_halt", {});
            default:
                return call("ls_preempt", {});
        }
    }

    void make_handlers(machine::Entries& entries)
    {
        if (style.has_hook) {
            begin("hook", Context::hook);
            make_code(1 + random.below(3));
            finish(false);
            entries.exit_hook = body;
            machine::wrap_exit_hook(program, m, body);
        }
        for (std::size_t v = 0; v < style.vectors; ++v) {
            const std::string name = "handler" + std::to_string(v);
            handlers.push_back(function(program, name));
            begin(name, Context::handler);
            make_code(1 + random.below(3));
            finish(false);
            entries.handlers.emplace_back(handlers.back(), body);
            machine::wrap_handler(program, m, body, style.has_hook);
        }
        if (!style.has_nmi) return;
        handlers.push_back(function(program, "nmi"));
        begin("nmi", Context::nmi);
        make_code(1 + random.below(2));
        finish(false);
        entries.nmis.emplace_back(handlers.back(), body);
        machine::wrap_nmi(program, m, body);
    }

    void make_tasks(machine::Entries& entries)
    {
        const std::size_t kinds = style.tasks_per_cpu * program.cpus;
        for (std::size_t i = 0; i < kinds; ++i) {
            if (i > 0 && flip(30)) {  // runs the same code
                tasks.push_back(tasks.back());
                continue;
            }
            const std::string name = "task" + std::to_string(i);
            tasks.emplace_back(function(program, name), flip(50));
            begin(name, Context::task);
            make_code(style.length);
            if (flip(30)) {  // a daemon that goes round
                const LocationId first = program.automata[body].entry;
                std::vector<Statement> effect;
                if (hidden.valid()) effect.emplace_back(Kill{hidden});
                effect.emplace_back(Progress{});
                go(at, first, {}, effect);
            } else {
                finish(true);
            }
            entries.tasks.emplace_back(tasks.back().first, body);
        }
    }

    void make_boot()
    {
        begin("boot", Context::task);
        if (hidden.valid()) step({Kill{hidden}});
        program.boot = body;
        for (std::size_t i = 0; i < tasks.size(); ++i) {
            const auto zero = [&] { return int_constant(program, 0); };
            const ExpressionId null = convert(program, null_pointer(program), m.void_pointer_type);
            call("ls_create_task", {function_constant(program, tasks[i].first), null,
                                    int_constant(program, static_cast<std::int64_t>(10 + i)),
                                    int_constant(program, tasks[i].second ? 1 : 0), string_constant(program, "t%d"),
                                    int_constant(program, static_cast<std::int64_t>(i))});
            (void)zero;
        }
        for (std::uint32_t c = 0; c < program.cpus; ++c) {
            for (std::size_t k = style.tasks_per_cpu; k-- > 0;) {
                const auto task = static_cast<std::int64_t>(c * style.tasks_per_cpu + k);
                call("ls_run", {int_constant(program, c), int_constant(program, task)});
            }
        }
        for (std::size_t v = 0; v < handlers.size(); ++v) {
            const bool is_nmi = v == style.vectors;
            call(is_nmi ? "ls_nmi_handler" : "ls_irq_handler",
                 {int_constant(program, static_cast<std::int64_t>(v)), function_constant(program, handlers[v])});
            for (std::uint32_t c = 0; c < program.cpus; ++c) {
                if (flip(50))
                    call("ls_irq_raise",
                         {int_constant(program, c), int_constant(program, static_cast<std::int64_t>(v))});
                if (style.times && flip())
                    call("ls_timer_start",
                         {int_constant(program, c), int_constant(program, static_cast<std::int64_t>(v)),
                          int_constant(program, static_cast<std::int64_t>(1 + random.below(2)))});
            }
        }
        const LocationId end = add_location();
        go(at, end);
    }
};

}  // namespace

Program random_machine(std::uint64_t seed, const MachineShape& shape) { return Generator(seed, shape).make(); }

}  // namespace lockstep::testing
