#include "program/dot.h"

#include "program/readable.h"

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/graphviz.hpp>

#include <fmt/format.h>

#include <sstream>

namespace lockstep {

namespace {

constexpr std::size_t longest_line = 60;

// Backslashes and quotes escaped, lines of bearable length.
std::string label(const std::string& text)
{
    std::string result;
    std::size_t length = 0;
    for (char c : text) {
        if (c == '\n' || (length > longest_line && c == ' ')) {
            result += "\\n";
            length = 0;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') result += '\\';
        result += byte < 0x20 || byte == 0x7f ? '?' : c;
        ++length;
    }
    return result;
}

std::string location_label(const Program& program, const Automaton& automaton, LocationId id)
{
    const Location& location = automaton.locations[id];
    std::string text = fmt::format("L{}", id.index);
    if (location.place.line == 0) return text;
    text += fmt::format("  {}:{}", program.files[location.place.file].name, location.place.line);
    const std::string source = source_line(program, location.place);
    return source.empty() ? text : text + '\n' + source;
}

std::string shape(const Automaton& automaton, LocationId id)
{
    const Location& location = automaton.locations[id];
    std::string style = location.is_pass_through ? "shape=box, style=dashed" : "shape=box";
    if (location.is_finished) style += ", peripheries=2";
    if (id == automaton.entry) style += ", penwidth=2";
    return style;
}

// "L1 -> L2" is what the drawing shows already.
std::string transition_label(const Program& program, const Transition& transition)
{
    const std::string text = transition_text(program, transition);
    const std::size_t start = text.find("  ");
    return start == std::string::npos ? "" : text.substr(start + 2);
}

}  // namespace

std::string automaton_dot(const Program& program, AutomatonId id)
{
    const Automaton& automaton = program.automata[id];
    using EdgeIndex = boost::property<boost::edge_index_t, std::size_t>;
    using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, boost::no_property, EdgeIndex>;
    Graph graph(automaton.locations.size());
    for (TransitionId transition : ids_of(automaton.transitions))
        add_edge(automaton.transitions[transition].source.index, automaton.transitions[transition].target.index,
                 EdgeIndex(transition.index), graph);
    const auto index = get(boost::edge_index, graph);
    std::ostringstream out;
    boost::write_graphviz(
        out, graph,
        [&](std::ostream& stream, Graph::vertex_descriptor vertex) {
            const LocationId location(vertex);
            stream << fmt::format("[label=\"{}\", {}]", label(location_label(program, automaton, location)),
                                  shape(automaton, location));
        },
        [&](std::ostream& stream, Graph::edge_descriptor edge) {
            const Transition& transition = automaton.transitions[TransitionId(get(index, edge))];
            stream << fmt::format("[label=\"{}\"]", label(transition_label(program, transition)));
        },
        [&](std::ostream& stream) {
            stream << fmt::format("label=\"{}\";\nnode [fontname=\"monospace\"];\nedge [fontname=\"monospace\"];\n",
                                  label(automaton.name));
        });
    return out.str();
}

std::string all_dot(const Program& program)
{
    std::string text;
    for (AutomatonId id : ids_of(program.automata)) text += automaton_dot(program, id);
    return text;
}

}  // namespace lockstep
