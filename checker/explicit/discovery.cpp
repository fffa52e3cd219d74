#include "explicit/discovery.h"

namespace lockstep::explicit_engine {

Discovery discovery(const EdgeLog& edges, std::span<const std::uint32_t> initial_states, std::uint32_t end)
{
    constexpr std::uint32_t unknown = UINT32_MAX;
    Discovery result{std::vector(end, unknown), std::vector(end, Discovery::no_parent)};
    std::vector<std::uint32_t> order;
    const auto found = [&](std::uint32_t state, std::uint32_t parent) {
        result.rank[state] = static_cast<std::uint32_t>(order.size());
        result.parent[state] = parent;
        order.push_back(state);
    };
    for (std::uint32_t state : initial_states) found(state, Discovery::no_parent);
    for (std::size_t i = 0; i < order.size(); ++i) {
        const std::uint32_t state = order[i];
        for (EdgeLog::Reader next(edges, state); !next.at_end(); ++next)
            if (result.rank[*next] == unknown) found(*next, state);
    }
    return result;
}

}  // namespace lockstep::explicit_engine
