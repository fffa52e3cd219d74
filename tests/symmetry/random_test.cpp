// Random Programs: whatever is said of their CPUs is true, and where no line tells them apart they are alike.
#include "engine/random_program.h"
#include "passes/passes.h"
#include "program/parser.h"
#include "symmetry/automorphism.h"
#include "symmetry/random_symmetric_program.h"

#include <doctest/doctest.h>

using namespace lockstep;

namespace {

/// CPU numbers start as nobody's, and each CPU has an object, which leads to the next or to itself.
void give_objects(Program& program, bool round)
{
    const Layout layout = make_layout(program);
    const auto find = [&](const std::string& name) {
        for (VariableId v : ids_of(program.variables))
            if (program.variables[v].name == name) return v;
        return VariableId();
    };
    auto cells = initial_cells(program, layout).front();
    for (const char* name : {"who", "table", "node0", "node1", "node2", "node3", "nodes"}) {
        const VariableId v = find(name);
        if (!v.valid()) continue;
        const auto types = slot_types(program, program.variables[v].type);
        for (std::uint32_t slot = 0; slot < types.size(); ++slot)
            if (types[slot].valid() && is_integer(program.types[types[slot]]) &&
                bits_of(program.types[types[slot]]) == 8)
                cells[layout.addresses[layout.address_of(program, v, slot)].cell] = 255;
    }
    for (std::uint32_t cpu = 0; cpu < program.cpus; ++cpu) {
        const auto copy = [&](const char* name) {
            const std::uint32_t address = layout.address_of(program, find(name), 0) + cpu * layout.per_cpu_stride;
            return layout.addresses[address].cell;
        };
        const auto node = [&](std::uint32_t n) { return find("node" + std::to_string(n)); };
        cells[copy("peer")] = 255;
        cells[copy("object")] = layout.address_of(program, node(cpu), 0);
        const std::uint32_t next = round ? (cpu + 1) % program.cpus : cpu;
        cells[layout.addresses[layout.address_of(program, node(cpu), 2)].cell] =
            layout.address_of(program, node(next), 0);
    }
    cells.resize(layout.global_cells);
    program.initial_states = {cells};
}

}  // namespace

TEST_CASE("random Programs that are symmetric, but for a line or two")
{
    std::size_t whole = 0, partial = 0, without_fault = 0;
    const std::uint64_t count = 1500;
    for (std::uint64_t seed = 1; seed <= count; ++seed) {
        CAPTURE(seed);
        const testing::RandomSymmetric made = testing::random_symmetric_program(seed);
        CAPTURE(made.text);
        Program program = parse(made.text, "random.ls");
        give_objects(program, seed % 5 == 0);
        run_passes(program, {});
        const Layout layout = make_layout(program);
        const auto symmetry = symmetry::find_cpu_symmetry(program, layout);
        const std::string why = describe(program, symmetry);
        CAPTURE(why);
        const bool is_whole = !symmetry.classes.empty() && symmetry.classes.front().size() == program.cpus;
        if (is_whole) ++whole;
        if (!is_whole && !symmetry.classes.empty()) ++partial;
        if (!made.has_fault && seed % 5 != 0) ++without_fault;
        const std::string difference = testing::find_difference(program, layout, symmetry, {seed, 3, 40});
        REQUIRE(difference == "");
    }
    MESSAGE(whole << " of " << count << " are symmetric, " << partial << " in part; " << without_fault
                  << " were meant to be");
    CHECK(whole > count / 4);
    CHECK(partial > count / 50);
}

TEST_CASE("random Programs of any kind")
{
    std::size_t some = 0;
    for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
        CAPTURE(seed);
        Program program = testing::random_program(seed);
        run_passes(program, {});
        const Layout layout = make_layout(program);
        const auto symmetry = symmetry::find_cpu_symmetry(program, layout);
        if (!symmetry.classes.empty()) ++some;
        REQUIRE(testing::find_difference(program, layout, symmetry, {seed, 3, 40}) == "");
    }
    MESSAGE(some << " have CPUs that are alike");
}
