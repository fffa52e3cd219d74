// Addresses, cells and words.
#include "engine/random_program.h"

#include "passes/mark_locations.h"
#include "passes/reset_dead_locals.h"
#include "program/builder.h"
#include "program/parser.h"
#include "program/verifier.h"
#include "semantics/layout.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <vector>

namespace lockstep {

namespace {

using namespace build;  // NOLINT: this file does nothing but build

VariableId variable(const Program& program, const std::string& name)
{
    for (VariableId v : ids_of(program.variables))
        if (program.variables[v].name == name) return v;
    FAIL("no variable " << name);
    return {};
}

constexpr const char* sample = R"(
cpus 3
struct pair { a: i32, b: u8 }
struct bag { n: i32, pairs: pair[2], p: ptr pair }
var x: i32
var row: i16[4]
var grid: u3[2][3]
var bag: bag
var bags: bag[2]
per_cpu var counter: u8
per_cpu var rows: i32[2]
var late: i32 hardware
automaton A {
    local r: i32
    local m: pair in memory
    location a
    a -> a { r := 0; undefine m; kill m }
}
process p: A
process q: A
)";

}  // namespace

TEST_CASE("addresses: none twice, none for NULL and behind it, the machine's last, CPUs' copies at one distance")
{
    const Program program = parse(sample, "layout.ls");
    const Layout layout = make_layout(program);
    std::set<std::uint32_t> cells;
    for (const Layout::Address& a : layout.addresses)
        if (a.cell != Layout::no_cell) CHECK(cells.insert(a.cell).second);
    // As long a gap behind NULL as the longest struct (bag: 1 + 2 * 2 + 1 + 1 slots) is.
    for (std::uint32_t a = 0; a <= 7; ++a) CHECK(layout.addresses[a].cell == Layout::no_cell);
    CHECK(layout.address_of(program, variable(program, "x"), 0) == 8);

    const std::uint32_t late = layout.address_of(program, variable(program, "late"), 0);
    for (VariableId v : ids_of(program.variables))
        if (program.variables[v].storage != Storage::local && !program.variables[v].is_hardware)
            CHECK(layout.address_of(program, v, 0) < late);

    for (const char* name : {"counter", "rows"}) {
        const std::uint32_t first = layout.address_of(program, variable(program, name), 0);
        CHECK(first >= layout.per_cpu_first);
        CHECK(first < layout.per_cpu_first + layout.per_cpu_stride);
        for (std::uint32_t cpu = 0; cpu < 3; ++cpu) {
            const Layout::Address& copy = layout.addresses[first + cpu * layout.per_cpu_stride];
            CHECK(copy.variable == variable(program, name));
            CHECK(copy.cpu == cpu);
            CHECK(copy.offset == 0);
        }
    }
    const VariableId m = variable(program, "m");
    CHECK(layout.address_of(program, m, 0, ProcessId(0)) != layout.address_of(program, m, 0, ProcessId(1)));
    CHECK(layout.addresses[layout.address_of(program, m, 1, ProcessId(1))].process == ProcessId(1));
    CHECK(layout.processes[ProcessId(0)].local[variable(program, "r").index] !=
          layout.processes[ProcessId(1)].local[variable(program, "r").index]);
}

