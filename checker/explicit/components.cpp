// Tarjan's algorithm is Boost.Graph's (strong_components); this file lends it the edge log as a graph.
#include "explicit/components.h"

#include <boost/graph/graph_traits.hpp>
#include <boost/graph/strong_components.hpp>
#include <boost/iterator/counting_iterator.hpp>
#include <boost/iterator/iterator_facade.hpp>

#include <algorithm>
#include <utility>

namespace lockstep::explicit_engine {

namespace {

struct StateGraph {
    const EdgeLog* edges;
    std::uint32_t states;
};

using StateEdge = std::pair<std::uint32_t, std::uint32_t>;

class OutEdge : public boost::iterator_facade<OutEdge, StateEdge, boost::forward_traversal_tag, StateEdge> {
public:
    OutEdge() = default;
    OutEdge(std::uint32_t the_source, EdgeLog::Reader the_reader) : source(the_source), reader(the_reader) {}

private:
    friend class boost::iterator_core_access;
    std::uint32_t source = 0;
    EdgeLog::Reader reader;

    [[nodiscard]] StateEdge dereference() const { return {source, *reader}; }
    [[nodiscard]] bool equal(const OutEdge& other) const { return reader == other.reader; }
    void increment() { ++reader; }
};

}  // namespace

}  // namespace lockstep::explicit_engine

template <>
struct boost::graph_traits<lockstep::explicit_engine::StateGraph> {
    using vertex_descriptor = std::uint32_t;
    using edge_descriptor = lockstep::explicit_engine::StateEdge;
    using vertex_iterator = boost::counting_iterator<std::uint32_t>;
    using out_edge_iterator = lockstep::explicit_engine::OutEdge;
    using directed_category = boost::directed_tag;
    using edge_parallel_category = boost::allow_parallel_edge_tag;
    struct traversal_category : boost::incidence_graph_tag, boost::vertex_list_graph_tag {};
    using vertices_size_type = std::uint32_t;
    using edges_size_type = std::uint64_t;
    using degree_size_type = std::uint32_t;
    static vertex_descriptor null_vertex() { return UINT32_MAX; }
};

namespace lockstep::explicit_engine {

namespace {

[[maybe_unused]] std::uint32_t source(const StateEdge& e, const StateGraph&) { return e.first; }
[[maybe_unused]] std::uint32_t target(const StateEdge& e, const StateGraph&) { return e.second; }

[[maybe_unused]] std::pair<OutEdge, OutEdge> out_edges(std::uint32_t v, const StateGraph& g)
{
    return {OutEdge(v, EdgeLog::Reader(*g.edges, v)), OutEdge(v, EdgeLog::Reader())};
}

// The concept asks for it; the algorithm does not use it.
[[maybe_unused]] std::uint32_t out_degree(std::uint32_t v, const StateGraph& g)
{
    std::uint32_t degree = 0;
    for (EdgeLog::Reader r(*g.edges, v); !r.at_end(); ++r) ++degree;
    return degree;
}

[[maybe_unused]] std::pair<boost::counting_iterator<std::uint32_t>, boost::counting_iterator<std::uint32_t>> vertices(
    const StateGraph& g)
{
    return {boost::counting_iterator<std::uint32_t>(0), boost::counting_iterator<std::uint32_t>(g.states)};
}

[[maybe_unused]] std::uint32_t num_vertices(const StateGraph& g) { return g.states; }

}  // namespace

std::vector<std::vector<std::uint32_t>> terminal_components(const EdgeLog& edges, std::uint32_t state_count)
{
    const StateGraph graph{&edges, state_count};
    std::vector<std::uint32_t> component(state_count), discovered(state_count), root(state_count);
    std::vector<boost::default_color_type> colour(state_count);
    const auto map = [](auto& vector) {
        return boost::make_iterator_property_map(vector.begin(), boost::identity_property_map());
    };
    const std::uint32_t count = boost::strong_components(graph, map(component),
                                                         boost::vertex_index_map(boost::identity_property_map())
                                                             .root_map(map(root))
                                                             .discover_time_map(map(discovered))
                                                             .color_map(map(colour)));
    std::vector<bool> has_exit(count, false);
    for (std::uint32_t s = 0; s < state_count; ++s)
        for (EdgeLog::Reader r(edges, s); !r.at_end(); ++r)
            if (component[*r] != component[s]) has_exit[component[s]] = true;

    std::vector<std::vector<std::uint32_t>> result;
    std::vector<std::uint32_t> position(count, UINT32_MAX);
    for (std::uint32_t s = 0; s < state_count; ++s) {
        if (has_exit[component[s]] || !edges.is_expanded(s)) continue;
        std::uint32_t& p = position[component[s]];
        if (p == UINT32_MAX) {
            p = static_cast<std::uint32_t>(result.size());
            result.emplace_back();
        }
        result[p].push_back(s);
    }
    return result;
}

}  // namespace lockstep::explicit_engine
