// One class with a method for each construct of the language, hence long: what it makes must be well-formed, so that
// each depends on what the others have declared.
#include "engine/random_program.h"

#include "program/builder.h"

#include <string>
#include <vector>

namespace lockstep::testing {

using namespace build;  // NOLINT: this file does nothing but build

namespace {

/// What a Program is made of; percentages.
struct Style {
    bool arrays, structs, pointers, functions, per_cpu, memory_locals, time, clock, atomic, choice, running, invariant;
    bool initial_states, tasks, wide, loops, copies, crowd, prunes;
    unsigned trouble;  // how often something that may trap is written
    unsigned reports, blocking, progress, finishing;
};

class Generator {
public:
    explicit Generator(std::uint64_t seed) : random(seed) {}

    Program make()
    {
        program.name = "random";
        program.files.add({"random", ""});
        draw_style();
        program.cpus = static_cast<std::uint32_t>(1 + random.below(3));
        make_types();
        make_globals();
        const std::size_t bodies = 1 + random.below(2);
        for (std::size_t i = 0; i < bodies; ++i) make_body();
        if (style.crowd) make_crowd();
        make_processes(bodies);
        if (style.clock) make_clock();
        if (style.invariant) make_invariant();
        if (style.initial_states) make_initial_states();
        return std::move(program);
    }

private:
    Random random;
    Program program;
    Style style{};
    std::uint32_t line = 0;

    TypeId small;  // what pointers point at, and the elements of arrays
    std::vector<TypeId> integers;
    TypeId record;
    std::vector<VariableId> scalars;  // globals of integer types
    std::vector<VariableId> smalls;   // those of the type `small`
    std::vector<VariableId> arrays, pointers, function_pointers, per_cpus, times, timers, records, record_pointers;
    VariableId turn;  // what `running` looks at
    VariableId home;  // a CPU's number
    std::vector<FunctionId> functions;

    // Of the automaton that is being made:
    AutomatonId body;
    std::vector<VariableId> registers, memory_scalars, time_registers, pointer_registers;
    VariableId memory_array, memory_record;

    bool flip(unsigned percent = 50) { return random.chance(percent); }
    bool trouble() { return random.chance(style.trouble); }
    SourcePlace here() { return {FileId(0), ++line, 1}; }

    void draw_style()
    {
        style.arrays = flip();
        style.structs = flip(40);
        style.pointers = flip(45);
        style.functions = flip(20);
        style.per_cpu = flip(30);
        style.memory_locals = flip(40);
        style.clock = flip(25);
        style.time = style.clock && flip(40);
        style.atomic = flip(45);
        style.choice = flip(40);
        style.running = flip(25);
        style.invariant = flip(25);
        style.initial_states = flip(15);
        style.tasks = flip(35);
        style.wide = flip(20);
        style.loops = flip(60);
        style.copies = flip(30);
        style.crowd = flip(5);
        style.prunes = flip(10);
        style.trouble = flip(40) ? 0 : static_cast<unsigned>(2 + random.below(14));
        style.reports = flip(50) ? 0 : static_cast<unsigned>(10 + random.below(30));
        style.blocking = flip(40) ? 0 : static_cast<unsigned>(random.below(30));
        style.progress = flip(50) ? 70 : static_cast<unsigned>(random.below(40));
        style.finishing = flip(60) ? 90 : 30;
    }

    // ---- Types and globals ----

    void make_types()
    {
        for (auto [bits, is_signed] :
             std::initializer_list<std::pair<int, bool>>{{1, false}, {2, false}, {2, true}, {3, true}})
            integers.push_back(integer_type(program, static_cast<std::uint8_t>(bits), is_signed));
        if (style.wide)
            for (int bits : {8, 16, 31, 32, 33, 64})
                integers.push_back(integer_type(program, static_cast<std::uint8_t>(bits), flip()));
        small = integers[1 + random.below(3)];
        std::vector<NamedType> fields{{"first", small}, {"second", integers[0]}};
        if (style.arrays) fields.emplace_back("row", array_type(program, small, 2));
        record = struct_type(program, "record", fields);
    }

    std::string name(const char* what, std::size_t number) { return what + std::to_string(number); }