TEST_CASE("arrays: one address without a cell behind each, and every address knows the arrays around it")
{
    const Program program = parse(sample, "layout.ls");
    const Layout layout = make_layout(program);
    const auto arrays_around = [&](std::uint32_t address) {
        std::vector<Layout::Array> all;
        for (std::uint32_t a = layout.addresses[address].array; a != Layout::no_cell; a = layout.arrays[a].outer)
            all.push_back(layout.arrays[a]);
        return all;
    };
    const std::uint32_t row = layout.address_of(program, variable(program, "row"), 0);
    for (std::uint32_t i = 0; i < 4; ++i) CHECK(layout.addresses[row + i].cell != Layout::no_cell);
    CHECK(layout.addresses[row + 4].cell == Layout::no_cell);
    REQUIRE(arrays_around(row + 4).size() == 1);
    CHECK((arrays_around(row + 2)[0].first == row && arrays_around(row + 2)[0].end == row + 4 &&
           arrays_around(row + 2)[0].stride == 1));

    const std::uint32_t grid = layout.address_of(program, variable(program, "grid"), 0);  // rows of 3 + 1 slots
    REQUIRE(arrays_around(grid + 4).size() == 2);
    CHECK((arrays_around(grid + 4)[0].first == grid + 4 && arrays_around(grid + 4)[0].end == grid + 7));
    CHECK((arrays_around(grid + 4)[1].first == grid && arrays_around(grid + 4)[1].end == grid + 8 &&
           arrays_around(grid + 4)[1].stride == 4));
    CHECK(layout.addresses[grid + 3].cell == Layout::no_cell);
    CHECK(layout.addresses[grid + 7].cell == Layout::no_cell);
    CHECK(layout.addresses[grid + 8].cell == Layout::no_cell);
    CHECK(arrays_around(grid + 3).size() == 2);
    CHECK(arrays_around(grid + 8).size() == 1);

    const std::uint32_t bags = layout.address_of(program, variable(program, "bags"), 0);
    REQUIRE(arrays_around(bags + 7 + 3).size() == 2);  // the second bag's second pair
    CHECK((arrays_around(bags + 7 + 3)[0].first == bags + 7 + 1 && arrays_around(bags + 7 + 3)[0].stride == 2));
    CHECK((arrays_around(bags + 7 + 3)[1].first == bags && arrays_around(bags + 7 + 3)[1].stride == 7));
    CHECK(arrays_around(layout.address_of(program, variable(program, "x"), 0)).empty());
}

TEST_CASE("names of addresses and cells, and values, as people read them")
{
    const Program program = parse(sample, "layout.ls");
    const Layout layout = make_layout(program);
    const auto at = [&](const char* name, std::uint32_t offset) {
        return layout.address_of(program, variable(program, name), offset, ProcessId(1));
    };
    CHECK(address_name(program, layout, at("x", 0)) == "x");
    CHECK(address_name(program, layout, at("row", 2)) == "row[2]");
    CHECK(address_name(program, layout, at("grid", 5)) == "grid[1][1]");
    CHECK(address_name(program, layout, at("bags", 7 + 4)) == "bags[1].pairs[1].b");
    CHECK(address_name(program, layout, at("rows", 1) + layout.per_cpu_stride * 2) == "rows[2][1]");
    CHECK(address_name(program, layout, at("m", 1)) == "q.m.b");
    CHECK(cell_name(program, layout, layout.processes[ProcessId(1)].location_cell) == "q location");
    CHECK(cell_name(program, layout, layout.processes[ProcessId(1)].local[variable(program, "r").index]) == "q.r");
    const Type pointer{PointerType{}, 1}, time{TimeType{}, 1}, word{IntegerType{64, false}, 1};
    CHECK(value_text(program, layout, pointer, 0) == "NULL");
    CHECK(value_text(program, layout, pointer, at("row", 2)) == "&row[2]");
    CHECK(value_text(program, layout, pointer, integer_pointer_tag | (-3 & 0x3fffffff)) == "(void *)-3");
    CHECK(value_text(program, layout, time, 0) == "now");
    CHECK(value_text(program, layout, time, 3) == "3 ticks ago");
    CHECK(value_text(program, layout, time, -3) == "in 3 ticks");
    CHECK(value_text(program, layout, time, 1) == "1 tick ago");
    CHECK(value_text(program, layout, time, -1) == "in 1 tick");
    CHECK(value_text(program, layout, time, time_never) == "never");
    CHECK(value_text(program, layout, word, -1) == "18446744073709551615");
    CHECK(value_text(program, layout, word, undefined_value) == "(undefined)");
}

