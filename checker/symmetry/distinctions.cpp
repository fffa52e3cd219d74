// A comparison with a literal sets apart those for whom it comes out otherwise: `cpu < nr_cpu_ids` nobody, `cpu == 0`
// CPU 0. Arithmetic, an order, and whatever a tag meets where none fits set apart each from each. So does a type that
// is too narrow for the numbers, or the sets.
#include "symmetry/distinctions.h"

#include "program/fold.h"

#include <algorithm>

namespace lockstep::symmetry {

namespace {

class Judge {
public:
    Judge(const Program& the_program, const SortGraph& the_graph) : program(the_program), graph(the_graph)
    {
        std::int64_t last_task = -1;
        for (const Process& process : program.processes) last_task = std::max(last_task, process.task);
        tasks = static_cast<std::size_t>(last_task + 1);
    }

    std::vector<Distinction> all;

    void judge(const SortGraph::Conflict& conflict)
    {
        const bool is_sum = conflict.tag.sort == conflict.other.sort;
        for (const Sort sort : {conflict.tag.sort, conflict.other.sort})
            add(sort, conflict.where, is_sum ? "is used in arithmetic" : "is mixed with other numbers", {});
    }

    void judge(const BitUse& use)
    {
        const Tag number = graph.tag(use.number), mask = graph.tag(use.mask);
        if (number.sort == Sort::plain && mask.sort == Sort::plain) return;
        if (number == Tag{Sort::cpu, 0} && mask == Tag{Sort::mask, 0}) return;
        add(number.sort, use.where, "is shifted by, or shifts, what is no set of CPUs", {});
        add(mask.sort, use.where, "is shifted by what is no CPU's number", {});
    }

    void judge(const Use& use)
    {
        const Tag tag = graph.tag(use.node);
        if (tag.sort == Sort::plain) return;
        const bool is_mask = tag.sort == Sort::mask;
        if (use.kind == Use::Kind::bits && is_mask) return;
        if (use.kind == Use::Kind::plain || use.kind == Use::Kind::bits) return add(tag.sort, use.where, use.what, {});
        const bool fits = use.kind == Use::Kind::bit_of_literal ? is_mask : !is_mask || use.op == BinaryOp::equal;
        if (!fits) return add(tag.sort, use.where, use.what, {});
        std::vector<bool> side(numbers(tag.sort));
        for (std::size_t i = 0; i < side.size(); ++i)
            side[i] = is_mask ? has_bit(use, i) : holds(use, static_cast<std::int64_t>(i) + tag.offset);
        add_if_split(tag.sort, use.where, use.what + " (" + std::to_string(use.literal) + ")", std::move(side));
    }

    /// Whether the type of a value holds what its tag says.
    void judge_width(SortGraph::Node node)
    {
        const Tag tag = graph.tag(node);
        const TypeId type = graph.type(node);
        if (tag.sort == Sort::plain || !type.valid() || !is_integer(program.types[type])) return;
        std::vector<bool> side(numbers(tag.sort));
        const std::int64_t room = bits_of(program.types[type]) - (is_signed(program.types[type]) ? 1 : 0);
        for (std::size_t i = 0; i < side.size(); ++i) {
            const auto number = static_cast<std::int64_t>(i);
            side[i] = tag.sort == Sort::mask ? number < room
                                             : wrap(number + tag.offset, program.types[type]) == number + tag.offset;
        }
        if (std::ranges::count(side, false) > 1) side.clear();
        if (side.empty() && numbers(tag.sort) > 0)
            add(tag.sort, graph.where(node), "has no room", {});
        else
            add_if_split(tag.sort, graph.where(node), "has no room for all", std::move(side));
    }

private:
    const Program& program;
    const SortGraph& graph;
    std::size_t tasks = 0;

    [[nodiscard]] std::size_t numbers(Sort sort) const
    {
        return sort == Sort::process ? program.processes.size() : sort == Sort::task ? tasks : program.cpus;
    }

    static bool has_bit(const Use& use, std::size_t cpu)
    {
        if (use.kind == Use::Kind::bit_of_literal) return static_cast<std::int64_t>(cpu) == use.literal;
        return cpu < 64 && (use.literal >> cpu & 1) != 0;
    }

    [[nodiscard]] bool holds(const Use& use, std::int64_t value) const
    {
        if (use.op == BinaryOp::bit_and) return value >= 0 && value < 64 && (use.literal >> value & 1) != 0;
        const std::int64_t left = use.literal_is_left ? use.literal : value;
        const std::int64_t right = use.literal_is_left ? value : use.literal;
        const TypeId type = graph.type(use.node);
        const Type& operands = type.valid() ? program.types[type] : Type{IntegerType{64, true}};
        return fold(use.op, left, right, operands) == 1;
    }

    void add(Sort sort, const Where& where, const std::string& what, std::vector<bool> side)
    {
        if (sort == Sort::plain) return;
        const std::string who = what.starts_with("is ") || what.starts_with("has ") ? name_of(sort) : "";
        all.push_back({sort == Sort::mask ? Sort::cpu : sort, where.place, who.empty() ? what : who + " " + what,
                       std::move(side), where.automaton});
    }
    void add_if_split(Sort sort, const Where& where, const std::string& what, std::vector<bool> side)
    {
        if (std::ranges::adjacent_find(side, std::not_equal_to{}) != side.end())
            add(sort, where, what, std::move(side));
    }
};

}  // namespace

std::vector<Distinction> find_distinctions(const Program& program, const SortGraph& graph, const std::vector<Use>& uses,
                                           const std::vector<BitUse>& bit_uses)
{
    Judge judge(program, graph);
    for (const SortGraph::Conflict& conflict : graph.conflicts()) judge.judge(conflict);
    for (const BitUse& use : bit_uses) judge.judge(use);
    for (const Use& use : uses) judge.judge(use);
    for (SortGraph::Node node = 0; node < graph.size(); ++node) judge.judge_width(node);
    return std::move(judge.all);
}

}  // namespace lockstep::symmetry