    void make_globals()
    {
        const std::size_t count = 1 + random.below(3);
        for (std::size_t i = 0; i < count; ++i) {
            const TypeId type = i == 0 ? small : random.pick(integers);
            scalars.push_back(global(program, name("g", i), type));
            if (flip())
                set_initial(program, scalars.back(),
                            wrap(static_cast<std::int64_t>(random.below(4)), program.types[type]));
            if (type == small) smalls.push_back(scalars.back());
        }
        if (style.arrays) {
            arrays.push_back(
                global(program, "row", array_type(program, small, static_cast<std::uint32_t>(2 + random.below(2)))));
            if (flip(20))
                arrays.push_back(global(program, "grid", array_type(program, array_type(program, small, 2), 2)));
            if (flip(30)) arrays.push_back(global(program, "records", array_type(program, record, 2)));
        }
        if (style.structs)
            for (std::size_t i = 0; i < 1 + random.below(2); ++i) {
                records.push_back(global(program, name("s", i), record));
                if (flip(50)) program.variables[records.back()].undefinable.assign(program.types[record].slots, true);
            }
        if (style.pointers) {
            pointers.push_back(global(program, "p", pointer_type(program, small)));
            set_initial(program, pointers.back(), InitialAddress{smalls.front(), 0});
            if (trouble()) program.variables[pointers.back()].initial.clear();
            if (!records.empty()) {
                record_pointers.push_back(global(program, "rp", pointer_type(program, record)));
                set_initial(program, record_pointers.back(), InitialAddress{records.front(), 0});
            }
        }
        if (style.functions) {
            for (const char* f : {"f", "g", "h"}) functions.push_back(function(program, f));
            function_pointers.push_back(global(program, "fp", function_pointer_type(program)));
            if (flip()) set_initial(program, function_pointers.back(), functions[0]);
        }
        if (style.per_cpu)
            for (std::size_t i = 0; i < 1 + random.below(2); ++i)
                per_cpus.push_back(per_cpu(program, name("c", i), flip() ? small : record));
        if (style.time) {
            times.push_back(global(program, "stamp", time_type(program)));
            if (flip()) set_initial(program, times.back(), time_never);
        }
        if (style.clock)
            for (std::size_t i = 0; i < 1 + random.below(2); ++i)
                timers.push_back(global(program, name("timer", i), integers[1]));
        if (style.running) turn = global(program, "turn", integers[1]);
        if (style.tasks && program.cpus > 1) home = global(program, "home", integers[1]);
        for (VariableId v : timers)
            if (flip()) program.variables[v].is_hardware = true;
    }

    // ---- Expressions ----

    ExpressionId number(std::int64_t value, TypeId type) { return constant(program, value, type); }
    ExpressionId to(ExpressionId e, TypeId type) { return convert(program, e, type); }

    ExpressionId small_number(TypeId type)
    {
        const bool is_negative = is_signed(program.types[type]) && flip(30);
        const auto magnitude =
            static_cast<std::int64_t>(flip(style.wide ? 10 : 0) ? random.next() % 1000000007 : random.below(4));
        return number(is_negative ? -magnitude : magnitude, type);
    }

    /// An index that is in range unless trouble is wanted.
    ExpressionId index(std::uint32_t count, int depth)
    {
        const TypeId type = integers[0];
        if (trouble()) return to(integer(random.pick(integers), depth), int_type(program));
        if (count >= 2 && flip()) return to(integer(type, depth), int_type(program));
        if (count >= program.cpus && flip(30)) return own(program, Own::What::cpu);
        return int_constant(program, static_cast<std::int64_t>(random.below(count)));
    }

