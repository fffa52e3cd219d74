// CPUs are interchangeable if the exchange of any two of them changes nothing: no line of code tells them apart
// (sorts.cpp), nor does what the initial states hold (exchange.cpp), nor do the invariants and the clock
// (unrolled.cpp). CPUs that a line sets apart are no candidates; the others are tried, each with the first of its
// class.
//
// Since every exchange is an automorphism of the Program, so is every permutation within the classes: it maps the steps
// of a state to the steps of the permuted state. The tests apply random ones to states that are reached, and compare
// all successors (tests/symmetry).
#include "symmetry/cpu_symmetry.h"

#include "symmetry/alone.h"
#include "symmetry/exchange.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace lockstep::symmetry {

namespace {

std::vector<Tag> tags_of_cells(const Layout& layout, const Sorts& sorts)
{
    std::vector<Tag> tags(layout.cells.size());
    for (const Layout::Address& address : layout.addresses)
        if (address.cell != Layout::no_cell && address.slot.kind == SlotClass::Kind::integer)
            tags[address.cell] = sorts.of_slot(address.variable, address.offset);
    return tags;
}

class Finder {
public:
    Finder(const Program& the_program, const Layout& the_layout)
        : program(the_program), layout(the_layout), sorts(program, layout), alone(automata_run_alone(program))
    {
        result.cell_tags = tags_of_cells(layout, sorts);
        result.blocks.resize(program.cpus);
        for (AutomatonId a : ids_of(program.automata)) result.registers.add(sorts.of_registers(a));
    }

    CpuSymmetry run()
    {
        Exchanges exchanges(program, layout, sorts, result.cell_tags);
        std::set<std::uint32_t> left;
        for (std::uint32_t cpu = 0; cpu < program.cpus; ++cpu) left.insert(cpu);
        while (!left.empty()) {
            const std::uint32_t first = *left.begin();
            left.erase(left.begin());
            std::vector<std::uint32_t> members{first};
            std::map<std::uint32_t, Moved> moved;
            for (std::uint32_t cpu : left) {
                Exchange exchange = exchanges.of(first, cpu);
                if (exchange.works && (moved.empty() || has_same_block(moved.begin()->second, exchange.moved)) &&
                    is_free(exchange.moved, moved.empty())) {
                    take(exchange.moved);
                    members.push_back(cpu);
                    moved.emplace(cpu, std::move(exchange.moved));
                } else if (exchange.what.empty()) {
                    exchange.what = "what belongs to it depends on which CPU it is compared with";
                }
                if (!exchange.what.empty()) failures[{exchange.place, exchange.what}].emplace_back(first, cpu);
            }
            for (std::uint32_t cpu : members) left.erase(cpu);
            if (members.size() < 2) continue;
            for (auto& [cpu, what] : moved) fill_blocks(first, cpu, what);
            result.classes.push_back(members);
        }
        list_renamed();
        explain();
        return std::move(result);
    }

private:
    const Program& program;
    const Layout& layout;
    Sorts sorts;
    IdVector<AutomatonId, bool> alone;
    CpuSymmetry result;
    std::set<std::uint32_t> taken;  // cells in blocks
    std::map<std::pair<SourcePlace, std::string>, std::vector<std::pair<std::uint32_t, std::uint32_t>>> failures;

    template <typename Pairs>
    static auto firsts(Pairs pairs)
    {
        std::ranges::sort(pairs);
        std::vector<typename Pairs::value_type::first_type> all;
        for (const auto& pair : pairs) all.push_back(pair.first);
        return all;
    }
    static bool has_same_block(const Moved& a, const Moved& b)
    {
        return firsts(a.addresses) == firsts(b.addresses) && firsts(a.cells) == firsts(b.cells) &&
               firsts(a.tasks) == firsts(b.tasks) && firsts(a.processes) == firsts(b.processes);
    }

    /// Blocks have nothing in common.
    [[nodiscard]] bool is_free(const Moved& moved, bool first_too) const
    {
        return std::ranges::none_of(moved.cells, [&](const auto& pair) {
            return taken.contains(pair.second) || (first_too && taken.contains(pair.first));
        });
    }
    void take(const Moved& moved)
    {
        for (const auto& [a, b] : moved.cells) {
            taken.insert(a);
            taken.insert(b);
        }
    }

