// What statements and processes do to the sorts of values, and where sorts come from.
#include "symmetry/sort_rules.h"

#include "program/visit.h"
#include "symmetry/alone.h"

#include <string_view>

namespace lockstep::symmetry {

namespace {

/// What the machine's tables hold, and what they are indexed by (machine/machine.h).
struct HardwareTable {
    std::string_view name;
    Sort value, index;
};
constexpr HardwareTable hardware_tables[] = {
    {"ls_current", Sort::task, Sort::plain},   {"ls_task_cpu", Sort::cpu, Sort::task},
    {"ls_task_data", Sort::plain, Sort::task}, {"ls_in_hook", Sort::plain, Sort::task},
    {"ls_delay", Sort::plain, Sort::process},
};

}  // namespace

SortRules::SortRules(const Program& the_program, const Layout& the_layout)
    : program(the_program),
      layout(the_layout),
      alone(automata_run_alone(program)),
      slots(program, layout, graph),
      named(program.variables.size()),
      arguments(program.automata.size())
{
    for (AutomatonId a : ids_of(program.automata)) add_webs(a);
    for (VariableId v : ids_of(program.variables)) note_hardware(v);
    for (ProcessId p : ids_of(program.processes)) visit_process(p);
    for (AutomatonId a : ids_of(program.automata))
        if (a != program.boot) visit(a);
    for (const Process& process : program.processes) point_argument(process);
    slots.finish();
    spread();
}

// ---- Statements ----

void SortRules::visit_process(ProcessId p)
{
    const Process& process = program.processes[p];
    is_of_process = true;
    here = {{}, process.automaton};
    const bool is_alone = runs_alone(program, p);
    if (process.cpu.valid() && !is_alone) equate(node_operand(cpu_node), visit(process.cpu), "");
    if (process.own_task.valid() && !is_alone) equate(node_operand(task_node), visit(process.own_task), "");
    if (process.running.valid()) visit(process.running);
    is_of_process = false;
}

void SortRules::point_argument(const Process& process)
{
    const auto& node = arguments[process.automaton];
    if (!node || process.argument <= 0 || process.argument >= static_cast<std::int64_t>(layout.addresses.size()))
        return;
    const Layout::Address& to = layout.addresses[static_cast<std::size_t>(process.argument)];
    if (to.variable.valid())
        slots.point(*node, graph.type(*node),
                    {.kind = Root::Kind::variable, .variable = to.variable, .type = {}, .offset = to.offset}, {});
}

void SortRules::note_hardware(VariableId v)
{
    const Variable& variable = program.variables[v];
    if (!variable.is_hardware) return;
    const auto join = [&](Node node, Sort sort) {
        if (sort == Sort::plain) return;
        graph.join(node, sort == Sort::cpu ? cpu_node : sort == Sort::task ? task_node : process_node, 0, {});
    };
    for (const HardwareTable& table : hardware_tables) {
        if (table.name != variable.name) continue;
        join(slots.of_slot(v, 0), table.value);
        if (table.index != Sort::plain)
            join(*slots.indices({.kind = Root::Kind::variable, .variable = v, .type = {}}, 1), table.index);
    }
}

void SortRules::add_webs(AutomatonId a)
{
    webs.add(find_webs(program, a));
    web_nodes.add(std::vector<Node>(webs[a].count));
    std::vector<bool> is_known(webs[a].count, false);
    for (LocationId l : ids_of(program.automata[a].locations))
        for (const Held& held : webs[a].held[l.index]) {
            const Where where{program.automata[a].locations[l].place, a};
            if (!is_known[held.web]) web_nodes[a][held.web] = graph.add(program.variables[held.variable].type, where);
            is_known[held.web] = true;
            here = where;
            if (held.may_be_unset) use_literal(web_nodes[a][held.web], 0, "is missing, which looks like a number");
        }
}

void SortRules::visit(AutomatonId a)
{
    for (const Transition& transition : program.automata[a].transitions) {
        here = {transition.place, a};
        source = transition.source;
        written.clear();
        if (transition.choice) choose(*transition.choice);
        if (transition.guard.valid()) test(transition.guard);
        for (const Statement& statement : transition.effect) std::visit([&](const auto& n) { apply(n); }, statement);
        if (ends_run(transition)) continue;
        for (const auto& [v, node] : written)
            if (const Held* held = webs[a].find(transition.target, v); held != nullptr && node)
                graph.join(*node, web_nodes[a][held->web], 0, here);
    }
    here = {};
    written.clear();
}

SortRules::Node SortRules::write(VariableId v)
{
    const Node node = graph.add(program.variables[v].type, here);
    written[v] = node;
    return node;
}

void SortRules::choose(const Choice& choice)
{
    const Operand low = visit(choice.low), high = visit(choice.high);
    const Node node = write(choice.variable);
    if (low.kind == Operand::Kind::literal && high.kind == Operand::Kind::literal) {
        order(BinaryOp::less, node, low.value, false);
        order(BinaryOp::less_equal, node, high.value, false);
    } else {
        use_plainly(node_operand(node), "is chosen between computed bounds");
        use_plainly(low, "is a choice's bound");
        use_plainly(high, "is a choice's bound");
    }
}

void SortRules::apply(const AssignLocal& n)
{
    const Operand value = visit(n.value);
    const TypeId type = program.variables[n.variable].type;
    const Node node = write(n.variable);
    if (is_integer(program.types[type])) equate(node_operand(node), value, "is given a number");
    slots.point(node, type, value.root, here);
}

void SortRules::apply(const Store& n)
{
    const Root root = visit(n.address).root;
    const Operand value = visit(n.value);
    const TypeId type = program.expressions[n.value].type;
    const bool is_number = is_integer(program.types[type]);
    if (!is_number && !slots.is_tracked(type)) return;
    const auto node = slots.at(root);
    if (is_number && node)
        equate(node_operand(*node), value, "is given a number");
    else if (is_number && root.kind == Root::Kind::anything)
        use_anything("may be written through a pointer to anything, and is mixed with other numbers");
    else if (!is_number && node)
        slots.point(*node, type, value.root, here);
    else if (!is_number)
        slots.lose_pointers();
}

void SortRules::apply(const Copy& n)
{
    Root to = visit(n.destination).root, from = visit(n.source).root;
    for (std::uint32_t i = 0; i < n.slots; ++i, ++to.offset, ++from.offset) {
        slots.note_read(from);
        const auto a = slots.at(to), b = slots.at(from);
        if (a && b)
            graph.join(*a, *b, 0, here);
        else if (to.kind == Root::Kind::anything || from.kind == Root::Kind::anything)
            copy_anything();
    }
}

void SortRules::copy_anything()
{
    use_anything("may be copied through a pointer to anything, and is mixed with other numbers");
    slots.lose_pointers();
}

void SortRules::apply(const Invalidate& n) { visit(n.address); }

void SortRules::apply(const Report& n)
{
    is_report = true;
    for (ExpressionId argument : n.arguments) visit(argument);
    const auto name = [&](Node node, ExpressionId id) {
        if (!id.valid()) return;
        is_report = true;
        const Operand operand = visit(id);
        is_report = false;
        equate(node_operand(node), operand, "is reported");
    };
    name(cpu_node, n.cpu);
    name(task_node, n.task);
    is_report = false;
}

void SortRules::apply(const Undefine& n) { written[n.variable] = std::nullopt; }

void SortRules::apply(const Kill& n) { written[n.variable] = std::nullopt; }

void SortRules::apply(const Progress&) {}

void SortRules::apply(const Prune&) {}

void SortRules::apply(const AgeTimes&) {}

void SortRules::spread()
{
    graph.spread(cpu_node, {Sort::cpu, 0});
    graph.spread(task_node, {Sort::task, 0});
    graph.spread(process_node, {Sort::process, 0});
    for (bool changed = true; changed;) {
        changed = false;
        for (const BitUse& use : bit_uses) {
            const Sort mask = graph.tag(use.mask).sort, number = graph.tag(use.number).sort;
            if (mask == Sort::plain && number == Sort::cpu)
                graph.spread(use.mask, {Sort::mask, 0});
            else if (mask == Sort::mask && number == Sort::plain)
                graph.spread(use.number, {Sort::cpu, 0});
            else
                continue;
            changed = true;
        }
    }
}

}  // namespace lockstep::symmetry
