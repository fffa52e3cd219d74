// Each task is a node, which says where it waits; its edges say for what, and lead to those who could change that.
//
// Edges on a cycle are red, and so are the tasks on it: an edge lies on a cycle exactly if its ends are in one strongly
// connected component. Of two tasks that wait for the same thing neither has it to give; that the one could let the
// other go on once it has got it is drawn dotted, and makes no cycle, unless there is nobody else to wait for.
#include "graph/waits.h"

#include "report/trace_text.h"

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/strong_components.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace lockstep::graph {

namespace {

constexpr std::size_t callers_shown = 4;

/// "spin_wait() kernel/spinlock.c:91", and from where it was called; innermost first.
std::string stack_lines(const std::vector<StackEntry>& stack)
{
    std::string text;
    for (std::size_t i = 0; i < std::min(stack.size(), callers_shown); ++i)
        text += fmt::format("\n{}{}()  {}", i == 0 ? "in " : "<- ", stack[i].function,
                            short_place(stack[i].file, stack[i].line));
    if (stack.size() > callers_shown) text += fmt::format("\n<- ... ({} more)", stack.size() - callers_shown);
    return text;
}

std::string cpu_text(std::int64_t cpu) { return cpu >= 0 ? fmt::format(" on CPU{}", cpu) : std::string(); }

std::string source_text(const std::string& text) { return text.empty() ? text : "\n" + text; }

class Waits {
public:
    Waits(const Violation& the_violation, const std::string& title) : violation(the_violation)
    {
        drawing.title = title;
    }

    Drawing draw()
    {
        if (violation.waits_for.empty()) return {};
        for (const Wait& wait : violation.waits_for) add_waiter(wait);
        for (const BusyProcess& busy : violation.busy) add_busy(busy);
        for (const Wait& wait : violation.waits_for) add_edges(wait);
        mark_cycles();
        add_legend();
        return std::move(drawing);
    }

private:
    const Violation& violation;
    Drawing drawing;
    std::map<std::string, std::size_t> node_of;  // by task
    std::vector<bool> is_dotted;                 // by edge
    bool has_cycle = false;

    void add_node(const std::string& task, std::string label, Attributes attributes = {})
    {
        const auto [known, is_new] = node_of.emplace(task, drawing.nodes.size());
        if (is_new)
            drawing.nodes.push_back({std::move(label), std::move(attributes)});
        else
            drawing.nodes[known->second].label += '\n' + label;
    }

    void add_waiter(const Wait& wait)
    {
        std::string label =
            fmt::format("{}{}\nwaits for {}", report::task_text(wait.task, wait.pid), cpu_text(wait.cpu), wait.what) +
            stack_lines(wait.stack) + source_text(wait.text);
        if (!wait.is_complete && !wait.who.empty()) label += "\n(the search was cut short: others may be able to help)";
        add_node(wait.task, std::move(label));
    }

    void add_busy(const BusyProcess& busy)
    {
        add_node(busy.task,
                 fmt::format("{}{}\ncan go on", report::task_text(busy.task, busy.pid), cpu_text(busy.cpu)) +
                     stack_lines(busy.stack) + source_text(busy.text),
                 {{"style", "rounded,filled"}, {"fillcolor", fill_of_start}});
    }

    [[nodiscard]] bool waits_for_the_same(const Wait& wait, const std::string& other) const
    {
        return other != wait.task && std::ranges::any_of(violation.waits_for, [&](const Wait& its) {
                   return its.task == other && its.what == wait.what;
               });
    }

    void add_edges(const Wait& wait)
    {
        const bool has_others =
            std::ranges::any_of(wait.who, [&](const std::string& other) { return !waits_for_the_same(wait, other); });
        for (const std::string& other : wait.who) {
            if (!node_of.contains(other)) add_node(other, other);
            add_edge(wait, other, has_others && waits_for_the_same(wait, other));
        }
        if (wait.who.empty()) add_nobody(wait);
    }

    void add_edge(const Wait& wait, const std::string& other, bool dotted)
    {
        const Attributes look = dotted ? Attributes{{"style", "dotted"}, {"constraint", "false"}} : Attributes{};
        drawing.edges.push_back({node_of.at(wait.task), node_of.at(other), dotted ? "" : wait.what, look});
        is_dotted.push_back(dotted);
    }

    void add_nobody(const Wait& wait)
    {
        const std::string label =
            wait.is_complete ? "nobody can change that" : "nobody was found\nwho could change that";
        if (!node_of.contains(label)) add_node(label, label, {{"shape", "plaintext"}});
        add_edge(wait, label, false);
    }

    void mark_cycles()
    {
        boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS> graph(drawing.nodes.size());
        for (std::size_t i = 0; i < drawing.edges.size(); ++i)
            if (!is_dotted[i]) boost::add_edge(drawing.edges[i].from, drawing.edges[i].to, graph);
        std::vector<std::size_t> component(drawing.nodes.size());
        boost::strong_components(graph,
                                 boost::make_iterator_property_map(component.begin(), get(boost::vertex_index, graph)));
        std::vector<bool> is_on_cycle(drawing.nodes.size(), false);
        for (std::size_t i = 0; i < drawing.edges.size(); ++i) {
            Edge& edge = drawing.edges[i];
            if (is_dotted[i] || component[edge.from] != component[edge.to]) continue;
            has_cycle = is_on_cycle[edge.from] = true;
            edge.attributes.insert(edge.attributes.end(), {{"color", colour_of_trouble},
                                                           {"fontcolor", colour_of_trouble},
                                                           {"penwidth", "2"},
                                                           {"class", "cycle"}});
        }
        for (std::size_t node = 0; node < drawing.nodes.size(); ++node)
            if (is_on_cycle[node])
                drawing.nodes[node].attributes = {
                    {"style", "filled"}, {"fillcolor", fill_of_trouble}, {"color", colour_of_trouble}};
    }

    void add_legend()
    {
        drawing.title += "\narrow: waits for, to who could change that";
        if (has_cycle) drawing.title += "; red: waits that form a cycle";
        if (!violation.busy.empty()) drawing.title += "; green: can go on";
        if (std::ranges::count(is_dotted, true) != 0) drawing.title += "; dotted: waits for the same thing";
    }
};

}  // namespace

Drawing draw_waits(const Violation& violation, const std::string& title) { return Waits(violation, title).draw(); }

}  // namespace lockstep::graph
