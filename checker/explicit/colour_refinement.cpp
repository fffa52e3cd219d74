#include "explicit/colour_refinement.h"

#include "explicit/mixing.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace lockstep::explicit_engine {

namespace {

enum Ingredient : std::uint64_t { by_whom = 1, whom, told_apart };

std::size_t distinct(std::vector<std::uint64_t> colour)
{
    std::ranges::sort(colour);
    return static_cast<std::size_t>(std::ranges::unique(colour).begin() - colour.begin());
}

/// The first of those with the least colour that somebody else of its group has.
std::optional<std::size_t> first_confused(const std::vector<std::uint64_t>& colour,
                                          std::span<const std::uint32_t> group, const std::vector<bool>& is_involved)
{
    std::optional<std::size_t> least;
    for (std::size_t a = 0; a < colour.size(); ++a)
        for (std::size_t b = a + 1; is_involved[a] && b < colour.size(); ++b)
            if (is_involved[b] && colour[a] == colour[b] && group[a] == group[b] &&
                (!least || colour[a] < colour[*least]))
                least = a;
    return least;
}

}  // namespace

std::vector<std::uint64_t> refined_colours(std::vector<std::uint64_t> colour, std::span<const std::uint32_t> group,
                                           std::span<const Reference> references)
{
    std::vector<bool> is_involved(colour.size(), false);
    for (const Reference& r : references) is_involved[r.from] = is_involved[r.to] = true;
    const auto refine = [&] {
        std::vector<std::uint64_t> sum(colour.size(), 0);
        for (const Reference& r : references) {
            sum[r.from] += mixed(mixed(r.what, whom), colour[r.to]);
            sum[r.to] += mixed(mixed(r.what, by_whom), colour[r.from]);
        }
        for (std::size_t i = 0; i < colour.size(); ++i)
            if (is_involved[i]) colour[i] = mixed(colour[i], sum[i]);
    };
    while (true) {
        for (std::size_t before = 0, now = distinct(colour); now > before;) {
            refine();
            before = std::exchange(now, distinct(colour));
        }
        const auto confused = first_confused(colour, group, is_involved);
        if (!confused) return colour;
        colour[*confused] = mixed(colour[*confused], told_apart);
    }
}

}  // namespace lockstep::explicit_engine