    /// The address of some slot of type `small`.
    ExpressionId place(int depth)
    {
        std::vector<int> ways{0, 0};
        if (!arrays.empty()) ways.insert(ways.end(), {1, 1});
        if (!records.empty()) ways.push_back(2);
        if (!pointers.empty()) ways.insert(ways.end(), {3, 3});
        if (!per_cpus.empty()) ways.insert(ways.end(), {4, 4});
        if (!memory_scalars.empty()) ways.insert(ways.end(), {5, 5});
        if (!record_pointers.empty()) ways.push_back(6);
        if (memory_array.valid()) ways.push_back(7);
        if (memory_record.valid()) ways.push_back(8);
        if (!pointer_registers.empty() && trouble()) ways.push_back(9);
        switch (random.pick(ways)) {
            case 0:
                return address_of(program, random.pick(smalls));
            case 1:
                return element_of(address_of(program, random.pick(arrays)), depth);
            case 2:
                return part_of(address_of(program, random.pick(records)), depth);
            case 3: {
                const ExpressionId p = load(program, address_of(program, pointers.front()));
                return trouble() ? pointer_plus(program, p, to(integer(integers[2], depth - 1), int_type(program))) : p;
            }
            case 4: {
                const VariableId v = random.pick(per_cpus);
                const ExpressionId copy =
                    per_cpu_address(program, address_of(program, v), index(program.cpus, depth - 1));
                return program.variables[v].type == record ? part_of(copy, depth) : copy;
            }
            case 5:
                return address_of(program, random.pick(memory_scalars));
            case 6:
                return part_of(load(program, address_of(program, record_pointers.front())), depth);
            case 7:
                return element_of(address_of(program, memory_array), depth);
            case 8:
                return part_of(address_of(program, memory_record), depth);
            default:
                return local_value(program, pointer_registers.front());
        }
    }

    ExpressionId element_of(ExpressionId array, int depth)
    {
        const TypeId type = pointee_of(program, type_of(program, array));
        const ArrayType kind = std::get<ArrayType>(program.types[type].kind);
        const ExpressionId element = element_address(program, array, index(kind.count, depth - 1));
        if (kind.element == record) return part_of(element, depth);
        return std::holds_alternative<ArrayType>(program.types[kind.element].kind) ? element_of(element, depth)
                                                                                   : element;
    }

    ExpressionId part_of(ExpressionId pointer, int depth)
    {
        if (flip(15)) {  // container_of: from a member back to its struct
            const ExpressionId member = member_address(program, pointer, "second");
            pointer = field_address(program, member, -1, record);
        }
        if (style.arrays && flip(40)) return element_of(member_address(program, pointer, "row"), depth);
        return member_address(program, pointer, "first");
    }

    /// An expression of exactly this integer type.
    ExpressionId integer(TypeId type, int depth)
    {
        const std::size_t way = random.below(depth <= 0 ? 6 : 14);
        switch (way) {
            case 0:
                return small_number(type);
            case 1:
            case 2:
                if (!registers.empty()) return to(local_value(program, random.pick(registers)), type);
                return to(own(program, flip() ? Own::What::argument : Own::What::process), type);
            case 3:
                return to(value_of(program, random.pick(scalars)), type);
            case 4:
                if (depth > 0) return to(load(program, place(depth - 1)), type);
                return to(own(program, random.pick(std::vector{Own::What::cpu, Own::What::task, Own::What::argument})),
                          type);
            case 5:
                return flip() ? small_number(type) : to(value_of(program, random.pick(scalars)), type);
            case 6: {
                const auto op = random.pick(std::vector{UnaryOp::negate, UnaryOp::bit_not, UnaryOp::logical_not});
                if (op != UnaryOp::logical_not) return unary(program, op, integer(type, depth - 1));
                return to(logical_not(program, integer(random.pick(integers), depth - 1)), type);
            }
            case 7:
            case 8:
                return to(comparison(depth - 1), type);
            case 9:
                return division(type, depth);
            case 10:
                return select(program, comparison(depth - 1), integer(type, depth - 1), integer(type, depth - 1));
            default: {
                const auto op =
                    random.pick(std::vector{BinaryOp::add, BinaryOp::add, BinaryOp::subtract, BinaryOp::multiply,
                                            BinaryOp::bit_and, BinaryOp::bit_or, BinaryOp::bit_xor});
                return binary(program, op, integer(type, depth - 1), integer(type, depth - 1));
            }
        }
    }

    ExpressionId division(TypeId type, int depth)
    {
        const bool shifts = flip();
        const auto op = shifts ? random.pick(std::vector{BinaryOp::shift_left, BinaryOp::shift_right})
                               : random.pick(std::vector{BinaryOp::divide, BinaryOp::remainder});
        const std::uint32_t bits = bits_of(program.types[type]);
        ExpressionId right = shifts ? int_constant(program, static_cast<std::int64_t>(random.below(bits)))
                                    : number(bits == 1 || flip() ? 1 : -1, type);
        if (trouble())
            right = shifts ? to(integer(integers[2], depth - 1), int_type(program)) : integer(type, depth - 1);
        return binary(program, op, integer(type, depth - 1), right);
    }

