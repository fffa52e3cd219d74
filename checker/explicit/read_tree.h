// What was found in some states before, found again in those in which everything that was looked at is the same.
//
// A computation that is deterministic looks first at one place, and where it looks next depends on what it has seen. So
// its runs make up a tree: a node is labelled with the place that is looked at there, an edge with what was seen, and a
// leaf is a result. To find the result for a state is to go down the tree, one look-up for each place. (Two runs may
// look at the same places in different order, since native code does not keep the interpreter's: a run is put into the
// tree in the order in which the tree already asks, and left out if the tree asks for something else.)
//
// Where few different things can be seen, a node's edges are a row of links; all others share a hash table.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace lockstep::explicit_engine {

/// A place is compared by ==, and says by narrow_bits() in how many bits the number() of what can be seen there fits;
/// 0: in more than are worth a row. What is seen is compared by ==, and hashed by its hash().
template <typename Place, typename Seen>
class ReadTree {
public:
    static constexpr std::uint32_t nothing = UINT32_MAX;

    struct Look {
        Place place;
        Seen seen;
    };

    explicit ReadTree(std::uint32_t the_roots = 0) { clear(the_roots); }

    void clear(std::uint32_t the_roots)
    {
        links.assign(the_roots, nothing);
        nodes.clear();
        edges.assign(least_edges, {});
        edge_count = 0;
    }

    /// How much memory it takes, by and large: nodes, links and edges.
    [[nodiscard]] std::size_t size() const { return nodes.size() + links.size() + edges.size(); }

    /// The result for what see(place) says of the places, or nothing.
    template <typename See>
    [[nodiscard]] std::uint32_t find(std::uint32_t root, See see) const
    {
        std::uint32_t at = links[root];
        while (at < leaf) {
            const Node& node = nodes[at];
            const Seen seen = see(node.place);
            at = node.first_link != nothing ? links[node.first_link + seen.number()] : edges[place_of(at, seen)].to;
        }
        return at == nothing ? nothing : at - leaf;
    }

    void insert(std::uint32_t root, std::vector<Look> looks, std::uint32_t result)
    {
        Edges in = Edges::row;
        std::size_t at = root;
        const auto link = [&]() -> std::uint32_t& { return in == Edges::row ? links[at] : edges[at].to; };
        for (std::size_t done = 0; done < looks.size(); ++done) {
            if (link() == nothing) {
                const std::uint32_t added = add_node(looks[done].place);
                link() = added;
            }
            if (link() >= leaf) return;
            const std::uint32_t number = link();
            const auto is_it = [&](const Look& l) { return l.place == nodes[number].place; };
            const auto asked = std::find_if(looks.begin() + static_cast<std::ptrdiff_t>(done), looks.end(), is_it);
            if (asked == looks.end()) return;
            std::swap(*asked, looks[done]);
            const Seen& seen = looks[done].seen;
            in = nodes[number].first_link != nothing ? Edges::row : Edges::hashed;
            at = in == Edges::row ? nodes[number].first_link + seen.number() : edge(number, seen);
        }
        if (link() == nothing) link() = leaf + result;
    }

private:
    static constexpr std::uint32_t leaf = std::uint32_t{1} << 31;  // links from here on are results

    enum class Edges : std::uint8_t { row, hashed };
    struct Node {
        Place place;
        std::uint32_t first_link;  // of its row; nothing: its edges are in the hash table
    };
    struct Edge {
        std::uint32_t from = nothing, to = nothing;
        Seen seen{};
    };
    static constexpr std::size_t least_edges = 1024;

    std::vector<std::uint32_t> links;  // of the roots, and then the nodes' rows
    std::vector<Node> nodes;
    std::vector<Edge> edges;  // a hash table, a power of two long
    std::size_t edge_count = 0;

    std::uint32_t add_node(const Place& place)
    {
        std::uint32_t first = nothing;
        if (const unsigned bits = place.narrow_bits(); bits != 0) {
            first = static_cast<std::uint32_t>(links.size());
            links.resize(links.size() + (std::size_t{1} << bits), nothing);
        }
        nodes.push_back({place, first});
        return static_cast<std::uint32_t>(nodes.size() - 1);
    }

    [[nodiscard]] std::size_t place_of(std::uint32_t from, const Seen& seen) const
    {
        std::uint64_t hash = (seen.hash() ^ from) * 0x9e3779b97f4a7c15U;
        hash ^= hash >> 32;
        std::size_t place = hash & (edges.size() - 1);
        while (edges[place].from != nothing && !(edges[place].from == from && edges[place].seen == seen))
            place = (place + 1) & (edges.size() - 1);
        return place;
    }

    /// The place of this edge, which is made if there is none.
    std::size_t edge(std::uint32_t from, const Seen& seen)
    {
        std::size_t place = place_of(from, seen);
        if (edges[place].from != nothing) return place;
        if (2 * ++edge_count > edges.size()) {
            std::vector<Edge> before(2 * edges.size());
            before.swap(edges);
            for (const Edge& kept : before)
                if (kept.from != nothing) edges[place_of(kept.from, kept.seen)] = kept;
            place = place_of(from, seen);
        }
        edges[place] = {from, nothing, seen};
        return place;
    }
};

}  // namespace lockstep::explicit_engine
