#include "graph/automata.h"

#include "base/diagnostic.h"
#include "program/readable.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace lockstep::graph {

namespace {

std::string location_label(const Program& program, const Automaton& automaton, LocationId id)
{
    const Location& location = automaton.locations[id];
    std::string text = fmt::format("L{}", id.index);
    if (location.frame.valid()) text += fmt::format("  {}()", program.frames[location.frame].function);
    if (location.place.line == 0) return text;
    text += "  " + short_place(program.files[location.place.file].name, location.place.line);
    const std::string source = source_line(program, location.place);
    return source.empty() ? text : text + '\n' + source;
}

Attributes look_of(const Automaton& automaton, LocationId id)
{
    const Location& location = automaton.locations[id];
    Attributes look;
    std::string style;
    if (location.is_pass_through) style = "dashed";
    if (id == automaton.entry) {
        style += style.empty() ? "filled" : ",filled";
        look.emplace_back("fillcolor", fill_of_start);
    }
    if (!style.empty()) look.emplace_back("style", style);
    if (location.is_finished) look.emplace_back("peripheries", "2");
    return look;
}

// Choice, guard and effect, a line each. ("L1 -> L2" is what the drawing shows already.)
std::string transition_label(const Program& program, const Transition& transition)
{
    constexpr std::string_view between = "  ";
    const std::string text = transition_text(program, transition);
    std::string label;
    for (std::size_t at = text.find(between); at != std::string::npos;) {
        const std::size_t begin = at + between.size();
        at = text.find(between, begin);
        label += (label.empty() ? "" : "\n") + text.substr(begin, at - begin);
    }
    return label;
}

std::string cluster_label(const Program& program, AutomatonId id)
{
    std::vector<std::string> runners;
    for (const Process& process : program.processes)
        if (process.automaton == id) runners.push_back(process.name);
    const std::string& name = program.automata[id].name;
    return runners.empty() ? name : fmt::format("{}, run by {}", name, fmt::join(runners, ", "));
}

/// What is left of boot is one location.
bool is_worth_drawing(const Program& program, AutomatonId id)
{
    return !program.automata[id].transitions.empty() ||
           std::ranges::find(program.processes, id, &Process::automaton) != program.processes.end();
}

void add_automaton(const Program& program, AutomatonId id, Drawing& drawing)
{
    const Automaton& automaton = program.automata[id];
    const std::size_t first = drawing.nodes.size();
    Cluster cluster{cluster_label(program, id), {}};
    for (LocationId location : ids_of(automaton.locations)) {
        cluster.nodes.push_back(drawing.nodes.size());
        drawing.nodes.push_back({location_label(program, automaton, location), look_of(automaton, location)});
    }
    for (const Transition& transition : automaton.transitions)
        drawing.edges.push_back(
            {first + transition.source.index, first + transition.target.index, transition_label(program, transition)});
    drawing.clusters.push_back(std::move(cluster));
}

[[noreturn]] void reject_name(const Program& program, const std::string& name)
{
    std::vector<std::string> names;
    for (const Automaton& automaton : program.automata) names.push_back(automaton.name);
    reject_input(fmt::format("there is no automaton '{}'", name), fmt::format("there are {}", fmt::join(names, ", ")));
}

}  // namespace

Drawing draw_automata(const Program& program, const std::string& title, const std::string& name)
{
    Drawing drawing;
    drawing.title = title +
                    "\ngreen: entry; double frame: the end\n"
                    "dashed: passed without stopping, in one step with what comes before";
    for (AutomatonId id : ids_of(program.automata))
        if (name.empty() ? is_worth_drawing(program, id) : program.automata[id].name == name)
            add_automaton(program, id, drawing);
    if (drawing.nodes.empty() && !name.empty()) reject_name(program, name);
    return drawing;
}

}  // namespace lockstep::graph