    /// An int, 0 or 1.
    ExpressionId comparison(int depth)
    {
        std::vector<int> ways{0, 0, 0, 0, 0, 1, 2};
        if (!pointers.empty()) ways.push_back(3);
        if (!function_pointers.empty()) ways.insert(ways.end(), {4, 4});
        if (!times.empty()) ways.insert(ways.end(), {5, 5});
        switch (random.pick(ways)) {
            case 1:
                if (depth > 0)
                    return binary(program, flip() ? BinaryOp::logical_and : BinaryOp::logical_or, comparison(depth - 1),
                                  comparison(depth - 1));
                [[fallthrough]];
            case 2:
                if (depth > 0) return logical_not(program, comparison(depth - 1));
                [[fallthrough]];
            case 0:
                break;
            case 3: {
                const ExpressionId p = load(program, address_of(program, pointers.front()));
                const ExpressionId other =
                    flip() ? number(0, type_of(program, p)) : address_of(program, random.pick(smalls));
                return binary(program, flip() ? BinaryOp::equal : BinaryOp::not_equal, p, other);
            }
            case 4: {
                const ExpressionId f = value_of(program, function_pointers.front());
                return equal(
                    program, f,
                    flip(30) ? number(0, type_of(program, f)) : function_constant(program, random.pick(functions)));
            }
            case 5:
                return age_test();
        }
        const TypeId type = random.pick(integers);
        const auto op =
            random.pick(std::vector{BinaryOp::equal, BinaryOp::not_equal, BinaryOp::less, BinaryOp::less_equal});
        return binary(program, op, integer(type, depth - 1), integer(type, depth - 1));
    }

    ExpressionId some_time()
    {
        if (!time_registers.empty() && flip()) return local_value(program, time_registers.front());
        return value_of(program, times.front());
    }

    ExpressionId age_test()
    {
        const ExpressionId age = to(some_time(), int_type(program));
        if (!time_registers.empty() && flip(30)) {
            const ExpressionId earlier = binary(program, BinaryOp::less, some_time(), some_time());
            return flip() ? earlier : logical_not(program, earlier);
        }
        return binary(program, BinaryOp::less_equal, age,
                      int_constant(program, static_cast<std::int64_t>(random.below(4))));
    }

    // ---- Statements ----

    /// Something that only registers are involved in, if there are any.
    ExpressionId register_condition()
    {
        if (registers.empty())
            return binary(program, BinaryOp::less, own(program, Own::What::argument), int_constant(program, 1));
        const VariableId v = random.pick(registers);
        const TypeId type = program.variables[v].type;
        return binary(program, flip() ? BinaryOp::equal : BinaryOp::less, local_value(program, v), small_number(type));
    }

    Statement assignment()
    {
        std::vector<int> ways{0, 0, 0, 1, 1, 1, 2, 2};
        if (!pointers.empty()) ways.push_back(3);
        if (!function_pointers.empty()) ways.push_back(4);
        if (!times.empty()) ways.insert(ways.end(), {5, 5});
        if (!timers.empty()) ways.insert(ways.end(), {6, 6});
        if (!record_pointers.empty()) ways.push_back(7);
        if (!pointer_registers.empty()) ways.push_back(8);
        switch (random.pick(ways)) {
            case 0: {
                const VariableId v = random.pick(scalars);
                return assign(program, v, integer(program.variables[v].type, 2));
            }
            case 1:
                if (!registers.empty()) {
                    const VariableId v = random.pick(registers);
                    return assign(program, v, integer(program.variables[v].type, 2));
                }
                [[fallthrough]];
            case 2:
                return Store{place(2), integer(small, 1)};
            case 3:
                return assign(program, pointers.front(), pointer_value());
            case 4:
                return assign(program, function_pointers.front(), function_value());
            case 5: {
                const bool to_register = !time_registers.empty() && flip();
                const VariableId v = to_register ? time_registers.front() : times.front();
                return assign(program, v, time_value());
            }
            case 6:
                return assign(program, random.pick(timers),
                              number(static_cast<std::int64_t>(random.below(4)), integers[1]));
            case 7:
                return assign(program, record_pointers.front(), address_of(program, random.pick(records)));
            default:
                return assign(program, pointer_registers.front(), pointer_value());
        }
    }

