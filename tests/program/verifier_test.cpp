// One test for each rule at the head of verifier.cpp: a sound Program, in which just that rule is broken.
#include "program/verifier.h"

#include "program/builder.h"
#include "program/parser.h"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace lockstep;

namespace {

struct Sound {
    Program program = parse(R"(
        struct pair { first: u8, second: u8[2] }
        struct empty { }
        enum mode: u8 { OFF = 0, ON = 1 }
        function handler
        var data: pair = [0: 1]
        var where: ptr u8 = &data
        var hook: fn = handler
        var name: ptr i8 = "name"
        automaton worker {
            local i: u8
            local wide: i32
            local kept: pair in memory
            location first, second, third finished
            first -> second choose i in 0..3 when i < 2 && data.first == i { wide := i; data.second[i] := i }
            second -> third { undefine kept; copy &kept, &data, 4; kill kept; report "kind" "%d%%" (wide) }
        }
        automaton other {
            local j: u8
            location only
            only -> only { j := j + 1 }
        }
        process a: worker(0)
        process b: other running data.first
        invariant small: data.first < 9
    )",
                            "sound.ls");
    AutomatonId worker{0}, other{1};
    TypeId u8 = build::integer_type(program, 8, false);
    TypeId i32 = build::int_type(program);

    Automaton& automaton() { return program.automata[worker]; }
    Transition& first() { return automaton().transitions[TransitionId(0)]; }
    Transition& second() { return automaton().transitions[TransitionId(1)]; }
    Process& process() { return program.processes[ProcessId(1)]; }
    VariableId variable(const std::string& name)
    {
        for (VariableId id : ids_of(program.variables))
            if (program.variables[id].name == name) return id;
        throw std::logic_error(name);
    }
    template <typename Kind>
    TypeId type_with()
    {
        for (TypeId id : ids_of(program.types))
            if (std::holds_alternative<Kind>(program.types[id].kind)) return id;
        throw std::logic_error("no such type");
    }
    ExpressionId load_first() { return build::load(program, build::address_of(program, variable("data"), 0, u8)); }

    /// Only this rule is broken.
    void breaks(const std::string& rule) const
    {
        const std::vector<BrokenRule> broken = broken_rules(program);
        CHECK_FALSE(broken.empty());
        for (const BrokenRule& what : broken) {
            CAPTURE(what.message);
            CHECK(what.rule == rule);
        }
        CHECK_THROWS_AS(verify(program), std::logic_error);
    }
};

}  // namespace

TEST_CASE_FIXTURE(Sound, "the sound Program breaks no rule")
{
    CHECK(broken_rules(program).empty());
    CHECK_NOTHROW(verify(program));
}

TEST_CASE_FIXTURE(Sound, "verify says the rule, the place and what is wrong")
{
    first().target = LocationId(99);
    try {
        verify(program);
        FAIL("not refused");
    } catch (const std::logic_error& error) {
        const std::string text = error.what();
        CHECK(text.find("A2") != std::string::npos);
        CHECK(text.find("automaton worker, transition 0, sound.ls:15") != std::string::npos);
        CHECK(text.find("out of range") != std::string::npos);
    }
}

