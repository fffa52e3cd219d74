// Which values are numbers of CPUs is inferred from where they come from and where they go.
//
// Values that are assigned, compared, passed on or stored are joined (sort_graph.h), `x + 1` with x at a distance. From
// the sources (the own CPU's number, what selects a per-CPU copy, the own task's number, the machine's tables of tasks)
// the tags spread. This is sort inference for scalarsets (Ip and Dill, "Better Verification Through Symmetry", 1996),
// whose rules say what keeps the symmetry: values of a sort may be passed on, compared for equality with each other and
// used as an index into what belongs to them; sets of CPUs may be joined, cut, complemented, tested and changed at a
// CPU's bit. Whatever else is done to a value is noted (distinctions.h), and judged when the tags are known.
#include "symmetry/sorts.h"

#include "symmetry/sort_rules.h"

#include <algorithm>

namespace lockstep::symmetry {

class Sorts::Inference {
public:
    Inference(const Program& program, const Layout& layout) : rules(program, layout) {}
    SortRules rules;

    void list(Sorts& result) const
    {
        result.distinctions = find_distinctions(rules.program, rules.graph, rules.uses, rules.bit_uses);
        for (const Slots::Array& array : rules.slots.arrays()) {
            const Tag index = rules.graph.tag(array.index);
            result.arrays.push_back(
                {array.variable, array.offset, array.stride, array.count, array.is_outermost, index.sort});
            if (index.sort == Sort::plain) continue;
            const auto add = [&](const Where& where, const std::string& what) {
                const std::string& name = rules.program.variables[array.variable].name;
                result.distinctions.push_back({index.sort, where.place, name + what, {}, where.automaton});
            };
            const std::string number = name_of(index.sort);
            if (array.arithmetic)
                add(*array.arithmetic,
                    " is indexed by " + number + ", and pointers into such arrays are computed with");
            if (index.offset != 0) add(rules.graph.where(array.index), " is indexed by more or less than " + number);
        }
        std::ranges::stable_sort(result.distinctions, {}, &Distinction::place);
    }
};

Sorts::Sorts(const Program& program, const Layout& layout) : inference(std::make_unique<Inference>(program, layout))
{
    inference->list(*this);
}
Sorts::~Sorts() = default;

std::vector<std::vector<RegisterSort>> Sorts::of_registers(AutomatonId a) const
{
    std::vector<std::vector<RegisterSort>> all;
    for (const auto& row : inference->rules.webs[a].held) {
        all.emplace_back();
        for (const Held& held : row)
            if (const Tag tag = inference->rules.graph.tag(inference->rules.web_nodes[a][held.web]);
                tag.sort != Sort::plain)
                all.back().push_back({held.variable, tag});
    }
    return all;
}
Tag Sorts::of_slot(VariableId v, std::uint32_t offset) const
{
    return inference->rules.graph.tag(inference->rules.slots.of_slot(v, offset));
}
Tag Sorts::of_argument(AutomatonId a) const
{
    const auto& node = inference->rules.arguments[a];
    return node ? inference->rules.graph.tag(*node) : Tag{};
}
Tag Sorts::of_process_expression(ExpressionId e) const
{
    const auto at = inference->rules.of_process.find(e);
    if (at == inference->rules.of_process.end() || at->second.kind != SortRules::Operand::Kind::node) return {};
    return inference->rules.graph.tag(at->second.node);
}
std::optional<SourcePlace> Sorts::named_at(VariableId v) const { return inference->rules.named[v.index]; }
bool Sorts::is_read(VariableId v, std::uint32_t offset) const { return inference->rules.slots.is_read(v, offset); }

}  // namespace lockstep::symmetry
