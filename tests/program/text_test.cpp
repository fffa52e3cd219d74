#include "base/diagnostic.h"
#include "program/builder.h"
#include "program/lexer.h"
#include "program/parser.h"
#include "program/printer.h"
#include "program/verifier.h"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

using namespace lockstep;

namespace {

std::string read_file(const std::string& name)
{
    std::ifstream file(std::string(TEST_FOLDER) + "/" + name);
    REQUIRE(file);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

void check_round_trip(const Program& program)
{
    const std::string once = print(program);
    const std::string twice = print(parse(once, "printed.ls"));
    CHECK(once == twice);
}

Diagnostic refusal(std::string_view text)
{
    try {
        parse(text, "bad.ls");
    } catch (const InputError& error) {
        return error.diagnostic;
    }
    FAIL("not refused: " << text);
    return {};
}

// The effect and guard of the first transition of the first automaton.
const Transition& only_transition(const Program& program)
{
    return program.automata[AutomatonId(0)].transitions[TransitionId(0)];
}

// A Program whose only transition has this effect.
Program with_effect(const std::string& effect)
{
    return parse(
        "var x: u8\nvar a: u8[4]\nvar p: ptr u8\nautomaton A(n) {\n local i: u8\n local w: i64\n"
        "location l\n l -> l { " +
            effect + " }\n}\n",
        "effect.ls");
}

std::string printed_effect(const std::string& effect)
{
    const std::string text = print(with_effect(effect));
    const std::size_t start = text.find('{', text.find("l0 -> l0")) + 2;
    return text.substr(start, text.find(" }", start) - start);
}

}  // namespace

TEST_CASE("every construct survives being printed and read")
{
    check_round_trip(parse(read_file("everything.ls"), "everything.ls"));
}

TEST_CASE("a Program that no text would give survives as well")
{
    // Shared names, names that are words of the language, places, inlined calls, states, marks, odd types.
    Program p;
    p.name = "odd";
    const FileId file = p.files.add({"a \"b\".c", "text"});
    const TypeId u8 = build::integer_type(p, 8, false);
    const TypeId odd = build::struct_type(p, "", {{"", u8}, {"same", u8}, {"same", u8}, {"own", u8}});
    const TypeId again = build::struct_type(p, "", {{"all", odd}}, true);
    const TypeId colour = build::enum_type(p, {"colour", 32, true, {{"RED", -1}, {"own", 4}, {"RED", 7}}});
    const VariableId v = build::global(p, "own", odd);
    const VariableId w = build::global(p, "own", again);
    const VariableId e = build::per_cpu(p, "time", colour);
    p.variables[v].place = {file, 3, 0};
    const AutomatonId a = build::automaton(p, "a b");
    const FrameId outer = p.frames.add({"f", {}, {}});
    const FrameId inner = p.frames.add({"f", outer, {file, 9, 2}});
    build::location(p, a, {{file, 1, 1}, outer});
    build::location(p, a, {{file, 2, 1}, inner, true, true, false, true, true});
    p.automata[a].entry = LocationId(0);
    const VariableId l1 = build::register_local(p, a, "x", u8);
    const VariableId l2 = build::register_local(p, a, "x", u8);
    const VariableId m = build::memory_local(p, a, "in", odd);
    p.variables[m].is_hardware = true;
    auto part = [&](std::uint32_t slot) { return build::address_of(p, v, slot, u8); };
    const ExpressionId narrow = build::binary(p, BinaryOp::add, build::local_value(p, l1), build::local_value(p, l2));
    const ExpressionId as_u8 = build::binary(p, BinaryOp::less, narrow, narrow, u8);
    const ExpressionId red = build::constant(p, -1, colour);
    const ExpressionId enum_load = build::value_of(p, e);
    const ExpressionId five = build::constant(p, 5, u8);
    const ExpressionId mixed = build::binary(p, BinaryOp::subtract, five, build::unary(p, UnaryOp::negate, five));
    std::vector<Statement> effect = {
        AssignLocal{l2, as_u8},
        Store{part(0), mixed},
        Store{part(1), build::load(p, part(2))},
        Store{part(3), build::select(p, build::equal(p, enum_load, red), five, narrow)},
        Store{build::field_address(p, build::address_of(p, m), -3, u8), five},
        Store{build::expression(p, {Constant{integer_pointer_tag}, build::pointer_type(p, u8)}), five},
        Store{build::convert(p, build::null_pointer(p), build::pointer_type(p, odd)), five},
        Report{"kind", "%s %pT\n", {build::string_constant(p, "s"), five}, {}, red, false},
    };
    build::transition(p, a, LocationId(0), LocationId(1), as_u8, effect, {file, 4, 4});
    build::transition(p, a, LocationId(1), LocationId(0));
    build::set_initial(p, w, std::int64_t{7}, 2);
    build::set_initial(p, e, std::int64_t{4});
    build::process(p, "p/0", a, -3);
    build::process(p, "p/0", a);
    p.boot = a;
    p.cpus = 2;
    p.initial_states = {{1, 2, 3, 4, 5, 5, 5, 5, 0, -1}, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0}};
    p.invariants.push_back({"name with blanks", ProcessId(1), {file, 1, 1}});
    verify(p);
    check_round_trip(p);
    const Program read = parse(print(p), "again.ls");
    CHECK(read.variables.size() == p.variables.size());
    CHECK(read.variables[VariableId(1)].name == "own");
    CHECK(read.initial_states == p.initial_states);
    CHECK(read.frames[FrameId(1)].call_place == SourcePlace{FileId(0), 9, 2});
    CHECK(read.processes[ProcessId(0)].name == "p/0");
    CHECK(read.processes[ProcessId(0)].argument == -3);
}

