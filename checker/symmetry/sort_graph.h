// Values that have something in common, and the tags that follow from it.
//
// A node is a register, a slot of memory, an expression, or what a pointer denotes. An edge says that the two values
// are assigned to or compared with each other, where one is larger by its distance. Tags spread along the edges from
// where they are known: the unification of Steensgaard ("Points-to Analysis in Almost Linear Time", 1996), with
// distances. An edge whose ends then have tags that do not fit is a conflict.
#pragma once

#include "program/program.h"
#include "symmetry/tag.h"

#include <optional>
#include <span>
#include <vector>

namespace lockstep::symmetry {

/// Where in the Program something is done.
struct Where {
    SourcePlace place;
    AutomatonId automaton;
};

class SortGraph {
public:
    using Node = std::uint32_t;
    struct Edge {
        Node to;
        std::int64_t distance;  // the value there is larger by this
        Where where;
    };
    struct Conflict {
        Where where;
        Tag tag, other;  // what one end is, and what the other makes of it
    };

    /// `type`: of the value, if it is one that is computed or kept. `where`: of an expression.
    Node add(TypeId type = {}, Where where = {});
    void join(Node a, Node b, std::int64_t distance, Where where);
    void spread(Node from, Tag tag);

    [[nodiscard]] std::size_t size() const { return nodes.size(); }
    [[nodiscard]] Tag tag(Node n) const { return nodes[n].tag.value_or(Tag{}); }
    [[nodiscard]] TypeId type(Node n) const { return nodes[n].type; }
    [[nodiscard]] Where where(Node n) const { return nodes[n].where; }
    [[nodiscard]] std::span<const Edge> edges(Node n) const { return nodes[n].edges; }
    [[nodiscard]] const std::vector<Conflict>& conflicts() const { return found; }

private:
    struct NodeData {
        TypeId type;
        Where where;
        std::vector<Edge> edges;
        std::optional<Tag> tag;
    };
    std::vector<NodeData> nodes;
    std::vector<Conflict> found;
};

}  // namespace lockstep::symmetry