    ExpressionId function_value()
    {
        const TypeId type = function_pointer_type(program);
        return flip(20) ? number(0, type) : function_constant(program, random.pick(functions));
    }

    ExpressionId time_value()
    {
        const TypeId type = time_type(program);
        const std::size_t way = random.below(10);
        if (way < 5) return number(0, type);
        if (way < 6) return number(time_never, type);
        if (way < 8) return binary(program, BinaryOp::subtract, some_time(), to(int_constant(program, 1), type));
        return some_time();
    }

    ExpressionId pointer_value()
    {
        const TypeId type = pointer_type(program, small);
        if (trouble()) return number(0, type);
        if (trouble()) return to(int_constant(program, static_cast<std::int64_t>(random.below(3)) - 1), type);
        if (trouble()) return to(address_of(program, random.pick(scalars)), type);
        if (!memory_scalars.empty() && flip(25)) return address_of(program, random.pick(memory_scalars));
        if (!arrays.empty() && flip(30)) return element_of(address_of(program, arrays.front()), 0);
        if (!records.empty() && flip(30)) return part_of(address_of(program, random.pick(records)), 0);
        return address_of(program, random.pick(smalls));
    }

    std::vector<Statement> effect(std::size_t most = 2)
    {
        std::vector<Statement> all;
        const std::size_t count = random.below(most + 1);
        for (std::size_t i = 0; i < count; ++i) all.push_back(assignment());
        if (style.copies && records.size() > 1 && flip(15))
            all.emplace_back(
                Copy{address_of(program, records[0]), address_of(program, records[1]), program.types[record].slots});
        if (style.copies && memory_record.valid() && !records.empty() && flip(15))
            all.emplace_back(
                Copy{address_of(program, memory_record), address_of(program, records[0]), program.types[record].slots});
        if (style.copies && memory_record.valid() && !records.empty() && trouble())
            all.emplace_back(
                Copy{address_of(program, records[0]), address_of(program, memory_record), program.types[record].slots});
        if (trouble() && !registers.empty()) all.emplace_back(Undefine{random.pick(registers)});
        if (trouble() && memory_record.valid()) all.emplace_back(Invalidate{address_of(program, memory_record), 2});
        if (trouble() && !records.empty()) all.emplace_back(Invalidate{address_of(program, records[0]), 2});
        if (trouble() && !memory_scalars.empty()) all.emplace_back(Kill{random.pick(memory_scalars)});
        if (flip(8) && !registers.empty()) all.emplace_back(Kill{random.pick(registers)});
        if (style.prunes && flip(8)) all.emplace_back(Prune{});
        if (flip(5) && !registers.empty()) {
            const VariableId v = random.pick(registers);
            all.emplace_back(Undefine{v});
            all.push_back(assign(program, v, small_number(program.variables[v].type)));
        }
        return all;
    }

    Report report(bool stops)
    {
        Report r;
        r.kind = stops ? "assertion" : flip(80) ? "soft_lockup" : "hung_task";
        r.format = "x is %d";
        r.arguments = {to(value_of(program, random.pick(scalars)), int_type(program))};
        if (flip(30)) r.cpu = int_constant(program, static_cast<std::int64_t>(random.below(2)));
        if (flip(40)) r.task = int_constant(program, static_cast<std::int64_t>(random.below(3)));
        r.stops = stops;
        return r;
    }

    // ---- Automata ----

    LocationId add_location(bool is_await = false, bool is_atomic = false)
    {
        Location l;
        l.place = here();
        l.is_await = is_await;
        l.is_atomic = is_atomic;
        return location(program, body, l);
    }

    TransitionId go(LocationId from, LocationId target, ExpressionId guard = {}, std::vector<Statement> effects = {})
    {
        return transition(program, body, from, target, guard, std::move(effects), here());
    }

    ExpressionId negation(ExpressionId e) { return logical_not(program, e); }