TEST_CASE("numbers take the type of their context, and arithmetic is as wide as in C")
{
    CHECK(printed_effect("x := 5") == "x := 5;");
    CHECK(printed_effect("x := -1") == "x := 255;");
    CHECK(printed_effect("x := x + 1") == "x := (x as i32 + 1) as u8;");
    CHECK(printed_effect("x := (x + 1 : u8)") == "x := (x + 1 : u8);");
    CHECK(printed_effect("i := x == 3") == "i := x == 3;");
    CHECK(printed_effect("i := 300 > x") == "i := x as i32 < 300;");
    CHECK(printed_effect("w := n * 2") == "w := own.argument * 2;");
    CHECK(printed_effect("x := x == 1 ? 2 : 3") == "x := x == 1 ? 2 : 3;");
    CHECK(printed_effect("w := 1 - -(1)") == "w := 1 - -(1);");
    CHECK(printed_effect("w := 3i8 - w") == "w := 3i8 as i32 as i64 - w;");
}

TEST_CASE("places and addresses")
{
    CHECK(printed_effect("a[1] := a[i]") == "a[1] := a[i];");
    CHECK(printed_effect("p := &a[2] + i") == "p := &a[2] + i;");
    CHECK(printed_effect("p := &x; *p := p[1]") == "p := &x; *p := *(p + 1);");
    CHECK(printed_effect("w := p - &a[0]") == "w := p - &a[0];");
    const Program direct = with_effect("a[2] := 1");
    const auto& store = std::get<Store>(only_transition(direct).effect[0]);
    CHECK(std::get<AddressOf>(direct.expressions[store.address].node).offset == 2);
    const Program checked = with_effect("a[4] := 1");
    const auto& beyond = std::get<Store>(only_transition(checked).effect[0]);
    CHECK(std::get<ElementAddress>(checked.expressions[beyond.address].node).count == 4);
}

TEST_CASE("precedence is C's")
{
    CHECK(printed_effect("w := 1 + 2 * 3 - (4 - 5)") == "w := 1 + 2 * 3 - (4 - 5);");
    CHECK(printed_effect("w := (1 + 2) * 3 << 1 + 1") == "w := (1 + 2) * 3 << 1 + 1;");
    CHECK(printed_effect("i := x == 1 && !(x < 2 || i != 3)") == "i := x == 1 && !(x < 2 || i != 3);");
    CHECK(printed_effect("w := ~w & 3 | -w ^ 4") == "w := ~w & 3 | -w ^ 4;");
    CHECK(printed_effect("w := i ? 1 : x ? 2 : 3") == "w := i ? 1 : x ? 2 : 3;");
}

TEST_CASE("places in hand-written text are the text's own")
{
    const Program program = parse("var x: u8\nautomaton A {\n  location l\n  l -> l { x := 1 }\n}\n", "own.ls");
    CHECK(program.files[FileId(0)].name == "own.ls");
    CHECK(only_transition(program).place == SourcePlace{FileId(0), 4, 3});
    CHECK(program.automata[AutomatonId(0)].locations[LocationId(0)].place.line == 4);
    const Program none = parse("files { }\nautomaton A { location l l -> l }", "none.ls");
    CHECK(only_transition(none).place.line == 0);
}

