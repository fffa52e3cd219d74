// A graph to be drawn, as plain data: what draw_*() make of a Program or a Violation, and what to_dot() writes down.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace lockstep::graph {

/// Graphviz's, as https://graphviz.org/doc/info/attrs.html lists them: name and value. Like the labels, values are
/// plain text, which is quoted when it is written.
using Attributes = std::vector<std::pair<std::string, std::string>>;

struct Node {
    std::string label;  // lines, each aligned to the left
    Attributes attributes = {};
};

struct Edge {
    std::size_t from, to;  // indices into Drawing::nodes
    std::string label;
    Attributes attributes = {};
};

/// Nodes with a frame around them.
struct Cluster {
    std::string label;
    std::vector<std::size_t> nodes;
};

struct Drawing {
    std::string title;  // lines
    std::vector<Node> nodes;
    std::vector<Edge> edges;
    std::vector<Cluster> clusters;
};

/// One digraph, whose nodes are called 0, 1 ... as in the vector.
std::string to_dot(const Drawing& drawing);

/// "spinlock.c:91": a place without its folders, since nodes are to be narrow; empty where it is not known.
std::string short_place(const std::string& file, std::uint32_t line);

// Colours that several drawings use, each with one meaning.
inline constexpr const char* colour_of_trouble = "#c62828";  // lines and text
inline constexpr const char* fill_of_trouble = "#f9d0d0";
inline constexpr const char* fill_of_start = "#d5efd5";
inline constexpr const char* fill_of_end = "#e3e3e3";

}  // namespace lockstep::graph