    void make_locals()
    {
        registers.clear();
        memory_scalars.clear();
        time_registers.clear();
        pointer_registers.clear();
        memory_array = memory_record = {};
        for (std::size_t i = 0; i < 1 + random.below(3); ++i)
            registers.push_back(register_local(program, body, name("r", i), random.pick(integers)));
        if (style.time && flip()) time_registers.push_back(register_local(program, body, "t", time_type(program)));
        if (style.pointers && flip())
            pointer_registers.push_back(register_local(program, body, "q", pointer_type(program, small)));
        if (!style.memory_locals) return;
        memory_scalars.push_back(memory_local(program, body, "m", small));
        if (style.arrays && flip()) memory_array = memory_local(program, body, "a", array_type(program, small, 2));
        if (style.structs && flip()) memory_record = memory_local(program, body, "s", record);
    }

    /// Scopes begin; with everything set, unless trouble is wanted.
    std::vector<Statement> prologue()
    {
        std::vector<Statement> all;
        const auto begin = [&](VariableId v) {
            all.emplace_back(Undefine{v});
            const TypeId type = program.variables[v].type;
            const TypeId element =
                type == small || type == record ? type : std::get<ArrayType>(program.types[type].kind).element;
            if (trouble()) return;
            if (type == small) all.push_back(assign(program, v, small_number(small)));
            if (type == small) return;
            const std::uint32_t slots = program.types[type].slots;
            const auto types = slot_types(program, type);
            for (std::uint32_t i = 0; i < slots; ++i)
                if (types[i].valid()) all.emplace_back(Store{address_of(program, v, i, types[i]), number(0, types[i])});
            (void)element;
        };
        for (VariableId v : memory_scalars) begin(v);
        if (memory_array.valid()) begin(memory_array);
        if (memory_record.valid()) begin(memory_record);
        if (!pointer_registers.empty())
            all.push_back(assign(program, pointer_registers.front(), address_of(program, smalls.front())));
        if (!time_registers.empty())
            all.push_back(assign(program, time_registers.front(), number(0, time_type(program))));
        if (all.empty() && flip()) all = effect();
        return all;
    }

    std::vector<Statement> epilogue()
    {
        std::vector<Statement> all;
        for (VariableId v : memory_scalars) all.emplace_back(Kill{v});
        if (memory_array.valid()) all.emplace_back(Kill{memory_array});
        if (memory_record.valid()) all.emplace_back(Kill{memory_record});
        for (VariableId v : registers)
            if (flip()) all.emplace_back(Kill{v});
        return all;
    }

    void make_body()
    {
        body = automaton(program, name("body", program.automata.size()));
        make_locals();
        const std::size_t count = 3 + random.below(4);
        std::vector<LocationId> spine;
        for (std::size_t i = 0; i < count; ++i) spine.push_back(add_location(i > 0 && flip(15)));
        const LocationId last = add_location();
        go(spine[0], spine[1], {}, prologue());
        for (std::size_t i = 1; i < count; ++i) make_place(spine, i, i + 1 < count ? spine[i + 1] : last);
        if (flip(style.finishing)) {
            const LocationId end = add_location();
            program.automata[body].locations[end].is_finished = true;
            go(last, end, {}, epilogue());
        } else {
            std::vector<Statement> effects = epilogue();
            if (flip(style.progress)) effects.emplace_back(Progress{});
            go(last, spine[0], {}, effects);
        }
    }

    LocationId jump(const std::vector<LocationId>& spine, std::size_t from, LocationId following)
    {
        if (style.loops && flip(35)) return spine[1 + random.below(from)];
        return following;
    }