TEST_CASE_FIXTURE(Sound, "T1: a type out of range")
{
    std::get<StructType>(program.types[type_with<StructType>()].kind).fields[0].type = TypeId(999);
    breaks("T1");
}
TEST_CASE_FIXTURE(Sound, "T1: a pointee out of range")
{
    std::get<PointerType>(program.types[type_with<PointerType>()].kind).pointee = TypeId(999);
    breaks("T1");
}
TEST_CASE_FIXTURE(Sound, "T1: a struct that contains itself")
{
    const TypeId record = type_with<StructType>();
    const TypeId array = type_with<ArrayType>();
    std::get<ArrayType>(program.types[array].kind).element = record;
    breaks("T1");
}
TEST_CASE_FIXTURE(Sound, "T2: too many bits")
{
    std::get<EnumType>(program.types[type_with<EnumType>()].kind).bits = 65;
    breaks("T2");
}
TEST_CASE_FIXTURE(Sound, "T3: a wrong number of slots")
{
    program.types[type_with<EnumType>()].slots = 2;
    breaks("T3");
}
TEST_CASE_FIXTURE(Sound, "T3: a hole between fields")
{
    auto& record = program.types[build::struct_type(program, "holey", {{"a", u8}, {"b", u8}})];
    std::get<StructType>(record.kind).fields[1].offset = 2;
    breaks("T3");
}
TEST_CASE_FIXTURE(Sound, "V1: a variable without a type")
{
    build::global(program, "lost", TypeId(999));
    breaks("V1");
}
TEST_CASE_FIXTURE(Sound, "V2: a local without an owner")
{
    program.variables[build::register_local(program, worker, "l", u8)].owner = AutomatonId(7);
    breaks("V2");
}
TEST_CASE_FIXTURE(Sound, "V2: a global that is not in memory")
{
    program.variables[build::global(program, "g", u8)].in_memory = false;
    breaks("V2");
}
TEST_CASE_FIXTURE(Sound, "V3: a struct outside memory")
{
    build::register_local(program, worker, "l", type_with<StructType>());
    breaks("V3");
}
TEST_CASE_FIXTURE(Sound, "V4: an initial value for the slot past an array's end")
{
    build::set_initial(program, variable("data"), std::int64_t{1}, 3);
    breaks("V4");
}
TEST_CASE_FIXTURE(Sound, "V4: an initial value that does not fit")
{
    build::set_initial(program, variable("data"), std::int64_t{256}, 0);
    breaks("V4");
}
TEST_CASE_FIXTURE(Sound, "V4: the address of a local")
{
    build::set_initial(program, variable("where"), InitialAddress{variable("kept"), 0});
    breaks("V4");
}
TEST_CASE_FIXTURE(Sound, "V4: a local's initial value")
{
    build::set_initial(program, variable("i"), std::int64_t{1});
    breaks("V4");
}
TEST_CASE_FIXTURE(Sound, "V5: steady slots of another type")
{
    program.variables[variable("data")].steady = {true};
    breaks("V5");
}
TEST_CASE_FIXTURE(Sound, "V5: undefinable slots of another type")
{
    program.variables[variable("data")].undefinable = {true};
    breaks("V5");
}
TEST_CASE_FIXTURE(Sound, "E1: an operand out of range")
{
    build::expression(program, {Load{ExpressionId(9999)}, u8});
    breaks("E1");
}
TEST_CASE_FIXTURE(Sound, "E1: an expression that is its own operand")
{
    const ExpressionId one = build::logical_not(program, load_first());
    const ExpressionId two = build::logical_not(program, one);
    std::get<Unary>(program.expressions[one].node).operand = two;
    breaks("E1");
}
TEST_CASE_FIXTURE(Sound, "E2: an expression that is a struct")
{
    build::expression(program, {Constant{0}, type_with<StructType>()});
    breaks("E2");
}
TEST_CASE_FIXTURE(Sound, "E3: the value of a variable in memory")
{
    build::expression(program, {LocalValue{variable("where")}, program.variables[variable("where")].type});
    breaks("E3");
}
TEST_CASE_FIXTURE(Sound, "E3: the address of a variable that has none")
{
    build::address_of(program, variable("i"));
    breaks("E3");
}
TEST_CASE_FIXTURE(Sound, "E3: a slot that the variable does not have")
{
    build::address_of(program, variable("data"), 4, u8);
    breaks("E3");
}
TEST_CASE_FIXTURE(Sound, "E3: an unknown function and an unknown string")
{
    build::function_constant(program, FunctionId(5));
    breaks("E3");
    program.expressions[ExpressionId(program.expressions.size() - 1)].node = StringConstant{StringId(5)};
    breaks("E3");
}
TEST_CASE_FIXTURE(Sound, "E4: operands of different types")
{
    build::binary(program, BinaryOp::add, load_first(), build::int_constant(program, 1));
    breaks("E4");
}
TEST_CASE_FIXTURE(Sound, "E4: a load of another type than the pointer's")
{
    build::load(program, build::address_of(program, variable("data"), 0, u8), i32);
    breaks("E4");
}
TEST_CASE_FIXTURE(Sound, "E4: a load through an integer")
{
    build::load(program, build::int_constant(program, 1), i32);
    breaks("E4");
}
TEST_CASE_FIXTURE(Sound, "E4: sides of a choice that do not fit")
{
    const ExpressionId number = build::int_constant(program, 1);
    build::select(program, number, number, load_first());
    breaks("E4");
}
TEST_CASE_FIXTURE(Sound, "E5: a constant beyond its type")
{
    build::expression(program, {Constant{256}, u8});
    breaks("E5");
}
TEST_CASE_FIXTURE(Sound, "E5: a stride of 0")
{
    const ExpressionId base = build::address_of(program, variable("data"), 0, u8);
    build::expression(program,
                      {ElementAddress{base, build::int_constant(program, 0), 0, 0}, build::type_of(program, base)});
    breaks("E5");
}
TEST_CASE_FIXTURE(Sound, "S1: an assignment to another automaton's local")
{
    first().effect.emplace_back(AssignLocal{variable("j"), build::constant(program, 1, u8)});
    breaks("S1");
}
TEST_CASE_FIXTURE(Sound, "S1: an assignment of another type")
{
    first().effect.emplace_back(AssignLocal{variable("i"), build::int_constant(program, 1)});
    breaks("S1");
}
TEST_CASE_FIXTURE(Sound, "S1: a choice for a variable in memory")
{
    first().choice->variable = variable("where");
    breaks("S1");
}
TEST_CASE_FIXTURE(Sound, "S2: a store of another type")
{
    first().effect.emplace_back(
        Store{build::address_of(program, variable("data"), 0, u8), build::int_constant(program, 1)});
    breaks("S2");
}
TEST_CASE_FIXTURE(Sound, "S2: a copy of nothing")
{
    const ExpressionId address = build::address_of(program, variable("data"));
    first().effect.emplace_back(Copy{address, address, 0});
    breaks("S2");
}
TEST_CASE_FIXTURE(Sound, "S3: the end of a global")
{
    first().effect.emplace_back(Kill{variable("data")});
    breaks("S3");
}
TEST_CASE_FIXTURE(Sound, "S4: arguments that the format does not mention")
{
    std::get<Report>(second().effect.back()).arguments.clear();
    breaks("S4");
}
TEST_CASE_FIXTURE(Sound, "S4: a report without a kind")
{
    std::get<Report>(second().effect.back()).kind.clear();
    breaks("S4");
}
TEST_CASE_FIXTURE(Sound, "S5: another automaton's local in a guard")
{
    first().guard = build::local_value(program, variable("j"));
    breaks("S5");
}
TEST_CASE_FIXTURE(Sound, "S5: a guard out of range")
{
    first().guard = ExpressionId(9999);
    breaks("S5");
}
TEST_CASE_FIXTURE(Sound, "S5: an assignment without a value")
{
    first().effect.emplace_back(AssignLocal{variable("i"), {}});
    breaks("S5");
}
TEST_CASE_FIXTURE(Sound, "A1: no entry")
{
    automaton().entry = LocationId(99);
    breaks("A1");
}
TEST_CASE_FIXTURE(Sound, "A1: an atomic entry")
{
    automaton().locations[automaton().entry].is_atomic = true;
    breaks("A1");
}
TEST_CASE_FIXTURE(Sound, "A2: a target out of range")
{
    first().target = LocationId(99);
    breaks("A2");
}
TEST_CASE_FIXTURE(Sound, "A3: an outgoing list that leaves one out")
{
    automaton().locations[LocationId(0)].outgoing = {TransitionId(0)};
    breaks("A3");
}
TEST_CASE_FIXTURE(Sound, "A4: a cycle of passed locations")
{
    first().target = LocationId(1);
    second().target = LocationId(1);
    automaton().locations[LocationId(1)].is_pass_through = true;
    breaks("A4");
    automaton().locations[LocationId(1)].is_atomic = true;
    CHECK(broken_rules(program).empty());
}
TEST_CASE_FIXTURE(Sound, "A4: a passed entry")
{
    automaton().locations[automaton().entry].is_pass_through = true;
    breaks("A4");
}
TEST_CASE_FIXTURE(Sound, "F1: a call that calls itself")
{
    const FrameId outer = program.frames.add({"outer", {}, {}});
    program.frames[outer].caller = program.frames.add({"inner", outer, {}});
    breaks("F1");
}
TEST_CASE_FIXTURE(Sound, "F1: an unknown frame")
{
    automaton().locations[LocationId(0)].frame = FrameId(99);
    breaks("F1");
}
TEST_CASE_FIXTURE(Sound, "F2: an unknown file")
{
    first().place.file = FileId(9);
    breaks("F2");
}
TEST_CASE_FIXTURE(Sound, "P1: a process of no automaton")
{
    process().automaton = AutomatonId(9);
    breaks("P1");
}
TEST_CASE_FIXTURE(Sound, "P2: running says something about a local")
{
    process().running = build::local_value(program, variable("j"));
    breaks("P2");
}
TEST_CASE_FIXTURE(Sound, "P2: the own CPU by way of the own CPU")
{
    process().cpu = build::own(program, Own::What::cpu);
    breaks("P2");
    process().cpu = build::own(program, Own::What::task);
    CHECK(broken_rules(program).empty());
    process().own_task = build::own(program, Own::What::cpu);
    breaks("P2");
}
TEST_CASE_FIXTURE(Sound, "P3: no CPUs, no boot, no invariant's process")
{
    program.boot = AutomatonId(9);
    program.cpus = 0;
    program.invariants[0].process = ProcessId(9);
    breaks("P3");
    CHECK(broken_rules(program).size() == 3);
}
TEST_CASE_FIXTURE(Sound, "P4: an initial state of another length")
{
    program.initial_states = {{0, 0, 0, 0, 0, 0}, {0}};
    breaks("P4");
    CHECK(broken_rules(program).size() == 1);
}