    void fill_blocks(std::uint32_t first, std::uint32_t cpu, Moved& moved)
    {
        const auto fill = [](auto& pairs, auto& ours, auto& theirs) {
            std::ranges::sort(pairs);
            ours.clear();
            for (const auto& [a, b] : pairs) {
                ours.push_back(a);
                theirs.push_back(b);
            }
        };
        Block& ours = result.blocks[first];
        Block& theirs = result.blocks[cpu];
        fill(moved.addresses, ours.addresses, theirs.addresses);
        fill(moved.cells, ours.cells, theirs.cells);
        fill(moved.tasks, ours.tasks, theirs.tasks);
        fill(moved.processes, ours.processes, theirs.processes);
    }

    void list_renamed()
    {
        std::vector<bool> in_block(layout.cells.size(), false);
        for (const Block& block : result.blocks)
            for (std::uint32_t cell : block.cells) in_block[cell] = true;
        for (std::uint32_t cell = 0; cell < layout.cells.size(); ++cell)
            if (!in_block[cell] &&
                (result.cell_tags[cell].sort != Sort::plain || layout.cells[cell].kind == SlotClass::Kind::pointer))
                result.renamed.push_back(cell);
    }

    void explain()
    {
        for (const Distinction& distinction : sorts.distinctions) {
            if (distinction.sort != Sort::cpu || !is_in_the_way(distinction)) continue;
            Reason reason{distinction.place, distinction.what, {}};
            const auto on = static_cast<std::size_t>(std::ranges::count(distinction.side, true));
            for (std::uint32_t cpu = 0; cpu < distinction.side.size(); ++cpu)
                if (distinction.side[cpu] == (2 * on <= distinction.side.size())) reason.apart.push_back(cpu);
            add(std::move(reason));
        }
        for (const auto& [why, pairs] : failures) {
            Reason reason{why.first, why.second, {}};
            if (pairs.size() == 1) reason.apart = {pairs.front().first, pairs.front().second};
            if (std::ranges::none_of(result.reasons,
                                     [&](const Reason& r) { return r.place == reason.place && r.what == reason.what; }))
                add(std::move(reason));
        }
    }

    void add(Reason reason)
    {
        for (const Reason& other : result.reasons)
            if (other.place == reason.place && other.what == reason.what) return;
        result.reasons.push_back(std::move(reason));
    }

    /// What an invariant or the clock does counts only where it did not become a formula.
    [[nodiscard]] bool is_in_the_way(const Distinction& distinction) const
    {
        return std::ranges::any_of(failures,
                                   [&](const auto& failure) {
                                       return failure.first.first == distinction.place &&
                                              failure.first.second == distinction.what;
                                   }) ||
               !(distinction.automaton.valid() && alone[distinction.automaton]);
    }
};

}  // namespace

CpuSymmetry find_cpu_symmetry(const Program& program, const Layout& layout) { return Finder(program, layout).run(); }

namespace {

/// "CPU 0", "CPUs 1-3, 5", as the kernel writes lists of CPUs; ascending.
std::string list_of(const std::vector<std::uint32_t>& cpus)
{
    std::string text = cpus.size() == 1 ? "CPU " : "CPUs ";
    for (std::size_t first = 0; first < cpus.size();) {
        std::size_t last = first;
        while (last + 1 < cpus.size() && cpus[last + 1] == cpus[last] + 1) ++last;
        if (first > 0) text += ", ";
        text += std::to_string(cpus[first]);
        if (last > first) text += fmt::format("-{}", cpus[last]);
        first = last + 1;
    }
    return text;
}

std::string reason_text(const Program& program, const Reason& reason)
{
    const bool has_place = reason.place.file.valid() && reason.place.line != 0;
    const std::string place =
        has_place ? fmt::format("{}:{}: ", program.files[reason.place.file].name, reason.place.line) : "";
    const std::string whom = reason.apart.empty() ? "each from each" : list_of(reason.apart);
    return fmt::format("  {}{}; sets apart {}\n", place, reason.what, whom);
}

}  // namespace

std::string describe(const Program& program, const CpuSymmetry& symmetry)
{
    std::string text;
    std::vector<bool> in_class(program.cpus, false);
    for (const auto& members : symmetry.classes) {
        text += list_of(members) + " are interchangeable\n";
        for (std::uint32_t cpu : members) in_class[cpu] = true;
    }
    std::vector<std::uint32_t> others;
    for (std::uint32_t cpu = 0; cpu < program.cpus; ++cpu)
        if (!in_class[cpu]) others.push_back(cpu);
    if (!others.empty())
        text += list_of(others) + (others.size() == 1 ? " is like no other\n" : " are like no others\n");
    if (!symmetry.reasons.empty()) text += "because\n";
    for (const Reason& reason : symmetry.reasons) text += reason_text(program, reason);
    return text;
}

}  // namespace lockstep::symmetry