    /// What may be done at the i-th place of a body.
    void make_place(const std::vector<LocationId>& spine, std::size_t i, LocationId following)
    {
        const LocationId at = spine[i];
        std::vector<int> ways{0, 0, 1, 2};
        if (flip(style.blocking)) ways = {3, 3, 4};
        if (style.atomic && flip(40)) ways = {5};
        if (style.choice && flip(30)) ways = {6};
        if (style.reports != 0 && flip(style.reports)) ways = {7, 7, 8};
        if (style.running && flip(25)) ways = {9};
        switch (random.pick(ways)) {
            case 0:
                go(at, following, {}, effect());
                return;
            case 1: {  // a branch on registers
                const ExpressionId condition = register_condition();
                go(at, jump(spine, i, following), condition, effect());
                go(at, following, negation(condition), effect());
                return;
            }
            case 2: {  // a branch on memory, perhaps a loop that waits
                const ExpressionId condition = comparison(2);
                const LocationId other = flip(35) ? at : jump(spine, i, following);
                std::vector<Statement> effects;
                if (other != at) effects = effect();
                if (flip(style.progress)) effects.emplace_back(Progress{});
                go(at, other, condition, effects);
                go(at, following, negation(condition), effect());
                return;
            }
            case 3:  // waits
                program.automata[body].locations[at].is_await = true;
                go(at, following, comparison(2), effect());
                if (flip(30)) go(at, jump(spine, i, following), comparison(1), effect());
                return;
            case 4: {  // waits, recognisably by its memory
                const VariableId v = random.pick(scalars);
                go(at, following, equal(program, value_of(program, v), integer(program.variables[v].type, 1)),
                   effect());
                return;
            }
            case 5:
                make_atomic(at, jump(spine, i, following));
                return;
            case 6: {
                const VariableId v = random.pick(registers);
                const auto [low, high] =
                    random.pick(std::vector<std::pair<int, int>>{{0, 1}, {0, 1}, {-1, 1}, {1, 1}, {0, 3}});
                const TransitionId t = go(at, following, {}, effect());
                program.automata[body].transitions[t].choice =
                    Choice{v, int_constant(program, low), int_constant(program, high)};
                return;
            }
            case 7: {  // an assertion
                const ExpressionId condition = comparison(2);
                go(at, following, negation(condition), {});
                go(at, following, condition, flip() ? std::vector<Statement>{} : std::vector<Statement>{report(true)});
                return;
            }
            case 8:
                go(at, following, {}, {report(false)});
                return;
            case 9: {  // hands the CPU on
                const LocationId after = add_location(true);
                go(at, after, {},
                   {assign(program, turn, number(static_cast<std::int64_t>(random.below(3)), integers[1]))});
                go(after, following);
                return;
            }
        }
    }

    void make_atomic(LocationId at, LocationId following)
    {
        const std::size_t inner = 1 + random.below(3);
        LocationId now = at;
        for (std::size_t i = 0; i < inner; ++i) {
            const LocationId next = i + 1 == inner ? following : add_location(false, true);
            switch (random.below(style.blocking > 10 ? 5 : 3)) {
                case 0:
                case 1:
                    go(now, next, {}, effect(3));
                    break;
                case 2: {
                    const ExpressionId condition = comparison(1);
                    go(now, next, condition, effect());
                    go(now, following, negation(condition), effect());
                    break;
                }
                default:
                    program.automata[body].locations[now].is_await = true;
                    go(now, next, comparison(1), effect());
                    break;
            }
            if (now != at && style.choice && flip(30)) {
                // A choice of which not everything is wanted.
                const TransitionId t = go(now, next, register_condition(), effect());
                program.automata[body].transitions[t].choice =
                    Choice{random.pick(registers), int_constant(program, 0), int_constant(program, 2)};
            }
            now = next;
        }
    }

    // ---- Processes ----

    /// Processes that have finished, so that the others have numbers above 64.
    void make_crowd()
    {
        const AutomatonId nobody = automaton(program, "nobody");
        Location only;
        only.place = here();
        only.is_finished = true;
        location(program, nobody, only);
        for (std::size_t i = 0; i < 62 + random.below(10); ++i) {
            const ProcessId id = process(program, name("bystander", i), nobody);
            program.processes[id].cpu = int_constant(program, 0);
        }
    }

