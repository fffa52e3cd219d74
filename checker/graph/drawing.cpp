// Boost.Graph writes the graph; here is what it writes of each node, edge and the whole.
//
// All text is put between quotes, in which graphviz knows three kinds of escapes, so that C's own characters have to be
// kept from it: the backslash (\n, \l, \N ...), the quote, and the ampersand ("p = &sum;" would be drawn with a Greek
// letter). Lines end with \l, which aligns them to the left. Graphviz refuses text that is not UTF-8: a line of a
// source file in some other encoding gets question marks.
#include "graph/drawing.h"

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/graphviz.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <string_view>

namespace lockstep::graph {

namespace {

constexpr std::size_t longest_line = 60;  // broken at the next blank

/// How many bytes the UTF-8 character at the beginning of the text has; 0: it is none.
std::size_t character_bytes(std::string_view text)
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    const std::size_t count = lead < 0x80   ? 1
                              : lead < 0xc2 ? 0
                              : lead < 0xe0 ? 2
                              : lead < 0xf0 ? 3
                              : lead < 0xf5 ? 4
                                            : 0;
    if (count > text.size()) return 0;
    for (std::size_t i = 1; i < count; ++i)
        if ((byte(i) & 0xc0) != 0x80) return 0;
    if (count < 3) return count;
    const bool is_too_long = (lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xf0 && byte(1) < 0x90);
    const bool is_no_character = (lead == 0xed && byte(1) >= 0xa0) || (lead == 0xf4 && byte(1) >= 0x90);
    return is_too_long || is_no_character ? 0 : count;
}

std::string in_quotes(std::string_view text)
{
    std::string result = "\"";
    while (!text.empty()) {
        const std::size_t count = character_bytes(text);
        const std::string_view character = text.substr(0, std::max<std::size_t>(count, 1));
        const char first = character.front();
        text.remove_prefix(character.size());
        if (first == '&')
            result += "&amp;";
        else if (first == '"' || first == '\\')
            result += std::string("\\") + first;
        else if (first == '\n')
            result += "\\l";
        else if (count == 0 || (first >= 0 && first < 0x20) || first == 0x7f)
            result += '?';
        else
            result += character;
    }
    return result + '"';
}

/// Ends the last line as well.
std::string as_lines(std::string text)
{
    if (!text.empty() && text.back() != '\n') text += '\n';
    return text;
}

/// Lines of bearable length; each begins with that many blanks.
std::string broken(const std::string& text, std::size_t indentation)
{
    std::string result;
    std::size_t length = 0;
    for (const char c : text) {
        const bool breaks = c == '\n' || (length > longest_line && c == ' ');
        if (length == 0 && !breaks) result.append(indentation, ' ');
        length = breaks ? 0 : length + 1;
        result += breaks ? '\n' : c;
    }
    return as_lines(result);
}

std::string attribute_list(const std::string& label, const Attributes& attributes)
{
    std::string text = fmt::format("[label={}", in_quotes(label));
    for (const auto& [name, value] : attributes) text += fmt::format(", {}={}", name, in_quotes(value));
    return text + ']';
}

std::string head(const Drawing& drawing)
{
    std::string text = fmt::format(
        "graph [label={}, nodesep=\"0.4\", labelloc=\"t\", labeljust=\"l\", fontname=\"monospace\", fontsize=\"11\"];\n"
        "node [shape=\"box\", fontname=\"monospace\", fontsize=\"10\"];\n"
        "edge [fontname=\"monospace\", fontsize=\"9\"];\n",
        in_quotes(as_lines(drawing.title)));
    for (std::size_t i = 0; i < drawing.clusters.size(); ++i) {
        text += fmt::format("subgraph cluster_{} {{\nlabel={};\n", i, in_quotes(as_lines(drawing.clusters[i].label)));
        for (const std::size_t node : drawing.clusters[i].nodes) text += fmt::format("{};\n", node);
        text += "}\n";
    }
    return text;
}

}  // namespace

std::string short_place(const std::string& file, std::uint32_t line)
{
    return file.empty() || line == 0 ? std::string() : fmt::format("{}:{}", file.substr(file.rfind('/') + 1), line);
}

std::string to_dot(const Drawing& drawing)
{
    // Bidirectional, which has a list of its edges: of directedS' edge iterator GCC 12 says, wrongly, that it may be
    // used uninitialised.
    using EdgeIndex = boost::property<boost::edge_index_t, std::size_t>;
    using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, boost::no_property, EdgeIndex>;
    Graph graph(drawing.nodes.size());
    for (std::size_t i = 0; i < drawing.edges.size(); ++i)
        add_edge(drawing.edges[i].from, drawing.edges[i].to, EdgeIndex(i), graph);
    const auto index = get(boost::edge_index, graph);
    std::ostringstream out;
    boost::write_graphviz(
        out, graph,
        [&](std::ostream& stream, Graph::vertex_descriptor vertex) {
            stream << attribute_list(broken(drawing.nodes[vertex].label, 0), drawing.nodes[vertex].attributes);
        },
        [&](std::ostream& stream, const Graph::edge_descriptor& edge) {
            const Edge& drawn = drawing.edges[get(index, edge)];
            stream << attribute_list(broken(drawn.label, 1), drawn.attributes);
        },
        [&](std::ostream& stream) { stream << head(drawing); });
    return out.str();
}

}  // namespace lockstep::graph