TEST_CASE("initial values: numbers, addresses, functions, strings; several initial states")
{
    Program program = parse(R"(
function f, g
cpus 2
var x: i32 = -4
var p: ptr i32 = &row + 1
var row: i32[3] = [1: 7]
var fp: fn = g
var s: ptr i8 = "text"
per_cpu var c: u8 = 9
automaton A { local m: i32 in memory  location a, b  a -> b { undefine m } }
process q: A
)",
                            "initial.ls");
    Layout layout = make_layout(program);
    const auto cells = initial_cells(program, layout).front();
    const auto value = [&](const char* name, std::uint32_t offset = 0) {
        return cells[layout.addresses[layout.address_of(program, variable(program, name), offset, ProcessId(0))].cell];
    };
    CHECK(value("x") == -4);
    CHECK(value("p") == layout.address_of(program, variable(program, "row"), 1));
    CHECK(value("row", 0) == 0);
    CHECK(value("row", 1) == 7);
    CHECK(value("fp") == function_value(FunctionId(1)));
    CHECK(value("s") == string_value(StringId(0)));
    CHECK(value("c") == 9);
    CHECK(cells[layout.addresses[layout.address_of(program, variable(program, "c"), 0) + layout.per_cpu_stride].cell] ==
          9);
    CHECK(value("m") == dead_value);

    std::vector<std::int64_t> state(layout.global_cells, 1);
    program.initial_states = {state, std::vector<std::int64_t>(layout.global_cells, 2)};
    const auto all = initial_cells(program, layout);
    REQUIRE(all.size() == 2);
    CHECK(all[0][0] == 1);
    CHECK(all[1][0] == 2);
}

// ---- Packing -------------------------------------------------------------------------------------------------------

namespace {

/// A value that a cell may hold.
std::int64_t random_value(const Layout::Cell& cell, testing::Random& random)
{
    if (cell.word == Layout::no_word) return 0;
    if (cell.has_mark && random.chance(30)) return random.chance(50) ? undefined_value : dead_value;
    switch (cell.kind) {
        case SlotClass::Kind::function:
            return random.chance(30) ? 0 : function_value(FunctionId(random.below(1000)));
        case SlotClass::Kind::pointer: {
            const auto number = static_cast<std::int64_t>(random.below(1 << 29));
            switch (random.below(4)) {
                case 0:
                    return number;
                case 1:
                    return string_value(StringId(random.below(1000)));
                case 2:
                    return function_value(FunctionId(random.below(1000)));
                default:
                    return integer_pointer_tag | ((random.chance(50) ? -number : number) & 0x3fffffff);
            }
        }
        case SlotClass::Kind::time:
            if (random.chance(20)) return time_never;
            return static_cast<std::int64_t>(random.below(2 * time_saturation + 1)) - time_saturation;
        case SlotClass::Kind::integer:
            break;
    }
    const Type type{IntegerType{cell.bits, cell.is_signed}, 1};
    return wrap(static_cast<std::int64_t>(random.next()), type);
}

}  // namespace

