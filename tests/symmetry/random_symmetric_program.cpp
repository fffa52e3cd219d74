#include "symmetry/random_symmetric_program.h"

#include "engine/random_program.h"
#include "semantics/layout.h"

#include <fmt/format.h>

#include <vector>

namespace lockstep::testing {

namespace {

class Generator {
public:
    explicit Generator(std::uint64_t seed) : random(seed), cpus(3 + random.below(2)) {}

    RandomSymmetric make()
    {
        made.text = fmt::format("cpus {}\n", cpus);
        made.text +=
            "struct node { value: u2, home: u8, peer: ptr node }\n"
            "per_cpu var mine: u2\nper_cpu var peer: u8\nper_cpu var object: ptr node\n"
            "var g: u2\nvar who: u8\nvar owner: u8\nvar set: u64\nvar p: ptr u2\nvar n: ptr node\n";
        made.text += fmt::format("var row: u2[{0}]\nvar table: u8[{0}]\nvar nodes: node[{0}]\n", cpus);
        for (std::size_t i = 0; i < cpus; ++i) made.text += fmt::format("var node{}: node\n", i);
        const std::size_t bodies = 1 + random.below(2);
        for (std::size_t i = 0; i < bodies; ++i) make_automaton(i);
        for (std::size_t body = 0; body < bodies; ++body)
            for (std::size_t cpu = 0; cpu < cpus; ++cpu)
                made.text += fmt::format("process p{}_{}: A{} cpu {}\n", body, cpu, body, cpu);
        if (random.chance(40)) make_invariant();
        return std::move(made);
    }

private:
    Random random;
    std::size_t cpus;
    RandomSymmetric made;

    std::string pick(const std::vector<std::string>& list) { return random.pick(list); }

    /// A CPU's number.
    std::string cpu()
    {
        return pick({"own.cpu", "own.cpu", "l", "l", "m", "who", "per_cpu(peer, own.cpu)", "per_cpu(peer, l)",
                     "table[l]", "n->home", "per_cpu(object, own.cpu)->home", "owner - 1"});
    }
    std::string place()
    {
        return pick({"per_cpu(mine, own.cpu)", "g", "g", fmt::format("per_cpu(mine, {})", cpu()),
                     fmt::format("row[{}]", cpu()), "*p", "n->value", "per_cpu(object, own.cpu)->value",
                     "per_cpu(object, l)->peer->value", "k"});
    }
    std::string cpu_place()
    {
        return pick({"who", "per_cpu(peer, own.cpu)", "l", "m", "per_cpu(peer, l)", "table[m]", "n->home"});
    }

    std::string guard()
    {
        if (is_fault())
            return pick({"l < own.cpu", "own.cpu == 1", "l == 0", "(set >> 1 & 1) == 1", "set < 4", "who == 2",
                         "set == 2", "own.cpu < 2", "table[0] == own.cpu", "owner > 2"});
        switch (random.below(8)) {
            case 0:
                return fmt::format("{} == {}", cpu(), cpu());
            case 1:
                return fmt::format("{} != {}", cpu(), cpu());
            case 2:
                return fmt::format("(set >> {} & 1) == {}", cpu(), random.below(2));
            case 3:
                return pick({"set == 0", "set != 0", "owner == 0", "owner == own.cpu + 1", "l != 255", "who != 254"});
            case 4:
                return pick({"p == &per_cpu(mine, l)", "n == per_cpu(object, own.cpu)", "n != null", "p != null",
                             "per_cpu(object, l)->peer == n"});
            case 5:
                return fmt::format("l < {}", cpus);
            default:
                return fmt::format("{} {} {}", place(), pick({"==", "<", "!="}), random.below(4));
        }
    }

    std::string effect()
    {
        if (is_fault())
            return pick({"l := 1", "row[1] := 2", "per_cpu(mine, 0) := 1", "set := set | 2", "set := set & (set - 1)",
                         "l := l + 1", "g := own.cpu as u2", "who := 0", "l := own.cpu * 2", "n := &node1",
                         "nodes[1].home := own.cpu", "n := &nodes[0]", "set := set << 1", "p := &per_cpu(mine, 1)"});
        switch (random.below(9)) {
            case 0:
            case 1:
                return fmt::format("{} := {}", cpu_place(), cpu());
            case 2:
                return fmt::format(
                    "set := {}",
                    pick({fmt::format("set | (1u64 << {})", cpu()), fmt::format("set & ~(1u64 << {})", cpu()),
                          fmt::format("set ^ (1u64 << {})", cpu()), "0", "~set", fmt::format("1u64 << {}", cpu())}));
            case 3:
                return pick({"owner := own.cpu + 1", "owner := 0", "owner := l + 1", "who := owner - 1"});
            case 4:
                return fmt::format("p := &{}", pick({"per_cpu(mine, own.cpu)", "per_cpu(mine, l)", "row[l]",
                                                     "row[own.cpu]", "n->value"}));
            case 5:
                return pick({"n := per_cpu(object, own.cpu)", "n := n->peer", "per_cpu(object, own.cpu)->peer := n",
                             "per_cpu(object, own.cpu) := per_cpu(object, l)", "n := null",
                             "n->peer := per_cpu(object, m)", "n := &nodes[l]", "nodes[l].home := own.cpu",
                             "nodes[own.cpu].peer := n"});
            default:
                return fmt::format("{} := {}", place(), pick({"0", "1", place(), place() + " + 1"}));
        }
    }

    std::size_t faults_left = 0;
    bool is_fault()
    {
        if (faults_left == 0 || !random.chance(15)) return false;
        --faults_left;
        made.has_fault = true;
        return true;
    }

    void make_automaton(std::size_t number)
    {
        faults_left = random.chance(40) ? 1 : 0;
        made.text +=
            fmt::format("automaton A{} {{ local l: u8 local m: u8 local k: u2 location start, a, b, c\n", number);
        made.text += "start -> a { l := own.cpu; m := own.cpu; k := 0 }\n";
        const std::vector<std::string> locations = {"a", "b", "c"};
        const std::size_t transitions = 3 + random.below(4);
        for (std::size_t i = 0; i < transitions; ++i) {
            const std::string from = i < 3 ? locations[i] : pick(locations);
            std::string line = fmt::format("{} -> {}", from, pick(locations));
            if (random.chance(35)) line += fmt::format(" choose {} in 0..{}", pick({"l", "m"}), cpus - 1);
            if (random.chance(50)) line += " when " + guard();
            line += " {";
            const std::size_t effects = 1 + random.below(3);
            for (std::size_t e = 0; e < effects; ++e) line += (e == 0 ? " " : "; ") + effect();
            if (random.chance(10)) line += fmt::format("; report \"warning\" \"%d\" (l) cpu {}", cpu());
            if (random.chance(10)) line += "; progress";
            made.text += line + " }\n";
        }
        made.text += "}\n";
    }

    void make_invariant()
    {
        const bool is_sum = random.chance(50);
        const std::size_t left_out = random.chance(25) ? random.below(cpus) : cpus;
        std::string all;
        for (std::size_t cpu = 0; cpu < cpus; ++cpu) {
            if (cpu == left_out) continue;
            if (!all.empty()) all += is_sum ? " + " : " || ";
            all += fmt::format("per_cpu(mine, {}){}", cpu, is_sum ? "" : " == 0");
        }
        made.has_fault = made.has_fault || left_out != cpus;
        made.text += "invariant all: " + all + (is_sum ? " < 20\n" : "\n");
    }
};

}  // namespace

RandomSymmetric random_symmetric_program(std::uint64_t seed) { return Generator(seed).make(); }

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

}  // namespace lockstep::testing