TEST_CASE("a refusal says where, what and what to do")
{
    const Diagnostic unknown = refusal("var x: u8\nautomaton A {\n  location l\n  l -> l { x := y }\n}\n");
    CHECK(unknown.file == "bad.ls");
    CHECK(unknown.line == 4);
    CHECK(unknown.column == 17);
    CHECK(unknown.message == "unknown name 'y'");
    CHECK(unknown.source_line == "  l -> l { x := y }");
    CHECK_FALSE(unknown.hint.empty());

    const Diagnostic rule = refusal("var p: ptr u8\nautomaton A {\n  location l\n  l -> l { p := p * 2 }\n}\n");
    CHECK(rule.line == 4);
    CHECK(rule.hint.find("E4") != std::string::npos);
}

TEST_CASE("what is wrong is refused")
{
    CHECK(refusal("nonsense").message.find("expected var") == 0);
    CHECK(refusal("var x: u65").message == "unknown type 'u65'");
    CHECK(refusal("var x: u8 var x: u8").message == "'x' is declared twice");
    CHECK(refusal("var x: u8 = 256").hint.find("V4") != std::string::npos);
    CHECK(refusal("var own: u8").message == "'own' is a reserved word");
    CHECK(refusal("struct s { a: s }").message == "a struct contains itself");
    CHECK(refusal("automaton A { }").message == "an automaton without locations");
    CHECK(refusal("automaton A { location a a -> b }").message == "unknown location 'b'");
    CHECK(refusal("process p: A").message == "unknown automaton 'A'");
    CHECK(refusal("automaton A { local x: u8[2] location l }").hint == "add: in memory");
    CHECK(refusal("var x: u8 @").message.find("expected a file") == 0);
    CHECK(refusal("\"open").message == "a string without an end");
    CHECK(refusal("var x: u8 = 99999999999999999999").message == "a number of more than 64 bits");
    CHECK(refusal("cpus 0").message.find("is not in 1..") != std::string::npos);
    CHECK(refusal(std::string_view("\0", 1)).message == "a zero byte: this is no text");
    CHECK(refusal("automaton A { location l l -> l { x := 1 ").message == "unknown name 'x'");
    CHECK(refusal("var x: u8\nautomaton A { location l l -> l { x := 1 ").message.find("expected ';'") == 0);
}

TEST_CASE("small texts do not ask for much memory or stack")
{
    CHECK(refusal("var x: u8[4000000][4000000]").message.find("a type of more than") == 0);
    CHECK(refusal("var x: u8[4000000] var y: u8[4000000]").message.find("the variables have more than") == 0);
    CHECK(refusal("struct a { x: b, y: b, z: b[4000] } struct b { x: u8[4000] }").message.find("a type of") == 0);
    CHECK(refusal("cpus 1000000").message.find("is not in") != std::string::npos);
    std::string nested = "var x: u8 automaton A { location l l -> l { x := ";
    CHECK(refusal(nested + std::string(100000, '(')).message == "an expression nested too deeply");
    CHECK(refusal(nested + std::string(100000, '-')).message == "an expression nested too deeply");
    CHECK(refusal(nested + std::string(100000, '!')).message == "an expression nested too deeply");
    std::string sum = "1";
    for (int i = 0; i < 100000; ++i) sum += " + 1";
    CHECK(refusal(nested + sum).message == "an expression nested too deeply");
    std::string pointers = "var x: ";
    for (int i = 0; i < 100000; ++i) pointers += "ptr ";
    CHECK(refusal(pointers + "u8").message == "a type nested too deeply");
    CHECK(refusal("var x: " + std::string(100000, '(')).message.find("nested too deeply") != std::string::npos);
    std::string selects = nested;
    for (int i = 0; i < 100000; ++i) selects += "1 ? ";
    CHECK(refusal(selects).message == "an expression nested too deeply");
    CHECK(refusal("state [ 0*4000000, 0*4000000 ]").message.find("more than") == 0);
    CHECK(refusal(std::string(TokenStream::max_bytes + 1, ' ')).message.find("at most") != std::string::npos);
    std::string many;
    for (int i = 0; i < 30000; ++i) many += "var x" + std::to_string(i) + ": u8[" + std::to_string(i) + "]\n";
    CHECK(refusal(many).message.find("more than 20000 types") == 0);
    std::string chain;
    for (int i = 0; i < 1000; ++i) chain += "struct s" + std::to_string(i) + " { a: s" + std::to_string(i + 1) + " }\n";
    CHECK(refusal(chain + "struct s1000 { }").message == "structs nested too deeply");
}