TEST_CASE("packing: whatever is packed comes back, as a whole and word by word")
{
    std::string text = "cpus 2\nfunction f\nstruct pair { a: i7, b: ptr i32 }\n";
    for (int bits = 1; bits <= 64; ++bits)
        text += "var u" + std::to_string(bits) + "_: u" + std::to_string(bits) + "\nvar i" + std::to_string(bits) +
                "_: i" + std::to_string(bits) + "\n";
    text += "var t: time\nvar p: ptr i32\nvar fp: fn\nper_cpu var c: i5\nvar late: i64 hardware\nautomaton A {\n";
    for (int bits : {1, 5, 8, 31, 32, 33, 64}) {
        text += "local m" + std::to_string(bits) + ": i" + std::to_string(bits) + " in memory\n";
        text += "local r" + std::to_string(bits) + ": u" + std::to_string(bits) + "\n";
    }
    text +=
        "local mt: time in memory\nlocal mp: ptr i32 in memory\nlocal mf: fn in memory\nlocal s: pair[3] in memory\n"
        "location a\na -> a { undefine r1; undefine r5; undefine r31; undefine r33; undefine r64 }\n}\n"
        "process p: A\nprocess q: A\n";
    const Program program = parse(text, "packing.ls");
    const Layout layout = make_layout(program);
    testing::Random random(3);
    std::vector<std::int64_t> before(layout.cells.size(), 0);
    std::vector<std::uint32_t> words(layout.words), other(layout.words);
    for (int round = 0; round < 500; ++round) {
        std::vector<std::int64_t> cells;
        for (const Layout::Cell& cell : layout.cells) cells.push_back(random_value(cell, random));
        pack(layout, cells, words.data());
        std::vector<std::int64_t> back(cells.size(), 77);
        for (std::size_t c = 0; c < cells.size(); ++c)
            if (layout.cells[c].word == Layout::no_word) back[c] = cells[c];
        for (std::uint32_t w = 0; w < layout.words; ++w) unpack_word(layout, w, words.data(), back.data());
        REQUIRE(back == cells);
        // From one state to the next by the words that differ.
        for (std::size_t c = 0; c < cells.size(); ++c)
            if (random.chance(80)) cells[c] = before[c];
        pack(layout, before, other.data());
        back = before;
        pack(layout, cells, words.data());
        for (std::uint32_t w = 0; w < layout.words; ++w)
            if (words[w] != other[w]) unpack_word(layout, w, words.data(), back.data());
        REQUIRE(back == cells);
        // And by the cells that differ, some of them put there more than once.
        for (int time = 0; time < 2; ++time)
            for (std::size_t c = 0; c < cells.size(); ++c)
                if (cells[c] != before[c] && (time == 0 || random.chance(50)))
                    put_cell(layout.cells[c], cells[c], [&](std::uint32_t w) -> std::uint32_t& { return other[w]; });
        REQUIRE(other == words);
        before = cells;
    }
}

TEST_CASE("packing is exact: other cells, other words")
{
    const Program program = parse(sample, "layout.ls");
    const Layout layout = make_layout(program);
    testing::Random random(4);
    std::map<std::vector<std::uint32_t>, std::vector<std::int64_t>> seen;
    for (int round = 0; round < 3000; ++round) {
        std::vector<std::int64_t> cells(layout.cells.size(), 0);
        for (int i = 0; i < 3; ++i) {
            const std::size_t c = random.below(cells.size());
            cells[c] = random_value(layout.cells[c], random);
        }
        std::vector<std::uint32_t> words(layout.words);
        pack(layout, cells, words.data());
        REQUIRE(seen.emplace(words, cells).first->second == cells);
    }
}

// ---- Registers that share a cell -----------------------------------------------------------------------------------

namespace {

/// An automaton of assignments, reads and ends of scopes in random order, over registers of few types.
Program random_scopes(std::uint64_t seed)
{
    testing::Random random(seed);
    Program program;
    const AutomatonId body = automaton(program, "body");
    std::vector<VariableId> registers;
    for (std::size_t i = 0; i < 3 + random.below(6); ++i)
        registers.push_back(register_local(program, body, "r" + std::to_string(i),
                                           random.chance(80) ? integer_type(program, 2, false) : int_type(program)));
    const std::size_t count = 2 + random.below(6);
    for (std::size_t i = 0; i < count; ++i) location(program, body);
    for (std::size_t i = 0; i < 2 * count; ++i) {
        std::vector<Statement> effect;
        for (std::size_t n = random.below(4); n-- > 0;) {
            const VariableId v = random.pick(registers), w = random.pick(registers);
            switch (random.below(4)) {
                case 0:
                    effect.push_back(assign(
                        program, v,
                        constant(program, static_cast<std::int64_t>(1 + random.below(3)), program.variables[v].type)));
                    break;
                case 1:
                    effect.push_back(
                        assign(program, v, convert(program, local_value(program, w), program.variables[v].type)));
                    break;
                case 2:
                    effect.emplace_back(Kill{v});
                    break;
                default:
                    effect.emplace_back(Undefine{v});
                    effect.push_back(assign(program, v, constant(program, 2, program.variables[v].type)));
                    break;
            }
        }
        transition(program, body, LocationId(random.below(count)), LocationId(random.below(count)), {}, effect);
    }
    process(program, "p", body);
    return program;
}

}  // namespace

