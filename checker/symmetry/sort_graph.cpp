#include "symmetry/sort_graph.h"

#include <deque>

namespace lockstep::symmetry {

SortGraph::Node SortGraph::add(TypeId type, Where where)
{
    nodes.push_back({type, where, {}, std::nullopt});
    return static_cast<Node>(nodes.size() - 1);
}

void SortGraph::join(Node a, Node b, std::int64_t distance, Where where)
{
    if (a == b && distance == 0) return;
    nodes[a].edges.push_back({b, distance, where});
    nodes[b].edges.push_back({a, -distance, where});
}

void SortGraph::spread(Node from, Tag tag)
{
    if (nodes[from].tag) {
        if (*nodes[from].tag != tag) found.push_back({nodes[from].where, *nodes[from].tag, tag});
        return;
    }
    std::deque<Node> work{from};
    nodes[from].tag = tag;
    while (!work.empty()) {
        const Node node = work.front();
        work.pop_front();
        for (const Edge& edge : nodes[node].edges) {
            Tag next = *nodes[node].tag;
            next.offset += edge.distance;
            std::optional<Tag>& there = nodes[edge.to].tag;
            if (!there) {
                there = next;
                work.push_back(edge.to);
            }
            if (*there != next || (next.sort == Sort::mask && edge.distance != 0))
                found.push_back({edge.where, *there, next});
        }
    }
}

}  // namespace lockstep::symmetry
