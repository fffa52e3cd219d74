// What was found in some states before, found again in those in which everything that was looked at is the same.
//
// A computation that is deterministic looks first at one cell, and what it looks at next depends on what it has seen.
// So its runs make up a tree: a node is labelled with the cell that is looked at there, an edge with what was seen, and
// a leaf is a result. To find the result for a state is to go down the tree, one look-up for each cell. (Two runs may
// look at the same cells in different order, since native code does not keep the interpreter's: a run is put into the
// tree in the order in which the tree already asks, and left out if the tree asks for something else.)
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace lockstep::explicit_engine {

template <typename Seen>  // what is seen of a cell: compared by ==, hashed by its hash()
class ReadTree {
public:
    static constexpr std::uint32_t nothing = UINT32_MAX;

    struct Look {
        std::uint32_t cell;
        bool by_value;  // passed on to whoever is asked what is to be seen of the cell
        Seen seen;
    };

    explicit ReadTree(std::uint32_t roots = 0) { clear(roots); }

    void clear(std::uint32_t roots)
    {
        nodes.assign(roots, {});
        edges.assign(least_edges, {});
        edge_count = 0;
    }

    std::uint32_t add_root()
    {
        nodes.emplace_back();
        return static_cast<std::uint32_t>(nodes.size() - 1);
    }

    /// The result for what see(cell, by_value) says of the cells, or nothing.
    template <typename See>
    std::uint32_t find(std::uint32_t root, See see) const
    {
        for (std::uint32_t at = root; at != nothing;) {
            const Node& node = nodes[at];
            if (node.cell == nothing) return node.result;
            const Edge& edge = edges[place_of(at, see(node.cell, node.by_value))];
            at = edge.to;
        }
        return nothing;
    }

    void insert(std::uint32_t root, std::vector<Look> looks, std::uint32_t result)
    {
        std::uint32_t at = root;
        for (std::size_t done = 0; done < looks.size(); ++done) {
            if (nodes[at].cell == nothing) {
                if (nodes[at].result != nothing) return;
                nodes[at].cell = looks[done].cell;
                nodes[at].by_value = looks[done].by_value;
            }
            const auto is_it = [&](const Look& l) {
                return l.cell == nodes[at].cell && l.by_value == nodes[at].by_value;
            };
            const auto asked = std::find_if(looks.begin() + static_cast<std::ptrdiff_t>(done), looks.end(), is_it);
            if (asked == looks.end()) return;
            std::swap(*asked, looks[done]);
            at = follow(at, looks[done].seen);
        }
        if (nodes[at].cell == nothing) nodes[at].result = result;
    }

private:
    struct Node {
        std::uint32_t cell = nothing;    // nothing: a leaf, or not used yet
        std::uint32_t result = nothing;  // of a leaf
        bool by_value = false;
    };
    struct Edge {
        std::uint32_t from = nothing, to = nothing;
        Seen seen{};
    };
    static constexpr std::size_t least_edges = 1024;

    std::vector<Node> nodes;
    std::vector<Edge> edges;  // a hash table, a power of two long
    std::size_t edge_count = 0;

    [[nodiscard]] std::size_t place_of(std::uint32_t from, const Seen& seen) const
    {
        std::uint64_t hash = (seen.hash() ^ from) * 0x9e3779b97f4a7c15U;
        hash ^= hash >> 32;
        std::size_t place = hash & (edges.size() - 1);
        while (edges[place].to != nothing && !(edges[place].from == from && edges[place].seen == seen))
            place = (place + 1) & (edges.size() - 1);
        return place;
    }

    std::uint32_t follow(std::uint32_t from, const Seen& seen)
    {
        std::size_t place = place_of(from, seen);
        if (edges[place].to != nothing) return edges[place].to;
        if (2 * ++edge_count > edges.size()) {
            std::vector<Edge> before(2 * edges.size());
            before.swap(edges);
            for (const Edge& edge : before)
                if (edge.to != nothing) edges[place_of(edge.from, edge.seen)] = edge;
            place = place_of(from, seen);
        }
        edges[place] = {from, add_root(), seen};
        return edges[place].to;
    }
};

}  // namespace lockstep::explicit_engine