    void make_processes(std::size_t bodies)
    {
        const std::size_t count = 2 + random.below(program.automata[AutomatonId(0)].locations.size() > 6 ? 1 : 2);
        for (std::size_t i = 0; i < count; ++i) {
            const ProcessId id = process(program, name("P", i), AutomatonId(random.below(bodies)),
                                         static_cast<std::int64_t>(random.below(3)));
            Process& p = program.processes[id];
            p.is_daemon = flip(20);
            if (style.tasks) {
                p.kind = i > 0 && flip(20) ? ProcessKind::interrupt : ProcessKind::task;
                p.task = static_cast<std::int64_t>(i);
                p.pid = static_cast<std::int64_t>(10 + i);
                if (i > 0 && flip(15)) {
                    p.kind = ProcessKind::exit_hook;
                    p.task = 0;
                }
            }
            p.cpu = flip(60) ? int_constant(program, static_cast<std::int64_t>(random.below(program.cpus))) : own_cpu();
            if (flip(10)) p.own_task = int_constant(program, static_cast<std::int64_t>(random.below(2)));
            if (style.running && flip(60)) p.running = running(static_cast<std::int64_t>(i));
        }
    }

    ExpressionId own_cpu()
    {
        if (!home.valid()) return int_constant(program, 0);
        const ExpressionId where = to(value_of(program, home), int_type(program));
        return binary(program, BinaryOp::remainder, where, int_constant(program, program.cpus));
    }

    ExpressionId running(std::int64_t number_of_process)
    {
        const ExpressionId now = value_of(program, turn);
        return binary(program, flip() ? BinaryOp::not_equal : BinaryOp::less_equal, now,
                      number(number_of_process, integers[1]));
    }

    void make_clock()
    {
        body = automaton(program, "clock");
        registers.clear();
        const LocationId only = add_location(true);
        std::vector<Statement> tick;
        for (VariableId timer : timers) {
            const ExpressionId left = value_of(program, timer);
            const ExpressionId is_zero = equal(program, left, number(0, integers[1]));
            if (flip(60)) {  // what falls due
                const VariableId v = random.pick(scalars);
                const ExpressionId is_one = equal(program, left, number(1, integers[1]));
                tick.push_back(assign(
                    program, v, select(program, is_one, number(1, program.variables[v].type), value_of(program, v))));
            }
            tick.push_back(assign(
                program, timer,
                select(program, is_zero, left, binary(program, BinaryOp::subtract, left, number(1, integers[1])))));
        }
        if (style.time) tick.emplace_back(AgeTimes{});
        if (home.valid() && flip())
            tick.push_back(assign(program, home, number(static_cast<std::int64_t>(random.below(2)), integers[1])));
        const TransitionId t = go(only, only, {}, tick);
        program.automata[body].transitions[t].when_settled = true;
        const ProcessId p = process(program, "clock", body);
        program.processes[p].kind = ProcessKind::clock;
        program.processes[p].cpu = int_constant(program, 0);
    }

    void make_invariant()
    {
        body = automaton(program, "invariant");
        registers.clear();
        memory_scalars.clear();
        time_registers.clear();
        pointer_registers.clear();
        memory_array = memory_record = {};
        const LocationId from = add_location(), end = add_location();
        const ExpressionId condition =
            conjunction(program, comparison(1), conjunction(program, comparison(1), comparison(0)));
        go(from, end, negation(condition));
        Report r;
        r.kind = "invariant";
        r.stops = true;
        go(from, end, condition, {r});
        const ProcessId p = process(program, "check", body);
        program.processes[p].cpu = int_constant(program, 0);
        program.invariants.push_back({"never", p, here()});
    }

    /// Every slot of the globals and per-CPU variables, pointers NULL; one state may be there twice.
    void make_initial_states()
    {
        std::vector<std::int64_t> values;
        const auto add = [&](Storage storage, bool hardware) {
            for (const Variable& v : program.variables) {
                if (v.storage != storage || v.is_hardware != hardware) continue;
                for (TypeId type : slot_types(program, v.type)) {
                    if (!type.valid()) continue;
                    const bool is_number = is_integer(program.types[type]);
                    values.push_back(is_number ? wrap(static_cast<std::int64_t>(random.below(3)), program.types[type])
                                               : 0);
                }
            }
        };
        for (std::size_t i = 0; i < 1 + random.below(3); ++i) {
            values.clear();
            add(Storage::global, false);
            for (std::uint32_t cpu = 0; cpu < program.cpus; ++cpu) add(Storage::per_cpu, false);
            add(Storage::global, true);
            program.initial_states.push_back(values);
            if (flip(25)) program.initial_states.push_back(values);
        }
    }
};

}  // namespace

Program random_program(std::uint64_t seed) { return Generator(seed).make(); }

}  // namespace lockstep::testing