// Walks through the automaton with each register on its own and with the cells side by side.
TEST_CASE("registers that share a cell never disturb each other, whatever their scopes")
{
    std::size_t shared = 0;
    for (std::uint64_t seed = 0; seed < 2000; ++seed) {
        CAPTURE(seed);
        Program program = random_scopes(seed);
        if (seed % 2 == 1) reset_dead_locals(program);
        verify(program);
        const Layout layout = make_layout(program);
        const Automaton& automaton = program.automata[AutomatonId(0)];
        const auto& cell_of = layout.processes[ProcessId(0)].local;
        std::set<std::uint32_t> cells_used(cell_of.begin(), cell_of.end());
        shared += cell_of.size() - cells_used.size();

        using Registers = std::vector<std::int64_t>;
        const auto value = [&](const Registers& registers, ExpressionId id, const auto& self) -> std::int64_t {
            const Expression& e = program.expressions[id];
            if (const auto* constant = std::get_if<Constant>(&e.node)) return constant->value;
            if (const auto* local = std::get_if<LocalValue>(&e.node)) return registers[local->variable.index];
            return wrap(self(registers, std::get<Convert>(e.node).operand, self), program.types[e.type]);
        };
        std::set<std::pair<std::uint32_t, Registers>> seen;
        std::deque<std::tuple<std::uint32_t, Registers, Registers>> work;  // location, registers, cells
        work.emplace_back(automaton.entry.index, Registers(program.variables.size(), 0),
                          Registers(layout.cells.size(), 0));
        bool agrees = true;
        while (!work.empty() && seen.size() < 300) {
            const auto [at, registers, cells] = work.front();
            work.pop_front();
            if (!seen.insert({at, registers}).second) continue;
            for (const Transition& t : automaton.transitions) {
                if (t.source.index != at) continue;
                Registers own = registers, in_cells = cells;
                for (const Statement& statement : t.effect) {
                    VariableId v;
                    std::int64_t result = 0;
                    if (const auto* assigned = std::get_if<AssignLocal>(&statement)) {
                        v = assigned->variable;
                        result = value(own, assigned->value, value);
                        Registers seen_in_cells(own.size());
                        for (std::size_t i = 0; i < own.size(); ++i) seen_in_cells[i] = in_cells[cell_of[i]];
                        agrees = agrees && value(seen_in_cells, assigned->value, value) == result;
                    } else if (const auto* undefined = std::get_if<Undefine>(&statement)) {
                        v = undefined->variable;
                        result = 99;
                    } else {
                        v = std::get<Kill>(statement).variable;
                    }
                    own[v.index] = in_cells[cell_of[v.index]] = result;
                }
                // Each state of the registers is one of the cells, and the other way round.
                for (const auto cell : cells_used) {
                    std::vector<std::int64_t> occupants;
                    for (std::size_t i = 0; i < own.size(); ++i)
                        if (cell_of[i] == cell && own[i] != 0) occupants.push_back(own[i]);
                    agrees = agrees && occupants.size() <= 1;
                    agrees = agrees && in_cells[cell] == (occupants.empty() ? 0 : occupants.front());
                }
                work.emplace_back(t.target.index, own, in_cells);
            }
        }
        CHECK(agrees);
    }
    CHECK(shared > 500);  // or else nothing was tested
}

}  // namespace lockstep
